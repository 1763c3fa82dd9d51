// Trainings: planned, told by one side, confirmed by the other (BR-211), each agent with their quiz.
import { api, ask } from '../../api/http.ts';
import { useSession } from '../../api/session.ts';
import { useFormat } from '../../format/use-format.ts';
import { Empty, Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { Act } from './act.tsx';
import { ConsentFields, ConsentLine, useGiven } from './consent.tsx';
import { Turn, useOver } from './parts.tsx';
import type { Launch, LaunchTraining } from './queries.ts';
import { PlanTraining, RecordTraining } from './training-forms.tsx';
import { launchWords } from './words.ts';

export function Trainings({ launch }: { launch: Launch }) {
  const said = useWords(launchWords);
  const { contractId, trainings } = launch;
  const over = useOver(launch);
  const mayAct = useSession().role !== 'finance' && !over;
  return (
    <Panel title={said.trainings}>
      {trainings.length === 0 ? <Empty>{said.noTrainings}</Empty> : null}
      <ul className="things">
        {trainings.map((training) => (
          <TrainingItem key={training.trainingId} contractId={contractId} training={training} over={over} />
        ))}
      </ul>
      {mayAct ? <PlanTraining contractId={contractId} needed={launch.trainingsNeeded} /> : null}
    </Panel>
  );
}

/** One training with what its reader can do about it. */
export function TrainingItem({ contractId, training, over = false }: { contractId: string; training: LaunchTraining; over?: boolean }) {
  const said = useWords(launchWords);
  const format = useFormat();
  const { role } = useSession();
  const { status, results, agents, kind, topic, givenBy, plannedOn, heldOn, minutes, recordedBy } = training;
  const passed = results.filter((result) => result.passed).length;
  const told = heldOn === '' ? said.on(plannedOn) : said.heldFor(heldOn, format.count(minutes));
  const mine = role === 'client' ? 'client' : 'vendor';
  return (
    <li className="thing">
      <p className="thing-head">
        <strong>
          {wordFor(said.trainingKinds, kind)} · {topic}
        </strong>
        <StatusMark status={status === 'completed' ? 'met' : 'neutral'}>{wordFor(said.trainingStates, status)}</StatusMark>
        {over ? null : <Turn waitsFor={training.waitsFor} since={training.since} />}
      </p>
      <p className="quiet">
        {[said.given(wordFor(said.parties, givenBy)), told, ...(status === 'pending' ? [said.recordedBy(wordFor(said.parties, recordedBy))] : [])].join(' · ')}{' '}
        <ConsentLine consent={training.consent} />
      </p>
      {results.length === 0 ? (
        <p className="quiet">{agents.map(({ name }) => name).join(' · ') || said.noAgents}</p>
      ) : (
        <ul className="marks" aria-label={said.results(format.count(passed), format.count(results.length))}>
          {results.map((result) => (
            <li key={result.agentId}>
              <StatusMark status={result.passed ? 'met' : 'breach'}>
                {result.agentName} {format.targetPercent(result.scoreBp)}
              </StatusMark>
            </li>
          ))}
        </ul>
      )}
      {status === 'completed' || role === 'finance' || over ? null : (
        <div className="acts">
          {status === 'pending' ? <Confirm contractId={contractId} training={training} own={recordedBy === mine} /> : null}
          <RecordTraining contractId={contractId} training={training} />
        </div>
      )}
    </li>
  );
}

/** The side that told it confirms only on the other's behalf. */
function Confirm({ contractId, training, own }: { contractId: string; training: LaunchTraining; own: boolean }) {
  const said = useWords(launchWords);
  const { role } = useSession();
  const of = useGiven({ always: own });
  const run = () =>
    ask(
      api.POST('/contracts/{contractId}/trainings/{trainingId}/confirm', {
        params: { path: { contractId, trainingId: training.trainingId } },
        body: of.given,
      }),
    );
  if (role === 'client' && own) return null;
  return (
    <Act contractId={contractId} label={said.confirm} primary run={run}>
      {role !== 'client' && own ? <ConsentFields of={of} contractId={contractId} file={false} /> : undefined}
    </Act>
  );
}

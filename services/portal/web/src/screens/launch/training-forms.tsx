// Planning a training, and telling how it went.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { agentsQuery } from '../../api/queries.ts';
import { isVendor, useSession } from '../../api/session.ts';
import { DateInput } from '../../parts/date-input.tsx';
import { Choice, Field } from '../../parts/field.tsx';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { Act } from './act.tsx';
import { ConsentFields, useGiven } from './consent.tsx';
import type { LaunchTraining } from './queries.ts';
import { launchWords } from './words.ts';

type Kind = 'product' | 'shop' | 'rules';
type Party = 'client' | 'vendor';

export function PlanTraining({ contractId, needed }: { contractId: string; needed: readonly string[] }) {
  const said = useWords(launchWords);
  const vendor = isVendor(useSession().role);
  const agents = useQuery({ ...agentsQuery, enabled: vendor });
  const [kind, setKind] = useState<Kind>(needed.includes('product') ? 'product' : 'shop');
  const [topic, setTopic] = useState('');
  const [givenBy, setGivenBy] = useState<Party>('client');
  const [plannedOn, setPlannedOn] = useState('');
  const [agentIds, setAgentIds] = useState<readonly string[]>([]);
  const run = () =>
    ask(
      api.POST('/contracts/{contractId}/trainings', { params: { path: { contractId } }, body: { kind, topic, givenBy, plannedOn, agentIds: [...agentIds] } }),
    );
  return (
    <Act contractId={contractId} label={said.plan} run={run}>
      <div className="fields">
        <Field label={said.kind}>
          {(field) => (
            <Choice
              described={field}
              value={kind}
              onChange={setKind}
              options={(['product', 'shop', 'rules'] as const).map((key) => [key, wordFor(said.trainingKinds, key)])}
            />
          )}
        </Field>
        <Field label={said.topic}>
          {(field) => <input {...field} className="native" required maxLength={200} value={topic} onChange={(event) => setTopic(event.target.value)} />}
        </Field>
        <Field label={said.givenBy}>
          {(field) => (
            <Choice
              described={field}
              value={givenBy}
              onChange={setGivenBy}
              options={(['client', 'vendor'] as const).map((key) => [key, wordFor(said.parties, key)])}
            />
          )}
        </Field>
        <Field label={said.plannedOn}>{(field) => <DateInput {...field} value={plannedOn} onChange={setPlannedOn} required />}</Field>
      </div>
      {vendor ? (
        <fieldset className="checks">
          <legend>{said.who}</legend>
          {agents.data?.agents.length === 0 ? <Link to="/staffing">{said.noAgentsYet}</Link> : null}
          {(agents.data?.agents ?? []).map(({ agentId, name }) => (
            <label key={agentId}>
              <input
                type="checkbox"
                checked={agentIds.includes(agentId)}
                onChange={(event) => setAgentIds(event.target.checked ? [...agentIds, agentId] : agentIds.filter((each) => each !== agentId))}
              />
              {name}
            </label>
          ))}
        </fieldset>
      ) : null}
    </Act>
  );
}

interface Outcome {
  readonly agentId: string;
  readonly name: string;
  readonly score: string;
  readonly passed: boolean;
}

/** A percentage as typed, in basis points; what is no number stays none, so that the portal says so. */
const basisPoints = (typed: string): number => (/^\d{1,3}(\.\d{1,2})?$/.test(typed.trim()) ? Math.round(Number(typed) * 100) : -1);

export function RecordTraining({ contractId, training }: { contractId: string; training: LaunchTraining }) {
  const said = useWords(launchWords);
  const { trainingId, agents, results, heldOn, minutes, status, plannedOn } = training;
  const known = results.map(
    (result): Outcome => ({ agentId: result.agentId, name: result.agentName, score: String(result.scoreBp / 100), passed: result.passed }),
  );
  const planned = agents.map(({ agentId, name }): Outcome => ({ agentId, name, score: '', passed: false }));
  const [date, setDate] = useState(heldOn || plannedOn);
  const [length, setLength] = useState(minutes === 0 ? '60' : String(minutes));
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>(known.length > 0 ? known : planned);
  const of = useGiven({ always: false });
  const change = (agentId: string, by: Partial<Outcome>) => setOutcomes(outcomes.map((each) => (each.agentId === agentId ? { ...each, ...by } : each)));
  const run = () =>
    ask(
      api.POST('/contracts/{contractId}/trainings/{trainingId}/record', {
        params: { path: { contractId, trainingId } },
        body: {
          ...{ heldOn: date, minutes: Number(length) || 0, ...of.given },
          results: outcomes.map(({ agentId, score, passed }) => ({ agentId, scoreBp: basisPoints(score), passed })),
        },
      }),
    );
  return (
    <Act contractId={contractId} label={status === 'pending' ? said.recordAgain : said.record} run={run}>
      <div className="fields">
        <Field label={said.heldOn}>{(field) => <DateInput {...field} value={date} onChange={setDate} required />}</Field>
        <Field label={said.minutes}>
          {(field) => <input {...field} className="native" inputMode="numeric" value={length} onChange={(event) => setLength(event.target.value)} />}
        </Field>
      </div>
      {outcomes.map((outcome) => (
        <div key={outcome.agentId} className="fields">
          <Field label={said.score(outcome.name)}>
            {(field) => (
              <input
                {...field}
                className="native"
                inputMode="decimal"
                value={outcome.score}
                onChange={(event) => change(outcome.agentId, { score: event.target.value })}
              />
            )}
          </Field>
          <label className="check">
            <input type="checkbox" checked={outcome.passed} onChange={(event) => change(outcome.agentId, { passed: event.target.checked })} />{' '}
            {said.passed(outcome.name)}
          </label>
        </div>
      ))}
      {planned.length === 0 ? <Pick chosen={outcomes.map(({ agentId }) => agentId)} add={(added) => setOutcomes([...outcomes, added])} /> : null}
      <ConsentFields of={of} contractId={contractId} file={false} />
    </Act>
  );
}

/** Whoever came, where nobody was named in the plan. */
function Pick({ chosen, add }: { chosen: readonly string[]; add: (outcome: Outcome) => void }) {
  const said = useWords(launchWords);
  const vendor = isVendor(useSession().role);
  const agents = useQuery({ ...agentsQuery, enabled: vendor });
  return (
    <Field label={said.who}>
      {(field) => (
        <Choice
          described={field}
          value=""
          options={[
            ['', '—'] as const,
            ...(agents.data?.agents ?? []).filter(({ agentId }) => !chosen.includes(agentId)).map(({ agentId, name }) => [agentId, name] as const),
          ]}
          onChange={(agentId) =>
            add({ agentId, name: agents.data?.agents.find((agent) => agent.agentId === agentId)?.name ?? agentId, score: '', passed: false })
          }
        />
      )}
    </Field>
  );
}

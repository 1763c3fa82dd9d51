// The gates in one line on a contract's page, each with its state; the line opens the launch. Nothing where there is nothing to launch.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useFormat } from '../../format/use-format.ts';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { launchQuery } from './queries.ts';
import { launchWords } from './words.ts';

export function GateStrip({ contractId }: { contractId: string }) {
  const said = useWords(launchWords);
  const format = useFormat();
  const scope = useScope();
  const { data: launch } = useQuery(launchQuery(contractId));
  if (launch === undefined || (launch.status !== 'draft' && launch.status !== 'signed')) return null;
  const { trial, gates, ending, zone } = launch;
  const state =
    ending === undefined
      ? trial?.status === 'running'
        ? `${said.trial} ${said.trialDay(format.count(trial.day), format.count(trial.days))}`
        : ''
      : said.serviceEnds(format.instant(ending.serviceEndsAt, zone));
  return (
    <ul className="marks gate-strip" aria-label={said.gates}>
      {state === '' ? null : <li>{state}</li>}
      {ending === undefined
        ? gates.map((gate) => (
            <li key={gate.key}>
              <StatusMark status={gate.passed ? 'met' : 'breach'}>{wordFor(said.gate, gate.key)}</StatusMark>
            </li>
          ))
        : null}
      <li>
        <Link to={`/contracts/${contractId}/onboarding${scope.search()}`}>{said.what}</Link>
      </li>
    </ul>
  );
}

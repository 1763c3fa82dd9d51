// Trials that run, on the client's first page: which day it is, and one click to the card that says how it stands and takes the verdict.
import { useQueries } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useShopNames } from '../../api/queries.ts';
import { useFormat } from '../../format/use-format.ts';
import { Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { useWords } from '../../words/words.ts';
import { launchQuery } from './queries.ts';
import { launchWords } from './words.ts';

/** Contracts that are looked at: a client has few, and few of these on trial. */
const LOOKED_AT = 5;

export function RunningTrials({ contractIds }: { contractIds: readonly string[] }) {
  const said = useWords(launchWords);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const launches = useQueries({ queries: contractIds.slice(0, LOOKED_AT).map(launchQuery) });
  const running = launches.flatMap(({ data }) => (data?.trial?.status === 'running' ? [{ ...data, trial: data.trial }] : []));
  if (running.length === 0) return null;
  return (
    <Panel title={said.trial}>
      <ul className="things">
        {running.map(({ contractId, batches, trial }) => (
          <li key={contractId} className="thing">
            <p className="thing-head">
              <Link to={`/contracts/${contractId}/onboarding${scope.search()}`}>
                <strong>{[...new Set(batches.flatMap(({ shopIds }) => shopIds))].map(shopName).join(' · ')}</strong>
              </Link>
              <StatusMark status={trial.day > trial.days ? 'risk' : 'neutral'}>
                {trial.day > trial.days
                  ? said.trialOver(format.count(trial.day - trial.days))
                  : said.trialDay(format.count(trial.day), format.count(trial.days))}
              </StatusMark>
            </p>
            <p className="quiet">{said.trialUntil(trial.startsOn, trial.endsOn)}</p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

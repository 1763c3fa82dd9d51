// The client's supervision of a contract: what was found, the remedy both agree on, and a summary of the period; suggestions of either side below.
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { contractQuery } from '../../api/queries.ts';
import type { Contract } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { Figure } from '../../parts/figure.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { useScope } from '../../scope/scope.ts';
import { useWords } from '../../words/words.ts';
import { ContractTabs } from '../contracts/contract-tabs.tsx';
import { useActing } from './acting.ts';
import { supervisionQuery } from './queries.ts';
import { RecordCheck } from './record-check.tsx';
import { Suggestions } from './suggestions.tsx';
import { WeaknessCard } from './weakness-card.tsx';
import { careWords } from './words.ts';

export function Screen() {
  const { contractId = '' } = useParams();
  const said = useWords(careWords);
  const query = useQuery(contractQuery(contractId));
  return (
    <Loaded page query={query} what={said.supervision}>
      {(contract) => <SupervisionPage contract={contract} />}
    </Loaded>
  );
}

function SupervisionPage({ contract }: { contract: Contract }) {
  const said = useWords(careWords);
  const format = useFormat();
  const scope = useScope(contract.terms?.zone ?? 'UTC');
  const { client, onBehalf } = useActing();
  const query = useQuery(supervisionQuery(contract.contractId, scope.range));
  const summary = query.data?.summary;
  const count = (n: number | undefined) => (n === undefined ? '—' : format.count(n));
  return (
    <Page title={said.supervisionTitle(contract.number)} about={said.supervisionAbout}>
      <ContractTabs contractId={contract.contractId} current="supervision" />
      <div className="figures">
        <Figure
          label={said.summary}
          value={count(summary?.weaknesses)}
          counts={summary === undefined ? '' : said.summaryLine(count(summary.checks), count(summary.weaknesses))}
          about={
            <>
              {scope.range.from} – {scope.range.to}
              {summary === undefined ? '' : ` · ${said.judgedSplit(count(summary.process), count(summary.result))}`}
            </>
          }
        />
        <Figure label={said.weaknessStates['open'] ?? ''} value={count(summary?.open)} counts={summary === undefined ? '' : `/ ${count(summary.weaknesses)}`} />
        <Figure
          label={said.weaknessStates['overdue'] ?? ''}
          value={count(summary?.overdue)}
          {...((summary?.overdue ?? 0) > 0 ? { status: 'breach' as const, verdict: said.pastDue } : {})}
        />
        <Figure label={said.weaknessStates['done'] ?? ''} value={count(summary?.done)} counts={summary === undefined ? '' : `/ ${count(summary.weaknesses)}`} />
      </div>
      <div className="stack">
        <Panel title={said.weaknesses}>
          <Loaded query={query} what={said.supervision}>
            {({ weaknesses }) =>
              weaknesses.length === 0 ? (
                <Empty>{said.noWeaknesses}</Empty>
              ) : (
                <div className="asks">
                  {weaknesses.map((weakness) => (
                    <WeaknessCard key={weakness.key} contractId={contract.contractId} weakness={weakness} today={query.data?.today ?? ''} />
                  ))}
                </div>
              )
            }
          </Loaded>
        </Panel>
        {client || onBehalf ? <RecordCheck contract={contract} /> : null}
        <Suggestions contractId={contract.contractId} zone={contract.terms?.zone ?? 'UTC'} suggestions={query.data?.suggestions ?? []} />
      </div>
    </Page>
  );
}

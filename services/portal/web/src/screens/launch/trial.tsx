// The trial card: which day it is, how each clause stands, what would be kept and refunded if it ended today, and the client's verdict.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useClauseText } from '../../api/clauses.ts';
import { useShopNames } from '../../api/queries.ts';
import { useSession } from '../../api/session.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Facts, Loaded, Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { ConsentLine } from './consent.tsx';
import { Turn } from './parts.tsx';
import { type Launch, type LaunchTrial, type TrialCard, trialQuery } from './queries.ts';
import { Extension, VerdictForm } from './trial-forms.tsx';
import { launchWords } from './words.ts';

export function Trial({ launch, trial }: { launch: Launch; trial: LaunchTrial }) {
  const said = useWords(launchWords);
  const format = useFormat();
  if (trial.status === 'none') return <Panel title={said.trial}>{said.trialNone(format.count(trial.days))}</Panel>;
  return (
    <Panel title={said.trial} about={said.trialUntil(trial.startsOn, trial.endsOn)}>
      <TrialCardBody launch={launch} trial={trial} />
    </Panel>
  );
}

/** The card without its frame: on the launch's page and in the client's to-do list. */
export function TrialCardBody({ launch, trial }: { launch: Launch; trial: LaunchTrial }) {
  const said = useWords(launchWords);
  const format = useFormat();
  const { role } = useSession();
  const running = trial.status === 'running';
  const over = trial.day > trial.days;
  const both = role === 'client' || role === 'vendor-operations';
  return (
    <>
      {running ? (
        <p className="verdict-line">
          <StatusMark status={over || trial.reminded ? 'risk' : 'neutral'}>
            {over ? said.trialOver(format.count(trial.day - trial.days)) : said.trialDay(format.count(trial.day), format.count(trial.days))}
          </StatusMark>{' '}
          {trial.reminded ? <Turn waitsFor="client" since={trial.since} /> : null} <span className="quiet">· {said.silence}</span>
        </p>
      ) : (
        <Decided launch={launch} trial={trial} />
      )}
      <Standing contractId={launch.contractId} running={running} />
      {running ? (
        <>
          {trial.proposedEndsOn === '' ? null : (
            <p>
              {said.extension(wordFor(said.parties, trial.proposedBy), trial.proposedEndsOn)} <ConsentLine consent={trial.proposedConsent} />
            </p>
          )}
          {both ? (
            <div className="acts">
              <VerdictForm contractId={launch.contractId} zone={launch.zone} />
              <Extension contractId={launch.contractId} trial={trial} />
            </div>
          ) : null}
        </>
      ) : null}
    </>
  );
}

function Decided({ launch, trial }: { launch: Launch; trial: LaunchTrial }) {
  const said = useWords(launchWords);
  const format = useFormat();
  if (trial.status === 'cut-short') return <p>{said.trialCut}</p>;
  const passed = trial.status === 'passed';
  return (
    <p className="verdict-line">
      <StatusMark status={passed ? 'met' : 'breach'}>{passed ? said.trialPassed(format.month(trial.month)) : said.trialFailed(trial.reason)}</StatusMark>{' '}
      <span className="quiet">{said.decided(format.instant(trial.decidedAt, launch.zone))}</span> <ConsentLine consent={trial.consent} />
    </p>
  );
}

function Standing({ contractId, running }: { contractId: string; running: boolean }) {
  const said = useWords(launchWords);
  const query = useQuery(trialQuery(contractId));
  // A team lead sees no money.
  const money = useSession().role !== 'team-lead';
  return (
    <Loaded query={query} what={said.clauses}>
      {(card) => (
        <>
          {running && money ? <Money card={card} /> : null}
          <Clauses contractId={contractId} card={card} />
        </>
      )}
    </Loaded>
  );
}

function Money({ card }: { card: TrialCard }) {
  const said = useWords(launchWords);
  const format = useFormat();
  if (!card.standingKnown) return <p className="quiet">{said.standingUnknown}</p>;
  return (
    <>
      <h3>{said.standing}</h3>
      <Facts
        facts={[
          [said.deposit, format.money(card.deposit)],
          [said.fees, format.money(card.fees)],
          [said.keptOf, format.money(card.kept)],
          [said.refund, <strong key="refund">{format.money(card.refund)}</strong>],
          ...(card.receivable === undefined || Number(card.receivable.amount) === 0 ? [] : [[said.receivable, format.money(card.receivable)] as const]),
        ]}
      />
    </>
  );
}

function Clauses({ contractId, card }: { contractId: string; card: TrialCard }) {
  const said = useWords(launchWords);
  const shared = useWords(common);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const clauseText = useClauseText();
  if (!card.clausesKnown) return <p className="quiet">{said.clausesUnknown}</p>;
  if (card.clauses.length === 0) return <p className="quiet">{said.noClauses}</p>;
  return (
    <DataTable
      caption={said.clauses}
      rows={card.clauses}
      rowKey={(row) => `${row.clause?.key}|${row.shopId}`}
      columns={[
        {
          key: 'clause',
          title: said.clause,
          cell: (row) => (
            <Link to={`/contracts/${contractId}/sla/${row.clause?.key ?? ''}${scope.search()}`}>
              {row.clause === undefined ? '—' : clauseText(row.clause)}
              {row.shopId === '' ? '' : ` · ${shopName(row.shopId)}`}
            </Link>
          ),
        },
        {
          key: 'actual',
          title: said.actual,
          number: true,
          cell: (row) => {
            const due = row.met + row.missed;
            if (due === 0) return <span className="quiet">{shared.nothingDue}</span>;
            return (
              <StatusMark status={row.kept ? 'met' : 'breach'}>
                {format.percent(row.met, due, row.clause?.targetBp)} <small>{`${format.count(row.met)}/${format.count(due)}`}</small>
              </StatusMark>
            );
          },
        },
        { key: 'target', title: said.target, number: true, cell: (row) => format.targetPercent(row.clause?.targetBp ?? 0) },
      ]}
    />
  );
}

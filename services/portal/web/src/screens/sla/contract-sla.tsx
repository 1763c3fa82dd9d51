// SLA page of a contract: is each clause kept, is it noise or trend, what missed? Every figure opens the clocks it is made of.
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { useClauseText } from '../../api/clauses.ts';
import { contractQuery, useShopNames } from '../../api/queries.ts';
import type { ClauseFigure } from '../../api/types.ts';
import { offset } from '../../format/dates.ts';
import { useFormat } from '../../format/use-format.ts';
import { Figure, RateFigure } from '../../parts/figure.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { useScope } from '../../scope/scope.ts';
import { useWords } from '../../words/words.ts';
import { ContractTabs } from '../contracts/contract-tabs.tsx';
import { BreachList } from './breach-list.tsx';
import { ByDay } from './by-day.tsx';
import { contractSlaQuery, dueOf } from './queries.ts';
import { Waits } from './waits.tsx';
import { slaWords } from './words.ts';

export function Screen() {
  const { contractId = '', clauseKey } = useParams();
  const said = useWords(slaWords);
  const scope = useScope();
  const format = useFormat();
  const contract = useQuery(contractQuery(contractId));
  const sla = useQuery(contractSlaQuery(contractId, scope.range));
  const zone = sla.data?.zone ?? contract.data?.terms?.zone ?? 'UTC';
  return (
    <Page
      title={said.pageTitle(contract.data?.number ?? '…')}
      about={`${scope.range.from} – ${scope.range.to} · ${offset(Date.now(), zone)}${sla.data === undefined ? '' : ` · ${format.instant(sla.data.asOf, zone)}`}`}
    >
      <ContractTabs contractId={contractId} current="sla" />
      <Loaded query={sla} what={said.what} rows={8}>
        {(data) => {
          const wanted = data.clauses.filter((figure) => clauseKey === undefined || figure.clause?.key === clauseKey);
          const shown = wanted.filter((figure) => figure.shopId === '' || scope.shopIds.length === 0 || scope.shopIds.includes(figure.shopId));
          return shown.length === 0 ? (
            <Empty>{said.noClauses}</Empty>
          ) : (
            shown.map((figure) => <Clause key={`${figure.clause?.key}|${figure.shopId}`} contractId={contractId} figure={figure} zone={zone} />)
          );
        }}
      </Loaded>
    </Page>
  );
}

function Clause({ contractId, figure, zone }: { contractId: string; figure: ClauseFigure; zone: string }) {
  const said = useWords(slaWords);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const clauseText = useClauseText();
  const { clause, attainment } = figure;
  if (clause === undefined || attainment === undefined) return null;
  const due = dueOf(figure);
  const all = due + attainment.notYetDue;
  const list = (state: string) =>
    `/contracts/${contractId}/sla/${clause.key}/clocks${scope.search({ ...(state === '' ? {} : { states: state }), ...(figure.shopId === '' ? {} : { shop: figure.shopId }) })}`;
  const name = clauseText(clause);
  const unknown = figure.answered === 0;
  return (
    <section className="clause" aria-label={name}>
      <div className="figures">
        <RateFigure
          label={`${figure.shopId === '' ? said.pooled : shopName(figure.shopId)} · ${name}`}
          part={attainment.met}
          whole={due}
          targetBp={clause.targetBp}
          within={said.within(format.duration(clause.allowanceMs))}
          about={said.rule(String(clause.metricVersion))}
          to={list('')}
        />
        <Figure
          label={said.missed}
          value={format.count(attainment.missed)}
          about={`${said.unanswered} ${format.count(attainment.unanswered)}`}
          {...(attainment.missed > 0 ? { status: 'breach' as const } : {})}
          to={list('missed')}
        />
        <Figure
          label={`${said.median} · p90`}
          value={unknown ? '—' : format.duration(figure.medianLowerMs)}
          counts={unknown ? undefined : format.duration(figure.p90Ms)}
          about={`${said.mean} ${unknown ? '—' : format.duration(figure.meanMs)} · ${said.answered(format.count(figure.answered))}`}
        />
        <Figure
          label={said.averageResponse}
          value={figure.roundsAnswered === 0 ? '—' : format.duration(figure.averageResponseMs)}
          about={said.rounds(format.count(figure.roundsAnswered))}
        />
      </div>
      <div className="columns">
        <Panel title={said.byDay} about={said.byDayAbout(format.count(due))}>
          {figure.days.length === 0 ? <Empty>{said.noBreaches}</Empty> : <ByDay figure={figure} targetBp={clause.targetBp} range={scope.range} />}
        </Panel>
        <Panel title={said.waits} about={said.waitsAbout(format.count(all))}>
          <Waits figure={figure} clause={clause} all={all} />
        </Panel>
      </div>
      <Panel
        title={said.breachesOf(format.count(attainment.missed))}
        about={said.adds(format.count(attainment.met), format.count(attainment.missed), format.count(attainment.notYetDue), format.count(all))}
      >
        <p className="quiet">{said.addsAbout(format.count(attainment.notOurs), format.count(attainment.withoutCustomer))}</p>
        <BreachList contractId={contractId} clause={clause} shopId={figure.shopId} zone={zone} />
      </Panel>
    </section>
  );
}

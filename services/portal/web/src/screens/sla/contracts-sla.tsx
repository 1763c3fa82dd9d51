// Every contract's clauses in the chosen days, worst first; a single contract opens directly.
import { useQuery } from '@tanstack/react-query';
import { Link, Navigate } from 'react-router';
import { useClauseText } from '../../api/clauses.ts';
import { clausesQuery, useShopNames } from '../../api/queries.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable, RestRow } from '../../parts/data-table.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/words.ts';
import { dueOf } from './queries.ts';
import { slaWords } from './words.ts';

export function Screen() {
  const said = useWords(slaWords);
  const shared = useWords(common);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const clauseText = useClauseText();
  const query = useQuery(clausesQuery(scope.shopIds, scope.range));
  const only =
    query.data === undefined || query.data.clauses.some((row) => row.contractId !== query.data.clauses[0]?.contractId) ? undefined : query.data.clauses[0];
  // One contract opens directly.
  if (only !== undefined) return <Navigate to={`/contracts/${only.contractId}/sla${scope.search()}`} replace />;
  return (
    <Page title={said.title} about={`${said.about} ${scope.range.from} – ${scope.range.to}`}>
      <Panel title={said.contracts}>
        <Loaded query={query} what={said.what}>
          {({ clauses: rows, rest }) =>
            rows.length === 0 ? (
              <Empty>{said.noContracts}</Empty>
            ) : (
              <DataTable
                caption={said.contracts}
                rows={rows}
                to={(row) => `/contracts/${row.contractId}/sla/${row.figure?.clause?.key}${scope.search()}`}
                footer={
                  rest === undefined || rest.clauses === 0 ? undefined : (
                    <RestRow columns={8}>
                      {said.restClauses(
                        format.count(rest.clauses),
                        format.count(rest.kept - rest.nothingDue),
                        format.count(rest.nothingDue),
                        `${format.count(rest.met)} / ${format.count(rest.met + rest.missed)}`,
                      )}
                    </RestRow>
                  )
                }
                rowKey={(row) => `${row.contractId}|${row.figure?.clause?.key}|${row.figure?.shopId}`}
                columns={[
                  {
                    key: 'shop',
                    title: said.shop,
                    cell: (row) =>
                      row.figure?.shopId === '' ? `${said.pooled} · ${row.shopIds.map(shopName).slice(0, 3).join('、')}` : shopName(row.figure?.shopId ?? ''),
                  },
                  {
                    key: 'clause',
                    title: said.clause,
                    cell: (row) => (
                      <Link to={`/contracts/${row.contractId}/sla/${row.figure?.clause?.key}${scope.search()}`}>
                        {row.figure?.clause === undefined ? '—' : clauseText(row.figure?.clause)}
                      </Link>
                    ),
                  },
                  {
                    key: 'rate',
                    title: said.rate,
                    number: true,
                    cell: (row) => format.percent(row.figure?.attainment?.met ?? 0, dueOf(row.figure), row.figure?.clause?.targetBp),
                  },
                  {
                    key: 'counts',
                    title: said.counts,
                    number: true,
                    cell: (row) => `${format.count(row.figure?.attainment?.met ?? 0)} / ${format.count(dueOf(row.figure))}`,
                  },
                  {
                    key: 'verdict',
                    title: said.verdict,
                    cell: (row) =>
                      dueOf(row.figure) === 0 ? (
                        <StatusMark status="neutral">{shared.nothingDue}</StatusMark>
                      ) : (
                        <StatusMark
                          status={row.figure?.kept ? 'met' : 'breach'}
                        >{`${row.figure?.kept ? shared.kept : shared.missed} ≥ ${format.targetPercent(row.figure?.clause?.targetBp ?? 0)}`}</StatusMark>
                      ),
                  },
                  {
                    key: 'median',
                    title: said.median,
                    number: true,
                    hideNarrow: true,
                    cell: (row) => (row.figure?.answered === 0 ? '—' : format.duration(row.figure?.medianLowerMs ?? 0)),
                  },
                  {
                    key: 'p90',
                    title: said.p90,
                    number: true,
                    hideNarrow: true,
                    cell: (row) => (row.figure?.answered === 0 ? '—' : format.duration(row.figure?.p90Ms ?? 0)),
                  },
                  {
                    key: 'contract',
                    title: said.contract,
                    hideNarrow: true,
                    cell: (row) => <Link to={`/contracts/${row.contractId}${scope.search()}`}>{row.contractNumber}</Link>,
                  },
                ]}
              />
            )
          }
        </Loaded>
      </Panel>
    </Page>
  );
}

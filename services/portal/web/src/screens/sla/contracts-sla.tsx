// Every contract's clauses in the chosen days, worst first; a single contract opens directly.
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link, Navigate } from 'react-router';
import { useClauseText } from '../../api/clauses.ts';
import { contractsQuery, useShopNames } from '../../api/queries.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/words.ts';
import { contractSlaQuery, dueOf } from './queries.ts';
import { slaWords } from './words.ts';

export function Screen() {
  const said = useWords(slaWords);
  const shared = useWords(common);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const clauseText = useClauseText();
  const contracts = useQuery(contractsQuery);
  const wanted = (contracts.data?.contracts ?? []).filter(
    (contract) => scope.shopIds.length === 0 || contract.shops.some((shop) => scope.shopIds.includes(shop.shopId)),
  );
  const slas = useQueries({ queries: wanted.map((contract) => contractSlaQuery(contract.contractId, scope.range)) });
  if (wanted.length === 1 && wanted[0] !== undefined) return <Navigate to={`/contracts/${wanted[0].contractId}/sla${scope.search()}`} replace />;
  const rows = slas
    .flatMap((sla, index) =>
      (sla.data?.clauses ?? [])
        .filter((figure) => figure.shopId === '' || scope.shopIds.length === 0 || scope.shopIds.includes(figure.shopId))
        .map((figure) => ({ contract: wanted[index], figure })),
    )
    .sort(
      (a, b) =>
        Number(a.figure.kept) - Number(b.figure.kept) ||
        (a.figure.attainment?.met ?? 0) / Math.max(1, dueOf(a.figure)) - (b.figure.attainment?.met ?? 0) / Math.max(1, dueOf(b.figure)),
    );
  const waiting = slas.some((sla) => sla.isPending);
  return (
    <Page title={said.title} about={`${said.about} ${scope.range.from} – ${scope.range.to}`}>
      <Panel title={said.contracts}>
        <Loaded query={contracts} what={said.what}>
          {() =>
            wanted.length === 0 ? (
              <Empty>{said.noContracts}</Empty>
            ) : rows.length === 0 ? (
              <Empty>{waiting ? shared.loading : said.noClauses}</Empty>
            ) : (
              <DataTable
                caption={said.contracts}
                rows={rows}
                rowKey={(row) => `${row.contract?.contractId}|${row.figure.clause?.key}|${row.figure.shopId}`}
                columns={[
                  { key: 'shop', title: said.shop, cell: (row) => (row.figure.shopId === '' ? said.pooled : shopName(row.figure.shopId)) },
                  {
                    key: 'clause',
                    title: said.clause,
                    cell: (row) => (
                      <Link to={`/contracts/${row.contract?.contractId}/sla/${row.figure.clause?.key}${scope.search()}`}>
                        {row.figure.clause === undefined ? '—' : clauseText(row.figure.clause)}
                      </Link>
                    ),
                  },
                  {
                    key: 'rate',
                    title: said.rate,
                    number: true,
                    cell: (row) => format.percent(row.figure.attainment?.met ?? 0, dueOf(row.figure), row.figure.clause?.targetBp),
                  },
                  {
                    key: 'counts',
                    title: said.counts,
                    number: true,
                    cell: (row) => `${format.count(row.figure.attainment?.met ?? 0)} / ${format.count(dueOf(row.figure))}`,
                  },
                  {
                    key: 'verdict',
                    title: said.verdict,
                    cell: (row) =>
                      dueOf(row.figure) === 0 ? (
                        <StatusMark status="neutral">{shared.nothingDue}</StatusMark>
                      ) : (
                        <StatusMark
                          status={row.figure.kept ? 'met' : 'breach'}
                        >{`${row.figure.kept ? shared.kept : shared.missed} ≥ ${format.targetPercent(row.figure.clause?.targetBp ?? 0)}`}</StatusMark>
                      ),
                  },
                  {
                    key: 'median',
                    title: said.median,
                    number: true,
                    hideNarrow: true,
                    cell: (row) => (row.figure.answered === 0 ? '—' : format.duration(row.figure.medianLowerMs)),
                  },
                  {
                    key: 'p90',
                    title: said.p90,
                    number: true,
                    hideNarrow: true,
                    cell: (row) => (row.figure.answered === 0 ? '—' : format.duration(row.figure.p90Ms)),
                  },
                  {
                    key: 'contract',
                    title: said.contract,
                    hideNarrow: true,
                    cell: (row) => <Link to={`/contracts/${row.contract?.contractId}${scope.search()}`}>{row.contract?.number}</Link>,
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

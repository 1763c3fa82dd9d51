// What a month has come to so far, contract by contract: charged, not charged, total, and the invoice once issued.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useShopNames, useZones } from '../../api/queries.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable, RestRow } from '../../parts/data-table.tsx';
import { Export } from '../../parts/export.tsx';
import { Figure } from '../../parts/figure.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { restWords } from '../../parts/rest-words.ts';
import { useScope } from '../../scope/scope.ts';
import { useWords } from '../../words/words.ts';
import { monthOf } from './month.ts';
import { billingWords } from './words.ts';

export function Screen() {
  const said = useWords(billingWords);
  const others = useWords(restWords);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const month = monthOf(scope, useZones()());
  const shopIds = [...scope.shopIds];
  const query = useQuery({
    queryKey: ['billing', 'accruals', month, shopIds],
    queryFn: () => ask(api.GET('/accruals', { params: { query: { month, shopIds } } })),
  });
  const rows = query.data?.accruals ?? [];
  const all = query.data?.all;
  const rest = query.data?.rest;
  return (
    <Page title={said.billing} about={said.billingAbout(format.month(month))}>
      <div className="figures">
        {(all?.totals ?? []).map((total) => (
          <Figure key={total.currency} label={said.total} value={format.money(total)} about={format.month(month)} />
        ))}
        <Figure
          label={said.counted}
          value={all === undefined ? '—' : format.count(all.counted)}
          counts={all === undefined ? undefined : `/ ${format.count(all.counted + all.notCounted)}`}
        />
        <Figure label={said.notCounted} value={all === undefined ? '—' : format.count(all.notCounted)} />
      </div>
      <Panel title={said.accruals} actions={<Export path="accruals" query={{ month, shopIds }} />}>
        <Loaded query={query} what={said.what}>
          {() =>
            rows.length === 0 ? (
              <Empty>{said.noAccruals}</Empty>
            ) : (
              <DataTable
                caption={said.accruals}
                rows={rows}
                to={(row) => `/contracts/${row.contractId}/billing${scope.search({ range: month })}`}
                footer={
                  rest === undefined || rest.contracts === 0 ? undefined : (
                    <RestRow columns={6}>
                      {others.contracts(format.count(rest.contracts), format.count(rest.counted), rest.totals.map((total) => format.money(total)).join(', '))}
                    </RestRow>
                  )
                }
                rowKey={(row) => row.contractId}
                columns={[
                  {
                    key: 'contract',
                    title: said.contract,
                    cell: (row) => <Link to={`/contracts/${row.contractId}/billing${scope.search({ range: month })}`}>{row.contractNumber}</Link>,
                  },
                  { key: 'shops', title: said.shops, cell: (row) => row.shopIds.map(shopName).join('、') },
                  { key: 'counted', title: said.counted, number: true, hideNarrow: true, cell: (row) => format.count(row.counted) },
                  { key: 'not', title: said.notCounted, number: true, hideNarrow: true, cell: (row) => format.count(row.notCounted) },
                  { key: 'total', title: said.total, number: true, cell: (row) => format.money(row.total) },
                  {
                    key: 'invoice',
                    title: said.invoice,
                    cell: (row) =>
                      row.invoiceNumber === '' ? (
                        <span className="quiet">{said.open}</span>
                      ) : (
                        <Link to={`/invoices/${encodeURIComponent(row.invoiceNumber)}${scope.search()}`}>{row.invoiceNumber}</Link>
                      ),
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

// Issued invoices, by pages of 200.
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { Link } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useShopNames, useZones } from '../../api/queries.ts';
import { dateOf } from '../../format/dates.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Export } from '../../parts/export.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/words.ts';
import { depositWords } from '../deposits/words.ts';
import { billingWords } from './words.ts';

export function Screen() {
  const said = useWords(billingWords);
  const paid = useWords(depositWords);
  const shared = useWords(common);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const zoneOf = useZones();
  const shopIds = [...scope.shopIds];
  const query = useInfiniteQuery({
    queryKey: ['billing', 'invoices', shopIds],
    queryFn: ({ pageParam }) => ask(api.GET('/invoices', { params: { query: { shopIds, size: 200, ...(pageParam === '' ? {} : { token: pageParam }) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => (page.nextToken === '' ? undefined : page.nextToken),
  });
  return (
    <Page title={said.invoices} about={said.invoicesAbout}>
      <Panel title={said.invoices} actions={<Export path="invoices" query={{ shopIds }} />}>
        <Loaded query={query} what={said.what}>
          {({ pages }) => {
            const rows = pages.flatMap((page) => page.invoices);
            return rows.length === 0 ? (
              <Empty>{said.noInvoices}</Empty>
            ) : (
              <>
                <DataTable
                  caption={said.invoices}
                  rows={rows}
                  to={(invoice) => `/invoices/${encodeURIComponent(invoice.number)}${scope.search()}`}
                  rowKey={(invoice) => invoice.number}
                  columns={[
                    {
                      key: 'number',
                      title: said.number,
                      cell: (invoice) => <Link to={`/invoices/${encodeURIComponent(invoice.number)}${scope.search()}`}>{invoice.number}</Link>,
                    },
                    { key: 'period', title: said.period, cell: (invoice) => <span className="nowrap">{format.month(invoice.period)}</span> },
                    { key: 'shops', title: said.shops, hideNarrow: true, cell: (invoice) => invoice.shopIds.map(shopName).join('、') },
                    { key: 'counted', title: said.counted, number: true, hideNarrow: true, cell: (invoice) => format.count(invoice.counted) },
                    { key: 'total', title: said.amount, number: true, hideNarrow: true, cell: (invoice) => format.money(invoice.total) },
                    { key: 'open', title: paid.openAmount, number: true, cell: (invoice) => format.money(invoice.open) },
                    {
                      key: 'due',
                      title: paid.dueBy,
                      cell: (invoice) => {
                        if (Number(invoice.open?.amount ?? 0) === 0) return <StatusMark status="met">{paid.paid}</StatusMark>;
                        if (invoice.dueOn === '') return invoice.dueAtVerdict ? paid.dueAtVerdict : paid.noDue;
                        const late = invoice.dueOn < dateOf(Date.now(), zoneOf(invoice.shopIds[0]));
                        return late ? <StatusMark status="risk">{paid.overdue(invoice.dueOn)}</StatusMark> : invoice.dueOn;
                      },
                    },
                    {
                      key: 'late',
                      title: '',
                      hideNarrow: true,
                      cell: (invoice) =>
                        invoice.notYetAdjusted === 0 ? null : <StatusMark status="risk">{said.notAdjusted(format.count(invoice.notYetAdjusted))}</StatusMark>,
                    },
                    {
                      key: 'issued',
                      title: said.issuedAt,
                      number: true,
                      hideNarrow: true,
                      cell: (invoice) => format.instant(invoice.issuedAt, zoneOf(invoice.shopIds[0])),
                    },
                  ]}
                />
                {query.hasNextPage ? (
                  <p className="more">
                    <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                      {shared.more}
                    </Button>
                  </p>
                ) : null}
              </>
            );
          }}
        </Loaded>
      </Panel>
    </Page>
  );
}

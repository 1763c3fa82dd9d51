// Deposits by contract, those with the most missing first: has the money come, and what became of it?
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useShopNames, useZones } from '../../api/queries.ts';
import { useSession } from '../../api/session.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Choice, Field } from '../../parts/field.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { useScope } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { Receive } from './receive.tsx';
import { DepositStatus } from './status.tsx';
import { depositWords } from './words.ts';

const STATUSES = ['', 'awaited', 'held', 'routed-to-invoice', 'routed-to-refund', 'refund-owed', 'set-off', 'closed'] as const;

export function Screen() {
  const said = useWords(depositWords);
  const shared = useWords(common);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const zoneOf = useZones();
  const shopIds = [...scope.shopIds];
  const session = useSession();
  const [receiving, setReceiving] = useState('');
  const [status, setStatus] = useState<(typeof STATUSES)[number]>('');
  const query = useInfiniteQuery({
    queryKey: ['billing', 'deposits', shopIds, status],
    queryFn: ({ pageParam }) =>
      ask(api.GET('/deposits', { params: { query: { shopIds, status, size: 200, ...(pageParam === '' ? {} : { token: pageParam }) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => (page.nextToken === '' ? undefined : page.nextToken),
  });
  return (
    <Page title={said.title} about={said.about}>
      <Panel
        title={said.deposits}
        actions={
          <Field label={said.status}>
            {(field) => (
              <Choice
                described={field}
                value={status}
                onChange={setStatus}
                options={STATUSES.map((one) => [one, one === '' ? said.all : wordFor(said.statuses, one)] as const)}
              />
            )}
          </Field>
        }
      >
        <Loaded query={query} what={said.what}>
          {({ pages }) => {
            const rows = pages.flatMap((page) => page.deposits);
            const to = (contractId: string) => `/deposits/${contractId}${scope.search()}`;
            return rows.length === 0 ? (
              <Empty>{status === '' ? said.none : said.noneOfStatus}</Empty>
            ) : (
              <>
                {rows
                  .filter(({ contractId }) => contractId === receiving)
                  .map((deposit) => (
                    <section key={deposit.contractId} aria-label={said.receiveFor(deposit.contractNumber)}>
                      <h3>{said.receiveFor(deposit.contractNumber)}</h3>
                      <Receive deposit={deposit} />
                      <p>
                        <button type="button" className="plain" onClick={() => setReceiving('')}>
                          {said.close}
                        </button>
                      </p>
                    </section>
                  ))}
                <DataTable
                  caption={said.deposits}
                  rows={rows}
                  to={(deposit) => to(deposit.contractId)}
                  rowKey={(deposit) => deposit.contractId}
                  columns={[
                    { key: 'contract', title: said.contract, cell: (deposit) => <Link to={to(deposit.contractId)}>{deposit.contractNumber}</Link> },
                    { key: 'shops', title: said.shops, hideNarrow: true, cell: (deposit) => deposit.shopIds.map(shopName).join('、') },
                    { key: 'status', title: said.status, cell: (deposit) => <DepositStatus status={deposit.status} /> },
                    { key: 'required', title: said.required, number: true, hideNarrow: true, cell: (deposit) => format.money(deposit.ledger?.required) },
                    { key: 'received', title: said.received, number: true, hideNarrow: true, cell: (deposit) => format.money(deposit.ledger?.received) },
                    { key: 'missing', title: said.missing, number: true, cell: (deposit) => format.money(deposit.ledger?.missing) },
                    { key: 'owed', title: said.refundOwed, number: true, cell: (deposit) => format.money(deposit.ledger?.refundOwed) },
                    ...(session.role === 'client'
                      ? []
                      : [
                          {
                            key: 'receive',
                            title: said.receive,
                            hideNarrow: true,
                            cell: (deposit: (typeof rows)[number]) =>
                              deposit.status === 'awaited' ? (
                                <button type="button" className="plain" onClick={() => setReceiving(deposit.contractId)}>
                                  {said.receive}
                                </button>
                              ) : null,
                          },
                        ]),
                    {
                      key: 'last',
                      title: said.last,
                      number: true,
                      hideNarrow: true,
                      cell: (deposit) => format.instant(deposit.lastAt, zoneOf(deposit.shopIds[0])),
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

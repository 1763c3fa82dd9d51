// Platform accounts and whose they are, by time span: unmapped ones first, with their message counts; page and CSV.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { agentsQuery, useShopNames, useZones } from '../../api/queries.ts';
import { useSession } from '../../api/session.ts';
import type { Account, AccountMapping } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { CsvButton } from '../../parts/csv-button.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Export } from '../../parts/export.tsx';
import { Figure } from '../../parts/figure.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { domain, wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { MapAccount } from './map-account.tsx';
import { accountWords } from './words.ts';

export function Screen() {
  const said = useWords(accountWords);
  const shared = useWords(common);
  const terms = useWords(domain);
  const format = useFormat();
  const scope = useScope();
  const session = useSession();
  const shopName = useShopNames();
  const zone = useZones();
  const agents = useQuery(agentsQuery);
  const [chosen, setChosen] = useState<Account>();
  const mayMap = session.role === 'vendor-operations' || session.role === 'team-lead';
  const [params, setParams] = useSearchParams();
  // A link may narrow the list: what waits names a shop, a search an agent.
  const agentId = params.get('agent') ?? '';
  const unmappedOnly = params.get('unmapped') === '1';
  const shop = params.get('shop') ?? '';
  const shopIds = shop === '' ? [...scope.shopIds] : [shop];
  const narrow = (change: Record<string, string>) =>
    setParams((current) => {
      const next = new URLSearchParams(current);
      for (const [key, value] of Object.entries(change)) value === '' ? next.delete(key) : next.set(key, value);
      return next;
    });
  const query = useInfiniteQuery({
    queryKey: ['people', 'accounts', shopIds, agentId, unmappedOnly],
    queryFn: ({ pageParam }) =>
      ask(api.GET('/accounts', { params: { query: { shopIds, agentId, unmappedOnly, size: 200, ...(pageParam === '' ? {} : { token: pageParam }) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => (page.nextToken === '' ? undefined : page.nextToken),
  });
  const agentName = (id: string) => agents.data?.agents.find((agent) => agent.agentId === id)?.name ?? id;
  const span = (mapping: AccountMapping) => {
    const whose = mapping.party === 'agent' ? agentName(mapping.agentId) : wordFor(terms.parties, mapping.party);
    if (mapping.fromAt === 0 && mapping.toAt === 0) return whose;
    const day = (at: number) => format.instant(at, zone(mapping.shopId)).slice(0, 10);
    return `${whose} (${mapping.fromAt === 0 ? '' : day(mapping.fromAt)} → ${mapping.toAt === 0 ? '' : day(mapping.toAt)})`;
  };
  const unmapped = query.data?.pages[0]?.unmapped;
  return (
    <Page title={said.title} about={said.about}>
      <div className="figures">
        <Figure
          label={said.unmapped}
          value={unmapped === undefined ? '—' : format.count(unmapped)}
          {...((unmapped ?? 0) > 0 ? { status: 'risk' as const, verdict: said.unmappedVerdict } : {})}
        />
        <Figure
          label={said.agents}
          value={agents.data === undefined ? '—' : format.count(agents.data.agents.length)}
          about={agents.data?.agents
            .map((agent) => agent.name)
            .slice(0, 6)
            .join('、')}
        />
      </div>
      <div className="stack">
        <Panel
          title={said.list}
          actions={
            <>
              <Export path="accounts" query={{ shopIds, agentId, ...(unmappedOnly ? { unmappedOnly: 'true' } : {}) }} />
              <select
                className="native"
                data-filter
                aria-label={said.whose}
                value={agentId !== '' ? agentId : unmappedOnly ? 'unmapped' : ''}
                onChange={(event) => narrow(event.target.value === 'unmapped' ? { unmapped: '1', agent: '' } : { unmapped: '', agent: event.target.value })}
              >
                <option value="">{shared.all}</option>
                <option value="unmapped">{said.nobody}</option>
                {(agents.data?.agents ?? []).map((agent) => (
                  <option key={agent.agentId} value={agent.agentId}>
                    {agent.name}
                  </option>
                ))}
              </select>
              <Csv mayMap={mayMap} />
            </>
          }
        >
          <Loaded query={query} what={said.title}>
            {({ pages }) => {
              const rows = pages.flatMap((page) => page.accounts);
              return rows.length === 0 ? (
                <Empty
                  action={
                    agentId === '' && !unmappedOnly && shop === '' ? null : (
                      <Button onClick={() => narrow({ agent: '', unmapped: '', shop: '' })}>{shared.clearFilter}</Button>
                    )
                  }
                >
                  {agentId === '' && !unmappedOnly && shop === '' ? said.none : shared.empty}
                </Empty>
              ) : (
                <>
                  <DataTable
                    caption={said.list}
                    rows={rows}
                    rowKey={(account) => `${account.shopId}|${account.account}`}
                    columns={[
                      { key: 'account', title: said.account, cell: (account) => <code>{account.account}</code> },
                      { key: 'shop', title: said.shop, cell: (account) => shopName(account.shopId) },
                      { key: 'sender', title: said.says, hideNarrow: true, cell: (account) => wordFor(terms.senders, account.sender) },
                      { key: 'messages', title: said.messages, number: true, cell: (account) => format.count(account.messages) },
                      {
                        key: 'whose',
                        title: said.whose,
                        cell: (account) =>
                          account.mappings.length === 0 ? (
                            <StatusMark status="risk">{said.nobody}</StatusMark>
                          ) : (
                            <ul>
                              {account.mappings.map((mapping) => (
                                <li key={`${mapping.fromAt}|${mapping.party}|${mapping.agentId}`}>{span(mapping)}</li>
                              ))}
                            </ul>
                          ),
                      },
                      {
                        key: 'seen',
                        title: said.lastSeen,
                        number: true,
                        hideNarrow: true,
                        cell: (account) => format.instant(account.lastSeenAt, zone(account.shopId)),
                      },
                      ...(mayMap
                        ? [
                            {
                              key: 'act',
                              title: <span className="sr-only">{said.map}</span>,
                              cell: (account: Account) => (
                                <button type="button" className="plain" aria-label={`${said.map}: ${account.account}`} onClick={() => setChosen(account)}>
                                  {said.map}
                                </button>
                              ),
                            },
                          ]
                        : []),
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
        {chosen === undefined ? null : (
          <MapAccount
            key={`${chosen.shopId}|${chosen.account}`}
            account={chosen}
            agents={agents.data?.agents ?? []}
            zone={zone(chosen.shopId)}
            done={() => setChosen(undefined)}
          />
        )}
      </div>
    </Page>
  );
}

function Csv({ mayMap }: { mayMap: boolean }) {
  const said = useWords(accountWords);
  const cache = useQueryClient();
  const send = useMutation({
    mutationFn: (text: string) => ask(api.POST('/accounts.csv', { body: '', bodySerializer: () => text, headers: { 'content-type': 'text/csv' } })),
    onSuccess: () => void cache.invalidateQueries({ queryKey: ['people'] }),
  });
  return (
    <>
      <a href="/api/v1/accounts.csv" download>
        {said.download}
      </a>
      {mayMap ? <CsvButton label={said.upload} pending={send.isPending} send={send.mutate} /> : null}
      <span role="status">{send.data === undefined ? '' : said.mapped(String(send.data.mapped), String(send.data.unchanged))}</span>
      <Refusal error={send.error} />
    </>
  );
}

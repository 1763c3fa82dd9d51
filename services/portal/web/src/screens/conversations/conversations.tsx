// The conversations of the scope, newest first.
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { Link } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useShopNames, useZones } from '../../api/queries.ts';
import { addDays, startOfDay } from '../../format/dates.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Export } from '../../parts/export.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { useScope } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { domain, wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { conversationWords } from './words.ts';

/** The last six letters of an id: enough to say it aloud beside its page. */
export const shortId = (id: string): string => id.slice(-6).toUpperCase();

export function Screen() {
  const said = useWords(conversationWords);
  const shared = useWords(common);
  const terms = useWords(domain);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const zoneOf = useZones();
  const zone = zoneOf();
  const shopIds = [...scope.shopIds];
  const fromAt = startOfDay(scope.range.from, zone);
  const toAt = startOfDay(addDays(scope.range.to, 1), zone);
  const query = useInfiniteQuery({
    queryKey: ['conversations', 'list', shopIds, fromAt, toAt],
    queryFn: ({ pageParam }) =>
      ask(api.GET('/conversations', { params: { query: { shopIds, fromAt, toAt, size: 200, ...(pageParam === '' ? {} : { token: pageParam }) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => (page.nextToken === '' ? undefined : page.nextToken),
  });
  const rows = query.data?.pages.flatMap((page) => page.conversations) ?? [];
  return (
    <Page title={said.title} about={said.about(scope.range.from, scope.range.to)}>
      <Panel title={said.list} actions={<Export path="conversations" query={{ shopIds, fromAt, toAt }} />}>
        <Loaded query={query} what={said.what}>
          {() =>
            rows.length === 0 ? (
              <Empty>{said.none}</Empty>
            ) : (
              <>
                <DataTable
                  caption={said.list}
                  rows={rows}
                  to={(one) => `/conversations/${one.conversationId}${scope.search()}`}
                  rowKey={(one) => one.conversationId}
                  columns={[
                    {
                      key: 'first',
                      title: said.first,
                      cell: (one) => (
                        <Link to={`/conversations/${one.conversationId}${scope.search()}`}>{format.instant(one.firstMessageAt, zoneOf(one.shopId))}</Link>
                      ),
                    },
                    { key: 'shop', title: said.shop, cell: (one) => shopName(one.shopId) },
                    { key: 'channel', title: said.channel, hideNarrow: true, cell: (one) => wordFor(terms.platforms, one.channel) },
                    { key: 'scope', title: said.scope, hideNarrow: true, cell: (one) => wordFor(terms.scope, one.serviceType) },
                    { key: 'messages', title: said.messages, number: true, cell: (one) => format.count(one.messages) },
                    {
                      key: 'last',
                      title: said.last,
                      cell: (one) => `${wordFor(terms.senders, one.lastSender)} ${format.clock(one.lastMessageAt, zoneOf(one.shopId))}`,
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
            )
          }
        </Loaded>
      </Panel>
    </Page>
  );
}

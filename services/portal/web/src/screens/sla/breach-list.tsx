// The breaches of a clause, newest first, by pages of 200; each opens its chain of facts.
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { Link } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useShopNames } from '../../api/queries.ts';
import type { SlaClause } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Export } from '../../parts/export.tsx';
import { Empty, Loaded } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/words.ts';
import { slaWords } from './words.ts';

export function BreachList({ contractId, clause, shopId, zone }: { contractId: string; clause: SlaClause; shopId: string; zone: string }) {
  const said = useWords(slaWords);
  const shared = useWords(common);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const { from, to } = scope.range;
  const query = useInfiniteQuery({
    queryKey: ['sla', 'breaches', contractId, clause.key, shopId, from, to],
    queryFn: ({ pageParam }) =>
      ask(
        api.GET('/breaches', {
          params: {
            query: {
              contractId,
              clauseKey: clause.key,
              ...(shopId === '' ? {} : { shopIds: [shopId] }),
              from,
              to,
              size: 200,
              ...(pageParam === '' ? {} : { token: pageParam }),
            },
          },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => (page.nextToken === '' ? undefined : page.nextToken),
  });
  return (
    <Loaded query={query} what={said.breaches}>
      {({ pages }) => {
        const rows = pages.flatMap((page) => page.breaches);
        const total = pages[0]?.total ?? rows.length;
        return rows.length === 0 ? (
          <Empty>{said.noBreaches}</Empty>
        ) : (
          <>
            <div className="list-actions">
              <Export path="breaches" query={{ contractId, clauseKey: clause.key, shopIds: shopId === '' ? [] : [shopId], from, to }} />
            </div>
            <DataTable
              caption={said.breaches}
              rows={rows}
              total={total}
              rowKey={(breach) => breach.breachId}
              to={(breach) => `/breaches/${breach.breachId}${scope.search()}`}
              columns={[
                {
                  key: 'due',
                  title: said.due,
                  cell: (breach) => <Link to={`/breaches/${breach.breachId}${scope.search()}`}>{format.instant(breach.clock?.dueAt ?? 0, zone)}</Link>,
                },
                {
                  key: 'overtime',
                  title: said.overtime,
                  number: true,
                  cell: (breach) =>
                    breach.withdrawn ? (
                      <StatusMark status="neutral">{said.withdrawn}</StatusMark>
                    ) : (
                      <StatusMark status="breach">{`+${format.duration(breach.overtimeMs)}`}</StatusMark>
                    ),
                },
                {
                  key: 'elapsed',
                  title: said.elapsed,
                  number: true,
                  hideNarrow: true,
                  cell: (breach) =>
                    breach.clock?.stoppedAt === 0 ? said.unanswered : format.durationAgainst(breach.clock?.elapsedMs ?? 0, clause.allowanceMs),
                },
                { key: 'shop', title: said.shop, hideNarrow: true, cell: (breach) => shopName(breach.clock?.shopId ?? '') },
                {
                  key: 'conversation',
                  title: said.conversation,
                  cell: (breach) => (
                    <Link to={`/conversations/${breach.clock?.conversationId}/messages/${encodeURIComponent(breach.startMessageId)}${scope.search()}`}>
                      {said.open}
                    </Link>
                  ),
                },
              ]}
            />
            <p className="more">
              <span className="quiet">{shared.rows(format.count(rows.length), format.count(total))}</span>
              {query.hasNextPage ? (
                <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {shared.more}
                </Button>
              ) : null}
            </p>
          </>
        );
      }}
    </Loaded>
  );
}

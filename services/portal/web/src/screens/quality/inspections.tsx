// Submitted inspections: what clients and leads read.
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { Link } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useShopNames, useZones } from '../../api/queries.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Export } from '../../parts/export.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/words.ts';
import { shortId } from '../conversations/conversations.tsx';
import { points } from './scores.ts';
import { qualityWords } from './words.ts';

export function Screen() {
  const said = useWords(qualityWords);
  const shared = useWords(common);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const zoneOf = useZones();
  const shopIds = [...scope.shopIds];
  const { from, to } = scope.range;
  const query = useInfiniteQuery({
    queryKey: ['qa', 'inspections', shopIds, from, to],
    queryFn: ({ pageParam }) =>
      ask(api.GET('/inspections', { params: { query: { shopIds, from, to, size: 200, ...(pageParam === '' ? {} : { token: pageParam }) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => (page.nextToken === '' ? undefined : page.nextToken),
  });
  return (
    <Page title={said.inspections} about={`${said.inspectionsAbout} ${from} – ${to}`}>
      <Panel title={said.inspections} actions={<Export path="inspections" query={{ shopIds, from, to }} />}>
        <Loaded query={query} what={said.inspections}>
          {({ pages }) => {
            const rows = pages.flatMap((page) => page.inspections);
            const total = pages[0]?.total ?? rows.length;
            return rows.length === 0 ? (
              <Empty>{said.noInspections}</Empty>
            ) : (
              <>
                <DataTable
                  caption={said.inspections}
                  rows={rows}
                  total={total}
                  rowKey={(one) => one.assignmentId}
                  to={(one) => `/inspections/${one.assignmentId}${scope.search()}`}
                  columns={[
                    {
                      key: 'at',
                      title: said.scoredAt,
                      cell: (one) => <Link to={`/inspections/${one.assignmentId}${scope.search()}`}>{format.instant(one.scoredAt, zoneOf(one.shopId))}</Link>,
                    },
                    {
                      key: 'score',
                      title: said.score,
                      number: true,
                      cell: (one) => (
                        <StatusMark status={one.fatal ? 'breach' : 'neutral'}>{`${points(one.totalTenths)} / ${points(one.maxTenths)}`}</StatusMark>
                      ),
                    },
                    { key: 'findings', title: said.findings, number: true, cell: (one) => one.findings.length },
                    { key: 'shop', title: said.shops, cell: (one) => shopName(one.shopId) },
                    {
                      key: 'conversation',
                      title: said.conversation,
                      cell: (one) => <Link to={`/conversations/${one.conversationId}${scope.search()}`}>{shortId(one.conversationId)}</Link>,
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
      </Panel>
    </Page>
  );
}

// Findings, newest first; each opens the message it belongs to.
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
import { domain, wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { qualityWords } from './words.ts';

export function Screen() {
  const said = useWords(qualityWords);
  const shared = useWords(common);
  const terms = useWords(domain);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const zoneOf = useZones();
  const shopIds = [...scope.shopIds];
  const query = useInfiniteQuery({
    queryKey: ['qa', 'findings', 'list', shopIds],
    queryFn: ({ pageParam }) => ask(api.GET('/findings', { params: { query: { shopIds, size: 200, ...(pageParam === '' ? {} : { token: pageParam }) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => (page.nextToken === '' ? undefined : page.nextToken),
  });
  return (
    <Page title={said.findings} about={said.findingsAbout}>
      <Panel title={said.findings} actions={<Export path="findings" query={{ shopIds }} />}>
        <Loaded query={query} what={said.findings}>
          {({ pages }) => {
            const rows = pages.flatMap((page) => page.findings);
            return rows.length === 0 ? (
              <Empty>{said.noFindings}</Empty>
            ) : (
              <>
                <DataTable
                  caption={said.findings}
                  rows={rows}
                  rowKey={(finding) => finding.findingId}
                  to={(finding) => `/conversations/${finding.conversationId}/messages/${encodeURIComponent(finding.messageId)}${scope.search()}`}
                  columns={[
                    {
                      key: 'category',
                      title: said.category,
                      cell: (finding) => (
                        <Link to={`/inspections/${finding.assignmentId}${scope.search()}`}>{wordFor(terms.categories, finding.category)}</Link>
                      ),
                    },
                    {
                      key: 'severity',
                      title: said.severity,
                      cell: (finding) => (
                        <StatusMark status={finding.severity === 'fatal' ? 'breach' : finding.severity === 'major' ? 'risk' : 'neutral'}>
                          {wordFor(terms.severities, finding.severity)}
                        </StatusMark>
                      ),
                    },
                    { key: 'note', title: said.note, cell: (finding) => finding.note },
                    { key: 'shop', title: said.shops, hideNarrow: true, cell: (finding) => shopName(finding.shopId) },
                    {
                      key: 'message',
                      title: said.message,
                      cell: (finding) => (
                        <Link to={`/conversations/${finding.conversationId}/messages/${encodeURIComponent(finding.messageId)}${scope.search()}`}>
                          {said.seeMessage}
                        </Link>
                      ),
                    },
                    {
                      key: 'at',
                      title: said.raisedAt,
                      number: true,
                      hideNarrow: true,
                      cell: (finding) => format.instant(finding.raisedAt, zoneOf(finding.shopId)),
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

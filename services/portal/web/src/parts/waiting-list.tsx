// What waits, for whom, since when, oldest first; each row opens the page that resolves it.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useShopNames, useZones, waitingQuery } from '../api/queries.ts';
import { useFormat } from '../format/use-format.ts';
import { useStreamClock } from '../live/stream.ts';
import { useScope } from '../scope/scope.ts';
import { common } from '../words/common.ts';
import { domain, wordFor } from '../words/domain.ts';
import { dictionary, useWords } from '../words/words.ts';
import { DataTable, RestRow } from './data-table.tsx';
import { Empty, Loaded, Panel } from './page.tsx';

const words = dictionary(
  {
    title: '待处理',
    what: '什么',
    shop: '店铺',
    who: '等谁',
    since: '从何时',
    count: '件数',
    none: '没有等着处理的事。',
    away: (names: string) => `${names} 没有回答，这张表不完整。`,
    ago: (time: string) => `${time}前`,
    rest: (n: string) => `另有 ${n} 件，从何时起更晚`,
  },
  {
    title: 'Waiting',
    what: 'What',
    shop: 'Shop',
    who: 'For',
    since: 'Since',
    count: 'Count',
    none: 'Nothing waits.',
    away: (names) => `${names} did not answer: this list is partial.`,
    ago: (time) => `${time} ago`,
    rest: (n) => `${n} more, since later`,
  },
);

/** An id is said by its last six letters, anything else whole. */
const spoken = (subject: string) => (/^[a-z]{2}_[0-9a-z-]{16,}$/.test(subject) ? subject.slice(-6).toUpperCase() : subject);

/** `shopIds` narrows it to what waits in these shops, whatever the page's scope; `kinds` to these kinds. */
export function WaitingList({
  title,
  waitsFor,
  shopIds,
  kinds,
}: {
  title?: string;
  waitsFor?: string;
  shopIds?: readonly string[];
  kinds?: readonly string[];
}) {
  const said = useWords(words);
  const terms = useWords(domain);
  const roles = useWords(common).roles;
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const zone = useZones();
  const { now } = useStreamClock();
  const query = useQuery(waitingQuery(shopIds ?? scope.shopIds));
  const roleName = (role: string) => wordFor(roles, role);
  return (
    <Panel title={title ?? said.title}>
      <Loaded query={query} what={said.title}>
        {(data) => {
          // Where the item does not say another, the page's scope goes along.
          const scoped = (path: string) => {
            const [page = '/', own = ''] = (path.startsWith('/') ? path : '/').split('?');
            return page + scope.search(Object.fromEntries(new URLSearchParams(own)));
          };
          const items = data.items.filter(
            (item) =>
              (waitsFor === undefined || item.waitsFor === waitsFor) &&
              (shopIds === undefined || shopIds.includes(item.shopId)) &&
              (kinds === undefined || kinds.includes(item.kind)),
          );
          return (
            <>
              {data.away.length === 0 ? null : (
                <p className="status-risk" role="status">
                  <span aria-hidden="true">▲ </span>
                  {said.away(data.away.join(', '))}
                </p>
              )}
              {items.length === 0 ? (
                <Empty>{said.none}</Empty>
              ) : (
                <DataTable
                  caption={title ?? said.title}
                  rows={items}
                  footer={data.rest > 0 ? <RestRow columns={5}>{said.rest(format.count(data.rest))}</RestRow> : undefined}
                  rowKey={(item) => `${item.kind}|${item.waitsFor}|${item.shopId}|${item.contractId}|${item.path}|${item.subject}`}
                  columns={[
                    {
                      key: 'what',
                      title: said.what,
                      cell: (item) => (
                        <Link to={scoped(item.path)}>
                          {wordFor(terms.waiting, item.kind)}
                          {item.subject === '' ? '' : ` · ${spoken(item.subject)}`}
                        </Link>
                      ),
                    },
                    { key: 'count', title: said.count, number: true, cell: (item) => format.count(item.count) },
                    { key: 'shop', title: said.shop, cell: (item) => (item.shopId === '' ? '—' : shopName(item.shopId)) },
                    { key: 'who', title: said.who, hideNarrow: true, cell: (item) => roleName(item.waitsFor) },
                    {
                      key: 'since',
                      title: said.since,
                      number: true,
                      cell: (item) => (
                        <span title={format.instant(item.since, zone(item.shopId))}>
                          {item.since === 0 ? '—' : said.ago(format.duration(Math.max(0, now - item.since)))}
                        </span>
                      ),
                    },
                  ]}
                />
              )}
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}

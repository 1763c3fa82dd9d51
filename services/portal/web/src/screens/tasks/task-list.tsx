// 请您处理: what waits for this person from every service, the oldest first, answered in place where one click or one text is all it takes.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useShopNames, useZones, waitingQuery } from '../../api/queries.ts';
import { useSession } from '../../api/session.ts';
import type { WaitingItem } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { useStreamClock } from '../../live/stream.ts';
import { Empty, Loaded, Panel } from '../../parts/page.tsx';
import { useScope } from '../../scope/scope.ts';
import { domain, wordFor } from '../../words/domain.ts';
import { dictionary, useWords } from '../../words/words.ts';
import { InPlace } from './in-place.tsx';

const words = dictionary(
  {
    title: '请您处理',
    none: '现在没有等您处理的事。',
    away: (names: string) => `${names} 没有回答，这张表不完整。`,
    since: (time: string) => `等了 ${time}`,
    buyers: (n: string) => `${n} 位买家在等`,
    open: '去处理',
    rest: (n: string) => `另有 ${n} 件更晚的`,
  },
  {
    title: 'For you to do',
    none: 'Nothing waits for you.',
    away: (names) => `${names} did not answer: this list is partial.`,
    since: (time) => `waiting ${time}`,
    buyers: (n) => `${n} buyers wait`,
    open: 'Open',
    rest: (n) => `${n} later ones`,
  },
);

export function TaskList() {
  const said = useWords(words);
  const format = useFormat();
  const session = useSession();
  const scope = useScope();
  const query = useQuery(waitingQuery(scope.shopIds));
  return (
    <Panel title={said.title}>
      <Loaded query={query} what={said.title}>
        {(data) => {
          const items = data.items.filter(({ waitsFor }) => waitsFor === session.role);
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
                <ol className="tasks">
                  {items.map((item) => (
                    <Task key={keyOf(item)} item={item} />
                  ))}
                </ol>
              )}
              {data.rest > 0 ? <p className="quiet">{said.rest(format.count(data.rest))}</p> : null}
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}

/** The list of open items shrinks while its form is worked through: it stays the same task, or what is being typed would be lost. */
const keyOf = ({ kind, shopId, contractId, subject }: WaitingItem): string => [kind, shopId, contractId, kind === 'information-open' ? '' : subject].join('|');

function Task({ item }: { item: WaitingItem }) {
  const said = useWords(words);
  const terms = useWords(domain);
  const format = useFormat();
  const shopName = useShopNames();
  const zone = useZones();
  const { now } = useStreamClock();
  const waited = item.since === 0 ? '' : said.since(format.duration(Math.max(0, now - item.since)));
  const buyers = item.kind === 'question-open' && item.count > 1 ? said.buyers(format.count(item.count)) : '';
  return (
    <li>
      <Link to={item.path}>
        <strong>{wordFor(terms.waiting, item.kind)}</strong>
      </Link>
      <p className="quiet" title={item.since === 0 ? undefined : format.instant(item.since, zone(item.shopId))}>
        {[item.shopId === '' ? '' : shopName(item.shopId), waited, buyers].filter((part) => part !== '').join(' · ')}
      </p>
      <InPlace item={item} open={said.open} />
    </li>
  );
}

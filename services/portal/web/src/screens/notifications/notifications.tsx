// What one is told, newest first. Opening one reads it; all can be read at once. What was done in one's name stays told as that.
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { Link } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useShopNames } from '../../api/queries.ts';
import { useSession } from '../../api/session.ts';
import type { Notification } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { FileLinks } from '../../parts/file-field.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { browserZone } from '../../scope/scope.ts';
import { dictionary, useLocale, useWords } from '../../words/words.ts';
import { deeds } from './deeds.ts';
import { SAID, type Told } from './kinds.ts';

const words = dictionary(
  {
    title: '通知',
    about: '与您有关的事：新到的待办、对方做的、代您做的、钱款往来。',
    list: '最近的通知',
    none: '还没有通知。',
    readAll: '全部标为已读',
    unread: '未读',
    webhooks: '发送到我方系统',
    more: '更早的',
    shops: (names: string, more: number) => (more > 0 ? `${names} 等 ${more + 3} 家` : names),
    unknown: (kind: string) => kind,
  },
  {
    title: 'Notifications',
    about: 'What concerns you: what newly waits, what the other side did, what was done in your name, money that came and went.',
    list: 'Latest',
    none: 'Nothing yet.',
    readAll: 'Mark all as read',
    unread: 'unread',
    webhooks: 'Send them to our own system',
    more: 'Earlier ones',
    shops: (names, more) => (more > 0 ? `${names} and ${more} more` : names),
    unknown: (kind) => kind,
  },
);

export function Screen() {
  const said = useWords(words);
  const session = useSession();
  const client = useQueryClient();
  const list = useInfiniteQuery({
    queryKey: ['notifications', 'pages'],
    queryFn: ({ pageParam }) => ask(api.GET('/notifications', { params: { query: { size: 50, ...(pageParam === '' ? {} : { token: pageParam }) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => (page.nextToken === '' ? undefined : page.nextToken),
  });
  const read = useMutation({
    mutationFn: (body: { notificationIds?: string[]; through?: number }) => ask(api.POST('/notifications/read', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['notifications'] }),
  });
  const newest = list.data?.pages[0]?.notifications[0];
  return (
    <Page
      title={said.title}
      about={said.about}
      actions={
        session.role === 'vendor-operations' || (session.role === 'client' && session.mayAgree) ? <Link to="/webhooks">{said.webhooks}</Link> : undefined
      }
    >
      <Panel
        title={said.list}
        actions={
          <Button disabled={newest === undefined} onClick={() => read.mutate({ through: newest?.notedAt ?? 0 })}>
            {said.readAll}
          </Button>
        }
      >
        <Refusal error={read.error} />
        <Loaded query={list} what={said.title}>
          {({ pages }) => {
            const notifications = pages.flatMap((page) => page.notifications);
            return notifications.length === 0 ? (
              <Empty>{said.none}</Empty>
            ) : (
              <>
                <ol className="notices">
                  {notifications.map((one) => (
                    <Notice
                      key={one.notificationId}
                      notice={one}
                      onOpen={() => (one.read ? undefined : read.mutate({ notificationIds: [one.notificationId] }))}
                    />
                  ))}
                </ol>
                {list.hasNextPage ? (
                  <p className="more">
                    <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                      {said.more}
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

function Notice({ notice, onOpen }: { notice: Notification; onOpen: () => void }) {
  const said = useWords(words);
  const format = useFormat();
  const shopName = useShopNames();
  const sentence = useSentence();
  const fileIds = Array.isArray(notice.facts['fileIds']) ? notice.facts['fileIds'].map(String) : [];
  const names = notice.shopIds.slice(0, 3).map(shopName).join('、');
  return (
    <li className={notice.read ? 'notice-read' : 'notice-unread'}>
      {notice.read ? null : (
        <span className="status-risk">
          <span aria-hidden="true">▲ </span>
          <span className="sr-only">{said.unread}</span>
        </span>
      )}
      <Link to={notice.path} onClick={onOpen}>
        {sentence(notice)}
      </Link>
      <p className="quiet">
        {[names === '' ? '' : said.shops(names, notice.shopIds.length - 3), format.instant(notice.occurredAt, browserZone)]
          .filter((part) => part !== '')
          .join(' · ')}
      </p>
      <FileLinks fileIds={fileIds} />
    </li>
  );
}

function useSentence(): (notice: Notification) => string {
  const said = useWords(words);
  const done: Readonly<Record<string, string>> = useWords(deeds);
  const locale = useLocale();
  const format = useFormat();
  return ({ kind, facts }) => {
    const text = (name: string) => String(facts[name] ?? '');
    const told: Told = {
      text,
      money: () => format.money({ amount: text('amount'), currency: text('currency') }),
      day: (name) => (text(name) === '' ? '—' : format.day(text(name))),
      month: (name) => (text(name) === '' ? '—' : format.month(text(name))),
      at: (name) => format.instant(Number(text(name)), browserZone),
      number: (name) => Number(text(name)),
      yes: (name) => facts[name] === true,
      deed: (name) => done[text(name)] ?? text(name),
    };
    return SAID[locale][kind]?.(told) ?? said.unknown(kind);
  };
}

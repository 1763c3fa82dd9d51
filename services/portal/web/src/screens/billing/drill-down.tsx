// The columns line -> day -> conversation -> message. Each ends in the count and sum that must equal its parent; a difference is shown.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import type { Invoice, InvoiceLine } from '../../api/types.ts';
import { type Money, sameAmount, sum } from '../../format/money.ts';
import { useFormat } from '../../format/use-format.ts';
import { Empty, Loaded } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { shortId } from '../conversations/conversations.tsx';
import { lineId, useLineName } from './lines.tsx';
import { billingWords } from './words.ts';

/** Lines that single conversations make up; a fee or a credit is explained by its rule. */
export const fromConversations = (line: InvoiceLine): boolean => line.key.startsWith('usage.');

export function DrillDown({ invoice, zone }: { invoice: Invoice; zone: string }) {
  const said = useWords(billingWords);
  const format = useFormat();
  const scope = useScope();
  const { lineKey, date } = useParams();
  const [params] = useSearchParams();
  const shopId = params.get('shop') ?? '';
  const name = useLineName();
  const [conversation, setConversation] = useState<string>();
  const line = invoice.lines.find((one) => one.key === lineKey && (shopId === '' || one.shopId === shopId));
  const base = `/invoices/${encodeURIComponent(invoice.number)}`;
  const more: Record<string, string> = line === undefined || line.shopId === '' ? {} : { shop: line.shopId };
  return (
    <div className="drill">
      <Column title={said.line} behind={lineKey !== undefined}>
        <ul className="drill-list">
          {invoice.lines.map((one) => (
            <li key={lineId(one)}>
              <Link
                to={`${base}/lines/${one.key}${scope.search(one.shopId === '' ? {} : { shop: one.shopId })}`}
                preventScrollReset
                {...(one === line ? { 'aria-current': true } : {})}
              >
                <span>{name(one)}</span>
                <span className="nowrap">{format.money(one.amount)}</span>
              </Link>
            </li>
          ))}
        </ul>
        <Sum
          count={invoice.lines.length}
          amount={sum(
            invoice.lines.flatMap((one) => (one.amount === undefined ? [] : [one.amount])),
            invoice.currency,
          )}
          parent={invoice.total}
        />
      </Column>
      <Column title={said.day} behind={date !== undefined}>
        {line === undefined ? (
          <Empty>{said.chooseLine}</Empty>
        ) : fromConversations(line) ? (
          <Days invoice={invoice} line={line} base={base} more={more} date={date} />
        ) : (
          <Empty>{line.rule === '' ? said.noDays : line.rule}</Empty>
        )}
      </Column>
      <Column title={said.conversation} behind={conversation !== undefined}>
        {line === undefined || date === undefined ? (
          <Empty>{said.chooseDay}</Empty>
        ) : (
          <Conversations key={date} invoice={invoice} line={line} date={date} zone={zone} chosen={conversation} choose={setConversation} />
        )}
      </Column>
      <Column title={said.message} behind={false}>
        {conversation === undefined ? <Empty>{said.chooseConversation}</Empty> : <Messages conversationId={conversation} zone={zone} />}
      </Column>
    </div>
  );
}

function Column({ title, behind, children }: { title: string; behind: boolean; children: ReactNode }) {
  return (
    <section className={behind ? 'drill-behind' : undefined} aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Sum({ count, amount, parent }: { count: number; amount: Money; parent: Money | undefined }) {
  const said = useWords(billingWords);
  const format = useFormat();
  const same = parent !== undefined && sameAmount(amount, parent);
  return (
    <p className="drill-sum">
      {format.count(count)} · {format.money(amount)}{' '}
      <StatusMark status={same ? 'met' : 'breach'}>{same ? said.equals : `${said.differs} ${format.money(parent)}`}</StatusMark>
    </p>
  );
}

/** The days of a line: the column of its name, and what the conversations of each must sum to. */
function useLineDays({ number }: Invoice, line: InvoiceLine) {
  return useQuery({
    queryKey: ['billing', 'line-days', number, line.key, line.shopId],
    queryFn: () =>
      ask(
        api.GET('/invoices/{number}/lines/{lineKey}/days', {
          params: { path: { number, lineKey: line.key }, query: line.shopId === '' ? {} : { shopId: line.shopId } },
        }),
      ),
  });
}

function Days({
  invoice,
  line,
  base,
  more,
  date,
}: {
  invoice: Invoice;
  line: InvoiceLine;
  base: string;
  more: Record<string, string>;
  date: string | undefined;
}) {
  const said = useWords(billingWords);
  const format = useFormat();
  const scope = useScope();
  const query = useLineDays(invoice, line);
  return (
    <Loaded query={query} what={said.what}>
      {({ days, spreadRule }) => (
        <>
          <ul className="drill-list">
            {days.map((day) => (
              <li key={day.date}>
                <Link
                  to={`${base}/lines/${line.key}/days/${day.date}${scope.search(more)}`}
                  preventScrollReset
                  {...(day.date === date ? { 'aria-current': true } : {})}
                >
                  <span>{day.date.slice(5)}</span>
                  <span>{format.count(day.quantity)}</span>
                  <span className="nowrap">{format.money(day.amount)}</span>
                </Link>
              </li>
            ))}
          </ul>
          <Sum
            count={days.reduce((running, day) => running + day.quantity, 0)}
            amount={sum(
              days.flatMap((day) => (day.amount === undefined ? [] : [day.amount])),
              invoice.currency,
            )}
            parent={line.amount}
          />
          {spreadRule === '' ? null : <p className="hint">{wordFor(said.spreads, spreadRule)}</p>}
        </>
      )}
    </Loaded>
  );
}

function Conversations({
  invoice,
  line,
  date,
  zone,
  chosen,
  choose,
}: {
  invoice: Invoice;
  line: InvoiceLine;
  date: string;
  zone: string;
  chosen: string | undefined;
  choose: (id: string) => void;
}) {
  const said = useWords(billingWords);
  const shared = useWords(common);
  const format = useFormat();
  const { number } = invoice;
  const days = useLineDays(invoice, line).data?.days;
  const query = useInfiniteQuery({
    queryKey: ['billing', 'line-usage', number, line.key, line.shopId, date],
    queryFn: ({ pageParam }) =>
      ask(
        api.GET('/invoices/{number}/lines/{lineKey}/days/{date}', {
          params: {
            path: { number, lineKey: line.key, date },
            query: { counted: 'yes', size: 200, ...(line.shopId === '' ? {} : { shopId: line.shopId }), ...(pageParam === '' ? {} : { token: pageParam }) },
          },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => (page.nextToken === '' ? undefined : page.nextToken),
  });
  return (
    <Loaded query={query} what={said.what}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        return items.length === 0 ? (
          <Empty>{said.none}</Empty>
        ) : (
          <>
            <ul className="drill-list">
              {items.map((item) => (
                <li key={item.conversationId}>
                  <button
                    type="button"
                    className="turn-button turn-pick"
                    aria-pressed={item.conversationId === chosen}
                    onClick={() => choose(item.conversationId)}
                  >
                    <span>
                      {format.clock(item.firstCustomerAt, zone)} <code>{shortId(item.conversationId)}</code>
                    </span>
                    <span className="nowrap">{format.money(item.amount)}</span>
                  </button>
                </li>
              ))}
            </ul>
            {query.hasNextPage ? (
              <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {shared.more}
              </Button>
            ) : days === undefined ? null : (
              <Sum
                count={pages[0]?.total ?? items.length}
                amount={sum(
                  items.flatMap((item) => (item.amount === undefined ? [] : [item.amount])),
                  invoice.currency,
                )}
                parent={days.find((day) => day.date === date)?.amount}
              />
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function Messages({ conversationId, zone }: { conversationId: string; zone: string }) {
  const said = useWords(billingWords);
  const format = useFormat();
  const scope = useScope();
  const query = useQuery({
    queryKey: ['conversations', 'one', conversationId],
    queryFn: () => ask(api.GET('/conversations/{conversationId}', { params: { path: { conversationId } } })),
  });
  return (
    <Loaded query={query} what={said.message}>
      {({ messages }) => (
        <>
          <ul className="drill-list">
            {messages.map((message) => (
              <li key={message.messageId}>
                <Link to={`/conversations/${conversationId}/messages/${encodeURIComponent(message.messageId)}${scope.search()}`}>
                  <span className="quiet nowrap">{format.clock(message.sentAt, zone)}</span>
                  <span style={{ flex: 1 }}>{message.text}</span>
                </Link>
              </li>
            ))}
          </ul>
          <p className="drill-sum">
            <Link to={`/conversations/${conversationId}${scope.search()}`}>{said.openTranscript}</Link>
          </p>
        </>
      )}
    </Loaded>
  );
}

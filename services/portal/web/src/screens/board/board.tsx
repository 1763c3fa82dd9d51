// The onboarding board: which shop is stuck, how long, on whose side. Columns count all; the table has the longest first, page by page.
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useDeferredValue, useState } from 'react';
import { Link, type LoaderFunctionArgs, useSearchParams } from 'react-router';
import { client } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import type { BoardCard, BoardColumn } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { useStreamClock } from '../../live/stream.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Choice, Field } from '../../parts/field.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { WaitingList } from '../../parts/waiting-list.tsx';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/words.ts';
import { Chips, pathOf, STEPS, Trial, TurnMark, useWhat } from './card.tsx';
import { askedBy, boardQuery } from './queries.ts';
import { Remind } from './remind.tsx';
import { boardWords } from './words.ts';

/** The rows are asked for before the page around them is drawn. */
export function loader({ request }: LoaderFunctionArgs): null {
  void client.prefetchInfiniteQuery(boardQuery({ ...askedBy(new URL(request.url).searchParams), search: '' }));
  return null;
}

export function Screen() {
  const said = useWords(boardWords);
  const shared = useWords(common);
  const session = useSession();
  const [params, setParams] = useSearchParams();
  const { step, turn } = askedBy(params);
  const [typed, setTyped] = useState('');
  const search = useDeferredValue(typed.trim());
  const choose = (name: 'step' | 'turn', value: string) =>
    setParams((current) => {
      if (value === '') current.delete(name);
      else current.set(name, value);
      return current;
    });
  const board = useInfiniteQuery({ ...boardQuery({ step, turn, search }), placeholderData: (before) => before });
  const filtered = step !== '' || turn !== '' || search !== '';
  const clear = () => {
    setTyped('');
    setParams({});
  };
  return (
    <Page title={said.title} about={said.about}>
      <div className="stack">
        <Loaded query={board} what={said.title}>
          {({ pages }) => {
            const [first] = pages;
            const cards = pages.flatMap((page) => page.cards);
            const total = first?.total ?? 0;
            return (
              <>
                <Columns columns={first?.columns ?? []} chosen={step} choose={(wanted) => choose('step', wanted)} />
                <Panel title={said.rows} about={said.rowsAbout}>
                  <search className="fields">
                    <Field label={said.searchLabel}>
                      {(field) => (
                        <Input
                          {...field}
                          type="search"
                          data-filter
                          placeholder={said.search}
                          value={typed}
                          onChange={(event) => setTyped(event.target.value)}
                          maxLength={100}
                        />
                      )}
                    </Field>
                    <Field label={said.turn}>
                      {(field) => (
                        <Choice
                          described={field}
                          value={turn}
                          onChange={(value) => choose('turn', value)}
                          options={[['', said.anyTurn], ...Object.entries(said.turns)]}
                        />
                      )}
                    </Field>
                  </search>
                  {cards.length === 0 ? (
                    <Empty {...(filtered ? { action: <Button onClick={clear}>{shared.clearFilter}</Button> } : {})}>
                      {filtered ? said.notFound : said.none}
                    </Empty>
                  ) : (
                    <>
                      <CardTable cards={cards} total={total} columns={first?.columns ?? []} mayRemind={session.role === 'vendor-operations'} />
                      {board.hasNextPage ? <More n={total - cards.length} loading={board.isFetchingNextPage} more={() => void board.fetchNextPage()} /> : null}
                    </>
                  )}
                </Panel>
              </>
            );
          }}
        </Loaded>
        {session.role === 'vendor-operations' ? <WaitingList title={said.today} waitsFor="vendor-operations" /> : null}
      </div>
    </Page>
  );
}

function More({ n, loading, more }: { n: number; loading: boolean; more: () => void }) {
  const said = useWords(boardWords);
  const format = useFormat();
  return (
    <p className="more">
      <span className="quiet">{said.rest(format.count(n))}</span>
      <Button loading={loading} onClick={more}>
        {said.more}
      </Button>
    </p>
  );
}

const turns = ['client', 'vendorOperations', 'finance'] as const;

function Columns({ columns, chosen, choose }: { columns: readonly BoardColumn[]; chosen: string; choose: (step: string) => void }) {
  const said = useWords(boardWords);
  const format = useFormat();
  return (
    <ul className="board-columns" aria-label={said.columns}>
      {STEPS.map((step) => {
        const column = columns.find((one) => one.step === step);
        const n = (value: number | undefined) => format.count(value ?? 0);
        return (
          <li key={step}>
            <button type="button" className="board-column" aria-pressed={chosen === step} onClick={() => choose(chosen === step ? '' : step)}>
              <span className="figure-label">{said.steps[step]}</span>
              <strong>{n(column?.shops)}</strong>
              {step === 'live' ? <span>{said.onTrial(n(column?.onTrial))}</span> : null}
              {turns.map((turn) =>
                column === undefined || column[turn] === 0 || step === 'live' ? null : <span key={turn}>{said.counts[turn](n(column[turn]))}</span>,
              )}
              {step === 'live' ? null : (
                <span className="quiet">
                  {column === undefined || column.finished === 0 ? said.noMedian : said.median(format.duration(column.medianMs), n(column.finished))}
                </span>
              )}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function CardTable({ cards, total, columns, mayRemind }: { cards: readonly BoardCard[]; total: number; columns: readonly BoardColumn[]; mayRemind: boolean }) {
  const said = useWords(boardWords);
  const format = useFormat();
  const what = useWhat();
  const medianOf = (step: string) => columns.find((column) => column.step === step && column.finished > 0)?.medianMs;
  const median = (step: string) => {
    const ms = medianOf(step);
    return ms === undefined ? '' : said.medianShort(format.duration(ms));
  };
  const shown: Column<BoardCard>[] = [
    {
      key: 'shop',
      title: said.shop,
      cell: (card) => (
        <>
          <Link to={pathOf(card)}>
            <strong>{card.shopName || said.unnamed}</strong>
          </Link>
          <div className="quiet">{card.clientName}</div>
          <div className="quiet nowrap">{card.number}</div>
        </>
      ),
    },
    {
      key: 'what',
      title: said.what,
      cell: (card) => (
        <>
          <TurnMark turn={card.turn} />
          <div>{what(card)}</div>
          <Trial card={card} />
          {mayRemind ? <Remind card={card} /> : null}
        </>
      ),
    },
    { key: 'step', title: said.step, hideNarrow: true, cell: (card) => <span className="nowrap">{said.steps[card.step]}</span> },
    {
      key: 'days',
      title: said.days,
      number: true,
      cell: (card) => (
        <>
          <Since at={card.stepSince} />
          <div className="quiet">{median(card.step)}</div>
        </>
      ),
    },
    { key: 'chips', title: said.chips, hideNarrow: true, cell: (card) => <Chips card={card} /> },
  ];
  return <DataTable caption={said.rows} rows={cards} total={total} rowKey={(card) => `${card.subjectId}|${card.shopId}`} to={pathOf} columns={shown} />;
}

/** For how long; by itself, so that a second that passes draws no row anew. */
function Since({ at }: { at: number }) {
  const format = useFormat();
  const { now } = useStreamClock();
  return format.duration(Math.max(0, now - at));
}

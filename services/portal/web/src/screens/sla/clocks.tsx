// The clocks behind a figure: figure and list are one query, so the rows are exactly as many as the figure says.
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { Link, useParams, useSearchParams } from 'react-router';
import { useClauseName, useClauses } from '../../api/clauses.ts';
import { api, ask } from '../../api/http.ts';
import { useShopNames, useZones } from '../../api/queries.ts';
import type { Status } from '../../design/tokens.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Export } from '../../parts/export.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { domain, wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { useAgentName } from './agent-name.ts';
import { slaWords } from './words.ts';

export const clockStatus: Record<string, Status> = { met: 'met', missed: 'breach', running: 'risk' };
const FILTERS = ['', 'met', 'missed', 'running', 'not-ours'] as const;

export function Screen() {
  const { contractId = '', clauseKey = '' } = useParams();
  const said = useWords(slaWords);
  const shared = useWords(common);
  const terms = useWords(domain);
  const format = useFormat();
  const scope = useScope();
  const [params, setParams] = useSearchParams();
  const shopName = useShopNames();
  const agentName = useAgentName();
  const zoneOf = useZones();
  const name = useClauseName()(contractId, clauseKey);
  const clause = useClauses()(contractId, clauseKey);
  const states = params.get('states') ?? '';
  const shopId = params.get('shop') ?? '';
  const { from, to } = scope.range;
  // Without a filter the list is what the figure counts: in time and missed.
  const wanted = states === '' ? ['met', 'missed'] : [states];
  const query = useInfiniteQuery({
    queryKey: ['sla', 'clocks', contractId, clauseKey, shopId, from, to, states],
    queryFn: ({ pageParam }) =>
      ask(
        api.GET('/contracts/{contractId}/sla/{clauseKey}/clocks', {
          params: {
            path: { contractId, clauseKey },
            query: { ...(shopId === '' ? {} : { shopId }), from, to, states: wanted, size: 200, ...(pageParam === '' ? {} : { token: pageParam }) },
          },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => (page.nextToken === '' ? undefined : page.nextToken),
  });
  const total = query.data?.pages[0]?.total;
  return (
    <Page
      title={said.clocks(name)}
      about={`${shopId === '' ? '' : `${shopName(shopId)} · `}${from} – ${to}`}
      actions={<Link to={`/contracts/${contractId}/sla/${clauseKey}${scope.search()}`}>{name}</Link>}
    >
      <Panel
        title={total === undefined ? said.counts : said.clocksTotal(format.count(total))}
        actions={
          <>
            <Export path={`contracts/${contractId}/sla/${clauseKey}/clocks`} query={{ shopId, from, to, states: wanted }} />
            <label>
              {said.filter}{' '}
              <select
                className="native"
                data-filter
                value={states}
                onChange={(event) =>
                  setParams((current) => {
                    const next = new URLSearchParams(current);
                    event.target.value === '' ? next.delete('states') : next.set('states', event.target.value);
                    return next;
                  })
                }
              >
                {FILTERS.map((state) => (
                  <option key={state} value={state}>
                    {state === '' ? `${wordFor(terms.states, 'met')} + ${wordFor(terms.states, 'missed')}` : wordFor(terms.states, state)}
                  </option>
                ))}
              </select>
            </label>
          </>
        }
      >
        <Loaded query={query} what={said.what}>
          {({ pages }) => {
            const rows = pages.flatMap((page) => page.clocks);
            return rows.length === 0 ? (
              <Empty>{shared.empty}</Empty>
            ) : (
              <>
                <DataTable
                  caption={said.clocks(name)}
                  rows={rows}
                  total={total ?? rows.length}
                  rowKey={(clock) => `${clock.conversationId}|${clock.round}`}
                  to={(clock) => `/conversations/${clock.conversationId}${scope.search()}`}
                  columns={[
                    {
                      key: 'started',
                      title: said.started,
                      cell: (clock) => (
                        <Link to={`/conversations/${clock.conversationId}${scope.search()}`}>{format.instant(clock.startedAt, zoneOf(clock.shopId))}</Link>
                      ),
                    },
                    {
                      key: 'state',
                      title: said.state,
                      cell: (clock) => (
                        <StatusMark status={clockStatus[clock.state] ?? 'neutral'}>
                          {wordFor(terms.states, clock.state)}
                          {clock.reason === '' ? '' : ` · ${wordFor(terms.reasons, clock.reason)}`}
                        </StatusMark>
                      ),
                    },
                    {
                      key: 'elapsed',
                      title: said.elapsed,
                      number: true,
                      cell: (clock) => (clock.stoppedAt === 0 ? said.unanswered : format.durationAgainst(clock.elapsedMs, clause?.allowanceMs ?? 0)),
                    },
                    { key: 'due', title: said.due, number: true, hideNarrow: true, cell: (clock) => format.instant(clock.dueAt, zoneOf(clock.shopId)) },
                    { key: 'who', title: said.who, hideNarrow: true, cell: (clock) => agentName(clock.agent) || '—' },
                    {
                      key: 'breach',
                      title: said.missed,
                      cell: (clock) => (clock.breachId === '' ? '—' : <Link to={`/breaches/${clock.breachId}${scope.search()}`}>{said.open}</Link>),
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

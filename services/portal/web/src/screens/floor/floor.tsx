// Floor: where do we break a promise in the next 15 minutes, and who can stop it? Countdowns follow the stream's clock and stand still with it.
import { useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { useClauseName } from '../../api/clauses.ts';
import { api, ask } from '../../api/http.ts';
import { agentsQuery, useShopNames, useZones } from '../../api/queries.ts';
import type { Floor } from '../../api/types.ts';
import { countdown } from '../../format/duration.ts';
import { useFormat } from '../../format/use-format.ts';
import { useStreamClock } from '../../live/stream.ts';
import { DataTable, RestRow } from '../../parts/data-table.tsx';
import { Figure } from '../../parts/figure.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { WaitingList } from '../../parts/waiting-list.tsx';
import { useScope } from '../../scope/scope.ts';
import { useWords } from '../../words/words.ts';
import { GapsPanel } from '../staffing/gaps-panel.tsx';
import { HourChart } from './hours.tsx';
import { floorWords } from './words.ts';

/** The server lists no more. */
const MAX_WAITING = 50;

export function Screen() {
  const said = useWords(floorWords);
  const format = useFormat();
  const scope = useScope();
  const [params, setParams] = useSearchParams();
  // On a wall everybody reads along: no names, of people or shops.
  const wall = params.get('wall') === '1';
  const zone = useZones()();
  const shopIds = [...scope.shopIds];
  const floor = useQuery({
    queryKey: ['floor', 'now', shopIds],
    queryFn: () => ask(api.GET('/floor', { params: { query: { shopIds } } })),
    refetchInterval: 60_000,
  });
  const agents = useQuery(agentsQuery);
  const online = agents.data?.agents.filter((agent) => agent.presence === 'online').length ?? 0;
  const data = floor.data;
  const leaveWall = () =>
    setParams((current) => {
      const next = new URLSearchParams(current);
      next.delete('wall');
      return next;
    });
  return (
    <Page
      title={said.title}
      actions={
        wall ? (
          <button type="button" className="plain plain-framed" onClick={leaveWall}>
            {said.leaveWall}
          </button>
        ) : (
          <Link to={`/floor${scope.search({ wall: '1' })}`}>{said.wall}</Link>
        )
      }
      about={data === undefined ? said.question : `${said.question} ${said.asOf(format.instant(data.asOf, zone))}`}
    >
      <div className="figures">
        <Figure label={said.open} value={data === undefined ? '—' : format.count(data.open)} to={`/conversations${scope.search()}`} />
        <Figure
          label={said.dueSoon}
          value={data === undefined ? '—' : format.count(data.dueSoon)}
          {...((data?.dueSoon ?? 0) > 0 ? { status: 'risk' as const, verdict: said.dueSoonVerdict } : {})}
          to={`${scope.search(wall ? { wall: '1' } : {})}#due`}
        />
        <Figure
          label={said.breachedToday}
          value={data === undefined ? '—' : format.count(data.breachedToday)}
          {...((data?.breachedToday ?? 0) > 0 ? { status: 'breach' as const, verdict: said.breachedVerdict } : {})}
          to={`/sla${scope.search({ range: 'last-1d' })}`}
        />
        <Figure
          label={said.onDuty}
          value={agents.data === undefined ? '—' : `${online} / ${agents.data.agents.length}`}
          about={said.onDutyAbout}
          to={`/staffing${scope.search()}`}
        />
      </div>
      <div className="columns">
        <Panel title={said.dueNext} about={said.dueNextAbout} id="due">
          <Loaded query={floor} what={said.dueNext}>
            {(now) => (now.waiting.length === 0 ? <Empty>{said.nobodyWaits}</Empty> : <DueNext floor={now} wall={wall} />)}
          </Loaded>
        </Panel>
        <Panel title={said.byHour} about={said.byHourAbout}>
          <Loaded query={floor} what={said.byHour}>
            {(now) => (now.hours.length === 0 ? <Empty>{said.noHours}</Empty> : <HourChart cells={now.hours} rest={now.rest} zone={zone} wall={wall} />)}
          </Loaded>
        </Panel>
      </div>
      {wall ? null : (
        <div className="stack" style={{ marginTop: 16 }}>
          <GapsPanel />
          <WaitingList />
        </div>
      )}
    </Page>
  );
}

function DueNext({ floor, wall }: { floor: Floor; wall: boolean }) {
  const said = useWords(floorWords);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const clauseName = useClauseName();
  const { now, live } = useStreamClock();
  // A conversation may wait on several clocks: those that are not listed are counted as conversations.
  const more = floor.waiting.length < MAX_WAITING ? 0 : floor.open - new Set(floor.waiting.map((row) => row.clock?.conversationId)).size;
  // Only the server's word makes a breach: at zero the mark stays ▲ until it says so.
  return (
    <DataTable
      caption={said.dueNext}
      rows={floor.waiting}
      to={wall ? undefined : (row) => `/conversations/${row.clock?.conversationId}${scope.search()}`}
      footer={more > 0 ? <RestRow columns={4}>{said.moreWait(format.count(more))}</RestRow> : undefined}
      rowKey={(row) => `${row.clock?.conversationId}|${row.clock?.clauseKey}|${row.clock?.round}`}
      columns={[
        {
          key: 'left',
          title: said.left,
          cell: (row) => {
            const left = (row.clock?.dueAt ?? 0) - (live ? now : floor.asOf);
            const status = row.clock?.state === 'missed' || row.leftMs < 0 ? 'breach' : row.warned ? 'risk' : 'neutral';
            return (
              <StatusMark status={status}>
                <span className="nowrap">{countdown(left)}</span>
              </StatusMark>
            );
          },
        },
        ...(wall
          ? []
          : [
              {
                key: 'shop',
                title: said.shop,
                cell: (row: Floor['waiting'][number]) => (
                  <Link to={`/conversations/${row.clock?.conversationId}${scope.search()}`}>{shopName(row.clock?.shopId ?? '')}</Link>
                ),
              },
            ]),
        { key: 'clause', title: said.clause, cell: (row) => clauseName(row.clock?.contractId ?? '', row.clock?.clauseKey ?? '') },
        {
          key: 'waited',
          title: said.waited,
          number: true,
          hideNarrow: true,
          cell: (row) => format.duration(Math.max(0, (live ? now : floor.asOf) - (row.clock?.startedAt ?? 0))),
        },
      ]}
    />
  );
}

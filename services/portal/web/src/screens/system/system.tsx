// Operations: is what people see up to date? One sentence first, then every service, what stands still, what is being rebuilt, the last hour.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { Link } from 'react-router';
import { api, ask } from '../../api/http.ts';
import type { HeldStream } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { browserZone } from '../../scope/scope.ts';
import { useWords } from '../../words/words.ts';
import { Builds } from './builds.tsx';
import { HourCharts } from './charts.tsx';
import { shortType, useHeld, useOperations, useSamples } from './queries.ts';
import { heldOf, LATE_MS, lagOf, progressOf, type ServiceNow, type Verdict, verdictOf, verdictStatus } from './state.ts';
import { systemWords } from './words.ts';

export function Screen() {
  const said = useWords(systemWords);
  const format = useFormat();
  const cache = useQueryClient();
  const operations = useOperations();
  const samples = useSamples();
  const held = useHeld();
  const settle = useMutation({
    mutationFn: () => ask(api.POST('/settle', { body: {} })),
    onSettled: () => void cache.invalidateQueries({ queryKey: ['system'] }),
  });
  return (
    <Page
      title={said.title}
      about={said.question}
      actions={
        <Button loading={settle.isPending} onClick={() => settle.mutate()}>
          {said.settle}
        </Button>
      }
    >
      <Refusal error={settle.error} />
      <p role="status">
        {settle.data === undefined
          ? ''
          : settle.data.settled
            ? said.settledAfter(format.duration(settle.data.elapsedMs), String(settle.data.rounds))
            : said.notSettled(settle.data.held.map((one) => `${one.service}: ${one.reason}`).join('; '))}
      </p>
      <div className="stack">
        <Loaded query={operations} what={said.services} rows={8}>
          {({ services, asOf }) => <Services services={services} asOf={asOf} />}
        </Loaded>
        <Loaded query={held} what={said.held} rows={2}>
          {({ streams, away, more, asOf }) => (
            <Panel title={said.held} about={said.heldAbout}>
              {streams.length === 0 ? <Empty>{said.nothingParked}</Empty> : <Parked streams={streams} asOf={asOf} />}
              {away.length > 0 ? <p className="quiet">{said.partial(away.join(', '))}</p> : null}
              {more ? <p className="quiet">{said.more}</p> : null}
            </Panel>
          )}
        </Loaded>
        <Loaded query={samples} what={said.throughput} rows={4}>
          {(hour) => (
            <Panel title={said.throughput}>
              <HourCharts samples={hour} />
            </Panel>
          )}
        </Loaded>
      </div>
    </Page>
  );
}

function Services({ services, asOf }: { services: readonly ServiceNow[]; asOf: number }) {
  const said = useWords(systemWords);
  const format = useFormat();
  const verdict = verdictOf(services);
  const growing = services.flatMap(({ service, state }) =>
    (state?.projections ?? []).filter((one) => one.state === 'building').map((one) => ({ service, ...one })),
  );
  const waits = services.flatMap(({ service, state }) =>
    (state?.held ?? []).filter((one) => one.state === 'waiting').map((one) => ({ reader: service, ...one })),
  );
  const age = (since: number) => format.duration(Math.max(0, asOf - since));
  return (
    <>
      <p className="verdict-line">
        <StatusMark status={verdictStatus[verdict.kind]}>
          <Sentence verdict={verdict} />
        </StatusMark>
      </p>
      <Panel title={said.services} about={said.asOf(format.instant(asOf, browserZone))}>
        <DataTable
          caption={said.services}
          rows={services}
          rowKey={(one) => one.service}
          columns={[
            { key: 'service', title: said.service, cell: (one) => <Link to={`/system/services/${one.service}`}>{one.service}</Link> },
            {
              key: 'ready',
              title: said.ready,
              cell: (one) => <StatusMark status={one.answered ? 'met' : 'breach'}>{one.answered ? said.yes : said.no}</StatusMark>,
            },
            { key: 'behind', title: said.behind, number: true, cell: ({ state }) => (state === undefined ? said.none : format.count(lagOf(state).behind)) },
            {
              key: 'age',
              title: said.age,
              cell: ({ state }) => {
                if (state === undefined) return said.none;
                if (state.groups.some(({ known }) => !known)) return <StatusMark status="risk">{said.sourceAway}</StatusMark>;
                const { behindMs } = lagOf(state);
                return behindMs > LATE_MS ? <StatusMark status="risk">{format.duration(behindMs)}</StatusMark> : format.duration(behindMs);
              },
            },
            { key: 'parked', title: said.parkedStreams, cell: ({ state }) => <HeldCell state={state} of="parked" age={age} /> },
            { key: 'waiting', title: said.waiting, cell: ({ state }) => <HeldCell state={state} of="waiting" age={age} /> },
            {
              key: 'rebuilding',
              title: said.rebuilding,
              hideNarrow: true,
              cell: ({ state }) =>
                (state?.projections ?? [])
                  .filter((one) => one.state === 'building')
                  .map((one) => `${one.name} ${Math.floor(progressOf(one) * 100)}%`)
                  .join(', ') || said.none,
            },
            {
              key: 'position',
              title: said.position,
              number: true,
              hideNarrow: true,
              cell: ({ state }) => (state === undefined ? said.none : format.count(state.head)),
            },
          ]}
        />
      </Panel>
      {growing.length === 0 ? null : (
        <Panel title={said.rebuilds} about={said.readModelsAbout}>
          <Builds builds={growing} withService />
        </Panel>
      )}
      {waits.length === 0 ? null : (
        <Panel title={said.waits} about={said.waitsAbout}>
          <DataTable
            caption={said.waits}
            rows={waits}
            rowKey={(one) => `${one.reader} ${one.group} ${one.service} ${one.waitKey}`}
            columns={[
              { key: 'for', title: said.waitsFor, cell: (one) => <code>{one.waitKey}</code> },
              { key: 'service', title: said.service, cell: (one) => one.reader },
              { key: 'streams', title: said.stream, number: true, cell: (one) => format.count(one.streams) },
              { key: 'events', title: said.events, number: true, cell: (one) => format.count(one.events) },
              { key: 'age', title: said.since, cell: (one) => age(one.since) },
            ]}
          />
        </Panel>
      )}
    </>
  );
}

function Sentence({ verdict }: { verdict: Verdict }) {
  const said = useWords(systemWords);
  const format = useFormat();
  if (verdict.kind === 'fresh') return said.fresh(String(verdict.seconds));
  const names = verdict.services.join(', ');
  return verdict.kind === 'late' ? said.late(names, format.duration(verdict.behindMs)) : said[verdict.kind](names);
}

function HeldCell({ state, of, age }: { state: ServiceNow['state']; of: 'parked' | 'waiting'; age: (since: number) => string }) {
  const said = useWords(systemWords);
  const format = useFormat();
  if (state === undefined) return said.none;
  const { streams, since } = heldOf(state, of);
  if (streams === 0) return format.count(0);
  return <StatusMark status={of === 'parked' ? 'risk' : 'neutral'}>{said.oldest(format.count(streams), age(since))}</StatusMark>;
}

function Parked({ streams, asOf }: { streams: readonly HeldStream[]; asOf: number }) {
  const said = useWords(systemWords);
  const format = useFormat();
  return (
    <DataTable
      caption={said.held}
      rows={streams}
      rowKey={(one) => one.id}
      columns={[
        { key: 'stream', title: said.stream, cell: (one) => <Link to={`/system/parked/${one.id}`}>{one.streamId}</Link> },
        { key: 'service', title: said.service, cell: (one) => one.service },
        { key: 'error', title: said.error, cell: (one) => one.error },
        { key: 'first', title: said.firstEvent, hideNarrow: true, cell: (one) => `${shortType(one.firstType)} · ${one.firstPosition}` },
        { key: 'attempts', title: said.attempts, number: true, cell: (one) => format.count(one.attempts) },
        { key: 'events', title: said.events, number: true, cell: (one) => format.count(one.events) },
        { key: 'since', title: said.since, cell: (one) => format.duration(Math.max(0, asOf - one.since)) },
      ]}
    />
  );
}

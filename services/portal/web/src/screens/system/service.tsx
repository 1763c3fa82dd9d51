// One service: how far it is behind each source, its read models and what may be done with them, its deadlines, what fails, its newest events.
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import type { Operations } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Empty, Facts, Loaded, Page, Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { browserZone } from '../../scope/scope.ts';
import { useWords } from '../../words/words.ts';
import { Builds } from './builds.tsx';
import { EventTable } from './event-table.tsx';
import { LATE_MS } from './state.ts';
import { systemWords } from './words.ts';

const NEWEST = 20;

export function Screen() {
  const { service = '' } = useParams();
  const said = useWords(systemWords);
  const state = useQuery({
    queryKey: ['system', 'operations', service],
    queryFn: () => ask(api.GET('/system/operations/{service}', { params: { path: { service } } })),
    refetchInterval: 5000,
  });
  const events = useQuery({
    queryKey: ['system', 'events', service],
    queryFn: () => ask(api.GET('/system/events', { params: { query: { service, newestFirst: true, size: NEWEST } } })),
    refetchInterval: 5000,
  });
  return (
    <Loaded page query={state} what={said.facts}>
      {(now) => (
        <Page title={service} about={<Link to="/system">{said.back}</Link>}>
          <div className="stack">
            <State state={now} />
            <Panel title={said.readModels} about={said.readModelsAbout}>
              <Builds builds={now.projections.map((build) => ({ service, ...build }))} />
            </Panel>
            <Panel title={said.newest}>
              <Loaded query={events} what={said.newest}>
                {(page) => (page.events.length === 0 ? <Empty>{said.noEvents}</Empty> : <EventTable caption={said.newest} events={page.events} />)}
              </Loaded>
            </Panel>
          </div>
        </Page>
      )}
    </Loaded>
  );
}

function State({ state }: { state: Operations }) {
  const said = useWords(systemWords);
  const format = useFormat();
  const { timers, relay } = state;
  return (
    <>
      <Panel title={said.facts} about={said.asOf(format.instant(state.asOf, browserZone))}>
        <Facts
          facts={[
            [said.source, <code key="source">{state.source}</code>],
            [said.position, format.count(state.head)],
            ...(timers === undefined
              ? []
              : [[said.timers, said.timersText(format.count(timers.pending), format.count(timers.due), format.duration(timers.lateMs))] as const]),
            ...(relay === undefined
              ? []
              : ([
                  [
                    said.relayFact,
                    <StatusMark key="relay" status={relay.fault === '' ? 'met' : 'risk'}>
                      {`${said.relayText(format.count(relay.behind), format.duration(relay.behindMs))}${relay.fault === '' ? '' : ` · ${relay.fault}`}`}
                    </StatusMark>,
                  ],
                ] as const)),
            ...state.orphans.map(
              (one) =>
                [
                  said.orphaned(one.service),
                  <StatusMark key={`${one.group} ${one.service}`} status="risk">
                    {said.orphanedText(one.group, format.count(one.events), format.instant(one.since, browserZone))}
                  </StatusMark>,
                ] as const,
            ),
            ...state.background.map(({ name, pending, fault }) => [name, `${format.count(pending)}${fault === '' ? '' : ` · ${fault}`}`] as const),
          ]}
        />
      </Panel>
      {state.groups.length === 0 ? null : (
        <Panel title={said.lag}>
          <DataTable
            caption={said.lag}
            rows={state.groups}
            rowKey={(one) => `${one.group} ${one.service}`}
            columns={[
              { key: 'group', title: said.group, cell: (one) => <strong>{one.group}</strong> },
              { key: 'reads', title: said.reads, cell: (one) => <Link to={`/system/services/${one.service}`}>{one.service}</Link> },
              { key: 'behind', title: said.behind, number: true, cell: (one) => (one.known ? format.count(one.behind) : said.none) },
              {
                key: 'age',
                title: said.age,
                cell: (one) =>
                  one.known ? (
                    <StatusMark status={one.behindMs > LATE_MS ? 'risk' : 'met'}>{format.duration(one.behindMs)}</StatusMark>
                  ) : (
                    <StatusMark status="risk">{said.sourceAway}</StatusMark>
                  ),
              },
              { key: 'applied', title: said.applied, number: true, hideNarrow: true, cell: (one) => (one.known ? format.count(one.applied) : said.none) },
            ]}
          />
        </Panel>
      )}
      <Panel title={said.faults}>
        {state.faults.length === 0 ? (
          <Empty>{said.noFaults}</Empty>
        ) : (
          <ul>
            {state.faults.map(({ part, error }) => (
              <li key={part}>
                <StatusMark status="risk">{`${part}: ${error}`}</StatusMark>
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </>
  );
}

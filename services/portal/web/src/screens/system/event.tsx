// One event: when, where, who, what, decoded; what is sealed shown as sealed; and the chain it stands in, before and after.
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import type { EventView } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { Empty, Facts, Loaded, Page, Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { browserZone } from '../../scope/scope.ts';
import { useWords } from '../../words/words.ts';
import { EventTable } from './event-table.tsx';
import { shortType } from './queries.ts';
import { systemWords } from './words.ts';

export function Screen() {
  const { source = '', position = '' } = useParams();
  const said = useWords(systemWords);
  const query = useQuery({
    queryKey: ['system', 'event', source, position],
    queryFn: () => ask(api.GET('/system/events/{source}/{position}', { params: { path: { source, position: Number(position) } } })),
  });
  return (
    <Loaded page query={query} what={said.data}>
      {({ event, causedBy, followed, partial }) => (
        <Page title={said.event(shortType(event.type))} about={<Link to={`/system/services/${event.source.split('/')[0]}`}>{event.source}</Link>}>
          <div className="stack">
            <Panel title={said.facts} about={said.eventAbout}>
              <Said event={event} />
            </Panel>
            <Panel title={said.data}>
              {event.unreadable === '' ? null : (
                <p>
                  <StatusMark status="risk">{said.unreadable(event.unreadable)}</StatusMark>
                </p>
              )}
              {event.sealed.length === 0 ? null : <p className="quiet">{`◇ ${said.sealedFields(event.sealed.join(', '))}`}</p>}
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
              <pre className="event-data" tabIndex={0}>
                {JSON.stringify(withSealed(event.data, `◇ ${said.sealed}`), undefined, 2)}
              </pre>
            </Panel>
            <Panel title={said.causedBy}>
              {causedBy !== undefined ? (
                <EventTable caption={said.causedBy} events={[causedBy]} />
              ) : (
                <Empty>
                  {event.causationId === '' ? said.noCause : event.causationId === event.commandId ? said.byCommand(event.causationId) : said.causeNotFound}
                </Empty>
              )}
            </Panel>
            <Panel title={said.followed}>
              {followed.length === 0 ? <Empty>{said.nothingFollowed}</Empty> : <EventTable caption={said.followed} events={followed} />}
              {partial.length === 0 ? null : <p className="quiet">{said.notSearched(partial.join(', '))}</p>}
            </Panel>
          </div>
        </Page>
      )}
    </Loaded>
  );
}

function Said({ event }: { event: EventView }) {
  const said = useWords(systemWords);
  const format = useFormat();
  const { actor } = event;
  return (
    <Facts
      facts={[
        [said.type, <code key="type">{event.type}</code>],
        [said.stream, `${event.streamId} #${event.version}`],
        [said.place, format.count(event.position)],
        [said.occurred, format.instant(event.occurredAt, browserZone)],
        [said.recorded, format.instant(event.recordedAt, browserZone)],
        [said.by, [actor.kind, actor.id, actor.role].filter((part) => part !== '').join(' · ')],
        ...(event.shopId === '' ? [] : [[said.shop, event.shopId] as const]),
        ...(event.commandId === '' ? [] : [[said.commandFact, <code key="command">{event.commandId}</code>] as const]),
        [said.correlation, <code key="correlation">{event.correlationId}</code>],
      ]}
    />
  );
}

/** Sealed fields as one word in the place of their content. */
function withSealed(value: unknown, word: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withSealed(item, word));
  if (typeof value !== 'object' || value === null) return value;
  if ('sealed' in value && value.sealed === true) return word;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withSealed(item, word)]));
}

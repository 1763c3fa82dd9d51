// `deskfleet events tail|show|stream` and `deskfleet feed export`: the logs, decoded. What is sealed is shown as sealed.
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Group } from './group.ts';
import { Unable } from './installation.ts';
import { type Portal, Refused } from './portal.ts';

export const SERVICES = ['client-onboarding', 'agent-pools', 'conversations', 'sla-monitoring', 'qa-inspection', 'billing', 'portal'] as const;
const FOLLOW_EVERY_MS = 1_000;
const PAGE = 200;
const SHOWN_DATA = 240;

export interface Event {
  readonly source: string;
  readonly position: number;
  readonly type: string;
  readonly streamId: string;
  readonly version: number;
  readonly recordedAt: number;
  readonly eventId: string;
  readonly causationId: string;
  readonly actor: { readonly kind: string; readonly id: string; readonly role: string };
  readonly unreadable: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Page {
  readonly events: readonly Event[];
  readonly through: number;
  readonly done: boolean;
  readonly head: number;
}

interface FilterOptions {
  readonly service?: string[];
  readonly type?: string[];
  readonly shop?: string;
  readonly stream?: string;
  readonly from?: string;
  readonly until?: string;
  readonly after?: string;
  readonly before?: string;
}

type Query = Record<string, string | readonly string[] | undefined>;

/** The options every look at a log takes. */
function filtered(command: Command): Command {
  const many = (value: string, others: string[] = []): string[] => [...others, value];
  return command
    .option('--service <name>', `of this service's log (again for more; all of them otherwise): ${SERVICES.join(', ')}`, many)
    .option('--type <name>', 'of this type, e.g. MessageReceived (again for more)', many)
    .option('--shop <code>', 'of this shop')
    .option('--stream <id>', 'of this stream')
    .option('--from <time>', 'recorded from then on, e.g. 2026-03-05T10:00+08:00')
    .option('--until <time>', 'recorded before then')
    .option('--after <position>', 'above this position')
    .option('--before <position>', 'below this position');
}

async function queryOf(portal: Portal, options: FilterOptions): Promise<Query> {
  const { type, stream, after, before } = options;
  return {
    type,
    streamId: stream,
    shopId: options.shop === undefined ? undefined : await shopIdOf(portal, options.shop),
    recordedFrom: instantOf(options.from, '--from'),
    recordedUntil: instantOf(options.until, '--until'),
    after,
    before,
  };
}

async function shopIdOf(portal: Portal, code: string): Promise<string> {
  const { shops } = (await portal.ask('/shops')) as { readonly shops: readonly { readonly shopId: string; readonly code: string }[] };
  const shop = shops.find((one) => one.code === code);
  if (shop === undefined) throw new Refused('shop-not-found', `There is no shop ${code}.`);
  return shop.shopId;
}

/** Epoch ms of a time with its zone. */
export function instantOf(text: string | undefined, option: string): string | undefined {
  if (text === undefined) return undefined;
  try {
    return String(Temporal.Instant.from(text).epochMilliseconds);
  } catch {
    throw new Unable(`${option}: found "${text}", expected a time with its zone, e.g. 2026-03-05T10:00+08:00`);
  }
}

function servicesOf({ service }: FilterOptions): readonly string[] {
  const unknown = service?.find((name) => !SERVICES.some((known) => known === name));
  if (unknown !== undefined) throw new Unable(`--service: found "${unknown}", expected one of ${SERVICES.join(', ')}`);
  return service ?? SERVICES;
}

/** Every event of a service that is asked for, in order (or the newest first), page by page. */
export async function* eventsOf(portal: Portal, service: string, query: Query, newestFirst = false): AsyncGenerator<Event> {
  const cursor = newestFirst ? 'before' : 'after';
  let from = query[cursor];
  for (;;) {
    const page = (await portal.ask('/system/events', {
      query: { ...query, service, size: String(PAGE), ...(newestFirst ? { newestFirst: 'true' } : {}), [cursor]: from },
    })) as Page;
    yield* page.events;
    if (page.done) return;
    from = String(page.through);
  }
}

/** The last `count` of these services' logs, by the time they were recorded. */
export async function tail(portal: Portal, services: readonly string[], query: Query, count: number): Promise<readonly Event[]> {
  const each = await Promise.all(
    services.map(async (service) => {
      const events: Event[] = [];
      for await (const event of eventsOf(portal, service, query, true)) if (events.push(event) === count) break;
      return events;
    }),
  );
  return each.flat().sort(byTime).slice(-count);
}

const byTime = (a: Event, b: Event): number => a.recordedAt - b.recordedAt || (a.source < b.source ? -1 : a.source > b.source ? 1 : a.position - b.position);

/** One line: when, where, what, and the data as far as a line holds it. */
export function eventLine({ recordedAt, source, position, streamId, version, type, data, unreadable }: Event): string {
  const text = unreadable === '' ? JSON.stringify(shown(data)) : `(${unreadable})`;
  const short = text.length <= SHOWN_DATA ? text : `${text.slice(0, SHOWN_DATA)}...`;
  return `${new Date(recordedAt).toISOString()}  ${source}:${position}  ${streamId}#${version}  ${type.split('.').at(-1)}  ${short}\n`;
}

/** Sealed fields as one word. */
function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  if ('sealed' in value && value.sealed === true) return '(sealed)';
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]));
}

/** `service/shard/epoch:position` */
export function placeOf(text: string): { source: string; position: number } {
  const [, source = '', position = ''] = /^([a-z-]+\/\d+\/\w+):(\d+)$/.exec(text) ?? [];
  if (source === '') throw new Unable(`found "${text}", expected <service>/<shard>/<epoch>:<position>, as events tail writes it`);
  return { source, position: Number(position) };
}

export const eventCommands: Group = (program, { portal, print }) => {
  const events = program.command('events').description("the services' logs, decoded; sealed fields are shown as sealed");

  filtered(events.command('tail').description('the newest events'))
    .option('-n, --count <n>', 'how many', '20')
    .option('--follow', 'go on with what comes, until stopped')
    .option('--json', 'one JSON object a line')
    .action(async (options: FilterOptions & { count: string; follow?: boolean; json?: boolean }) => {
      const asked = portal();
      const services = servicesOf(options);
      const query = await queryOf(asked, options);
      const write = (event: Event): void => print(options.json ?? false, event, () => eventLine(event));
      const heads = options.follow === true ? await headsOf(asked, services) : new Map<string, number>();
      for (const event of await tail(asked, services, { ...query }, Number(options.count))) if (!isAbove(heads, event)) write(event);
      while (options.follow === true) {
        await pause(FOLLOW_EVERY_MS);
        const news: Event[] = [];
        for (const service of services) {
          for await (const event of eventsOf(asked, service, { ...query, after: String(heads.get(service) ?? 0) })) {
            news.push(event);
            heads.set(service, event.position);
          }
        }
        for (const event of news.sort(byTime)) write(event);
      }
    });

  events
    .command('show')
    .description('one event, with its cause and what followed from it')
    .argument('<place>', '<service>/<shard>/<epoch>:<position>')
    .option('--json', 'print as JSON')
    .action(async (text: string, { json }: { json?: boolean }) => {
      const { source, position } = placeOf(text);
      const found = (await portal().ask(`/system/events/${encodeURIComponent(source)}/${position}`)) as Shown;
      print(json ?? false, found, () => showText(found));
    });

  filtered(events.command('stream').description('a stream from its first event'))
    .argument('<stream>', 'e.g. contract-<id>')
    .option('--json', 'one JSON object a line')
    .action(async (stream: string, options: FilterOptions & { json?: boolean }) => {
      const asked = portal();
      const query = await queryOf(asked, { ...options, stream });
      for (const service of servicesOf(options)) {
        for await (const event of eventsOf(asked, service, query)) print(options.json ?? false, event, () => eventLine(event));
      }
    });

  const feed = program.command('feed').description("a service's log as a file");
  filtered(feed.command('export').description("a service's log to a file or standard output, up to its head"))
    .option(
      '--format <format>',
      'ndjson: decoded, a line an event; protobuf: deskfleet.platform.v1.FeedEvent, each behind its length, bytes as stored',
      'ndjson',
    )
    .option('--out <file>', 'standard output otherwise')
    .option('--json', 'print what was written as JSON, on standard error without --out')
    .action(async (options: FilterOptions & { format: string; out?: string; json?: boolean }) => {
      const [service, ...others] = options.service ?? [];
      if (service === undefined || others.length > 0) throw new Unable('feed export needs one --service');
      servicesOf(options);
      if (options.format !== 'ndjson' && options.format !== 'protobuf') throw new Unable(`--format: found "${options.format}", expected ndjson or protobuf`);
      const asked = portal();
      const query = { ...(await queryOf(asked, options)), service, format: options.format };
      const bytes = await exportTo(asked, query, options.out);
      const told = { service, format: options.format, bytes, ...(options.out === undefined ? {} : { out: options.out }) };
      if (options.out !== undefined) print(options.json ?? false, told, () => `${bytes} bytes in ${options.out}\n`);
      else if (options.json === true) process.stderr.write(`${JSON.stringify(told)}\n`);
    });
};

/** Answers the bytes written. A file is written beside its name and takes it when it is whole. */
async function exportTo(portal: Portal, query: Query, out: string | undefined): Promise<number> {
  let bytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const part of portal.stream('/system/feed', query)) {
      bytes += part.length;
      yield part;
    }
  }
  if (out === undefined) {
    await pipeline(Readable.from(counted()), process.stdout, { end: false });
    return bytes;
  }
  const { rename } = await import('node:fs/promises');
  await pipeline(Readable.from(counted()), createWriteStream(`${out}.part`));
  await rename(`${out}.part`, out);
  return bytes;
}

async function headsOf(portal: Portal, services: readonly string[]): Promise<Map<string, number>> {
  const heads = await Promise.all(
    services.map(
      async (service) => [service, ((await portal.ask('/system/events', { query: { service, newestFirst: 'true', size: '1' } })) as Page).head] as const,
    ),
  );
  return new Map(heads);
}

function isAbove(heads: ReadonlyMap<string, number>, { source, position }: Event): boolean {
  const head = heads.get(source.slice(0, source.indexOf('/')));
  return head !== undefined && position > head;
}

interface Shown {
  readonly event: Event;
  readonly causedBy?: Event;
  readonly followed: readonly Event[];
  readonly partial: readonly string[];
}

function showText({ event, causedBy, followed, partial }: Shown): string {
  const cause =
    causedBy === undefined ? `caused by   ${event.causationId === '' ? '-' : `${event.causationId} (a command)`}\n` : `caused by   ${eventLine(causedBy)}`;
  const effects = followed.map((effect) => `followed    ${eventLine(effect)}`).join('');
  const unsure = partial.length === 0 ? '' : `not looked through: ${partial.join(', ')}\n`;
  const by = `by          ${event.actor.kind} ${event.actor.id} ${event.actor.role}`.trimEnd();
  return `${eventLine({ ...event, data: {} }).replace('  {}\n', '\n')}id          ${event.eventId}\n${by}\n${JSON.stringify(shown(event.data), undefined, 2)}\n${cause}${effects}${unsure}`;
}

// What the operator's commands ask of the portal, and the lines they write.
import { expect, test } from 'vitest';
import { type Event, eventLine, eventsOf, instantOf, placeOf, tail } from './events.ts';
import { age, table } from './group.ts';
import { lagOf } from './lag.ts';
import { orphansText } from './orphans.ts';
import type { Portal } from './portal.ts';

const event = (position: number, recordedAt = position, source = 'billing/0/e1'): Event => ({
  source,
  position,
  type: 'deskfleet.billing.v1.InvoiceIssued',
  streamId: 'invoice-1',
  version: position,
  recordedAt,
  eventId: `id-${position}`,
  causationId: '',
  actor: { kind: 'user', id: 'u', role: 'finance' },
  unreadable: '',
  data: { number: 'DF-1', note: { sealed: true, subjectId: 's1' } },
});

/** A portal whose log has ten events a service, answered three positions at a time. */
function portal(asked: Record<string, unknown>[] = []): Portal {
  return {
    async *stream() {},
    async ask(_path, { query = {} } = {}) {
      asked.push(query);
      const all = Array.from({ length: 10 }, (_, index) => event(index + 1, index + 1, `${String(query['service'])}/0/e1`));
      const newestFirst = query['newestFirst'] === 'true';
      const before = Number(query['before'] ?? 11);
      const after = Number(query['after'] ?? 0);
      const events = newestFirst ? all.filter(({ position }) => position < before).reverse() : all.filter(({ position }) => position > after);
      const page = events.slice(0, 3);
      return { events: page, through: page.at(-1)?.position ?? after, done: events.length <= 3, head: 10 };
    },
  };
}

test('a log is read page by page to its end, forwards and backwards', async () => {
  const asked: Record<string, unknown>[] = [];
  expect((await Array.fromAsync(eventsOf(portal(asked), 'billing', {}))).map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(asked.map((query) => query['after'])).toEqual([undefined, '3', '6', '9']);
  expect((await Array.fromAsync(eventsOf(portal(), 'billing', {}, true))).map(({ position }) => position)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
});

test('the tail of several logs is one, by the time of recording, and no more than was asked for', async () => {
  const events = await tail(portal(), ['billing', 'portal'], {}, 5);
  expect(events.map(({ source, position }) => `${source.split('/')[0]} ${position}`)).toEqual(['portal 8', 'billing 9', 'portal 9', 'billing 10', 'portal 10']);
});

test('a line says when, where, what, and shows what is sealed as sealed', () => {
  expect(eventLine(event(7, Date.UTC(2026, 2, 5)))).toBe(
    '2026-03-05T00:00:00.000Z  billing/0/e1:7  invoice-1#7  InvoiceIssued  {"number":"DF-1","note":"(sealed)"}\n',
  );
  expect(eventLine({ ...event(7, 0), unreadable: 'no code here knows this type' })).toContain('(no code here knows this type)');
});

test('a time needs its zone, a place its source and position', () => {
  expect(instantOf('2026-03-05T10:00+08:00', '--from')).toBe(String(Date.UTC(2026, 2, 5, 2)));
  expect(() => instantOf('2026-03-05T10:00', '--from')).toThrow('a time with its zone');
  expect(placeOf('billing/0/e1:42')).toEqual({ source: 'billing/0/e1', position: 42 });
  expect(() => placeOf('billing:42')).toThrow('<service>/<shard>/<epoch>:<position>');
});

test('what is not known is null, not zero: a source that is away, a service that does not answer', () => {
  const state = {
    asOf: 10,
    head: 5,
    groups: [
      { group: 'billing', service: 'conversations', behind: 3, behindMs: 1_500, known: true },
      { group: 'billing', service: 'agent-pools', behind: 0, behindMs: 0, known: false },
    ],
    held: [{ group: 'billing', service: 'conversations', state: 'parked', streams: 2, since: 1 }],
    projections: [],
    faults: [],
  };
  expect(
    lagOf([
      { service: 'billing', answered: true, state },
      { service: 'portal', answered: false },
    ]),
  ).toMatchObject([
    { group: 'billing', source: 'conversations', behind: 3, behindMs: 1_500, parked: 2, waiting: 0 },
    { source: 'agent-pools', behind: null, behindMs: null },
    { service: 'portal', group: '', behind: null },
  ]);
});

test('numbers stand to the right, ages in their two largest units', () => {
  expect(
    table(
      ['A', 'N'],
      [
        ['x', 5],
        ['yy', 10],
      ],
    ),
  ).toBe('A    N\nx    5\nyy  10\n');
  expect([0, 400, 12_000, 190_000, 18_120_000, 187_200_000].map(age)).toEqual(['0s', '0.4s', '12s', '3m10s', '5h02m', '2d04h']);
});

test('orphaned events are told one by one, under the restore that lost them', () => {
  const none = { answered: true, restores: [], events: [], more: false };
  expect(orphansText({ services: [{ service: 'billing', ...none }] })).toBe('No restore was met.\n');
  const old = 'conversations/0/e1';
  const restore = { group: 'billing', oldSource: old, newSource: 'conversations/0/e2', restoredHead: 30, orphaned: 1, adoptedAt: 0 };
  const lost = { group: 'billing', source: old, position: 31, type: 'deskfleet.conversations.v1.MessageReceived', streamId: 'conversation-1' };
  const services = [
    { ...none, service: 'billing', restores: [restore], events: [{ ...lost, applied: true, takenAt: 0 }], more: true },
    { ...none, service: 'portal', answered: false },
  ];
  expect(orphansText({ services }).split('\n')).toEqual([
    'SERVICE  GROUP    RESTORED TO            GOES ON IN          ORPHANED  MET AT',
    'billing  billing  conversations/0/e1:30  conversations/0/e2         1  1970-01-01T00:00:00.000Z',
    '',
    'SERVICE  GROUP    EVENT                  TYPE             STREAM          CAME TO  TAKEN IN AT',
    'billing  billing  conversations/0/e1:31  MessageReceived  conversation-1  applied  1970-01-01T00:00:00.000Z',
    'billing has more than are listed',
    'portal did not answer',
    '',
  ]);
});

// Are the rounds enough? Services in memory that do no more than they are asked to, in every shape of house: whatever was in a log before the call,
// and whatever follows from it, must have been taken in when settling answers.
import { AwaitAppliedResponse, Declaration, HeadResponse, Reaction } from '@deskfleet/protocol/feed';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settlingRounds } from './reactions.ts';
import { NotSettled, type SettleClient, settle } from './settle.ts';

const SERVICES = ['a', 'b', 'c', 'd', 'e'];
const TYPES = Array.from({ length: 10 }, (_, n) => n);
const ownerOf = (type: number): number => type % SERVICES.length;
const nameOf = (type: number): string => `t${type}`;

/** By which service, from which type to which; a type leads to later ones only, so there is no circle. Of another's log at once, of the own one later. */
interface Edge {
  readonly from: number;
  readonly to: number;
}

/** A service that reads a type and appends nothing. */
interface Reader {
  readonly service: number;
  readonly type: number;
}

const houses = fc.record({
  edges: fc.uniqueArray(
    fc
      .tuple(fc.nat(TYPES.length - 1), fc.nat(TYPES.length - 1))
      .filter(([from, to]) => from < to)
      .map(([from, to]): Edge => ({ from, to })),
    { selector: ({ from, to }) => `${from}-${to}`, maxLength: 14 },
  ),
  readers: fc.array(fc.record({ service: fc.nat(SERVICES.length - 1), type: fc.nat(TYPES.length - 1) }), { maxLength: 6 }),
  said: fc.array(fc.nat(TYPES.length - 1), { minLength: 1, maxLength: 8 }),
  live: fc.infiniteStream(fc.nat(TYPES.length - 1)),
});

interface Event {
  readonly type: number;
  /** Of those that were there before the call, or follow from one: by which of them. */
  readonly root: number | undefined;
}

class InMemory {
  readonly logs: Event[][] = SERVICES.map(() => []);
  /** Per service and log: how far it was taken in. */
  readonly #read = SERVICES.map(() => SERVICES.map(() => 0));
  readonly taken: string[] = [];
  readonly #edges: readonly Edge[];
  readonly #readers: readonly Reader[];
  readonly #meanwhile: () => number;

  constructor(edges: readonly Edge[], readers: readonly Reader[], meanwhile: () => number) {
    this.#edges = edges;
    this.#readers = readers;
    this.#meanwhile = meanwhile;
  }

  declaration(service: number): Declaration {
    const mine = this.#edges.filter(({ to }) => ownerOf(to) === service);
    const reactions = [
      ...mine.map(({ from, to }) => Reaction.create({ by: `${from}-${to}`, from: [nameOf(from)], to: [nameOf(to)], later: ownerOf(from) === service })),
      ...this.#readers.filter((reader) => reader.service === service).map(({ type }) => Reaction.create({ by: 'reads', from: [nameOf(type)], to: [] })),
    ];
    const sources = [...mine.map(({ from }) => from), ...this.#readers.filter((reader) => reader.service === service).map(({ type }) => type)];
    return Declaration.create({
      events: TYPES.filter((type) => ownerOf(type) === service).map(nameOf),
      sources: [...new Set(sources.map((type) => SERVICES[ownerOf(type)] ?? ''))].filter((name) => name !== SERVICES[service]),
      reactions,
    });
  }

  append(event: Event): void {
    this.logs[ownerOf(event.type)]?.push(event);
  }

  /** Everything that must have been taken in: by whom, which type, from which root. */
  expected(said: readonly number[]): string[] {
    const found = new Set<string>();
    const follow = (type: number, root: number): void => {
      for (const { service } of this.#readers.filter((reader) => reader.type === type)) found.add(`${service} ${type} ${root}`);
      for (const { to } of this.#edges.filter(({ from }) => from === type)) {
        found.add(`${ownerOf(to)} ${type} ${root}`);
        follow(to, root);
      }
    };
    for (const [root, type] of said.entries()) follow(type, root);
    return [...found].sort();
  }

  /** Takes in what the heads name and no more, then finishes its own log; something else happens somewhere meanwhile. */
  client(service: number): SettleClient {
    return {
      awaitApplied: async ({ heads = [] }) => {
        await Promise.resolve();
        this.append({ type: this.#meanwhile(), root: undefined });
        for (const { source = '', buckets = {} } of heads) this.#takeIn(service, SERVICES.indexOf(source), Number(buckets[0] ?? 0));
        this.#takeIn(service, service, Infinity);
        const position = this.logs[service]?.length ?? 0;
        const head = HeadResponse.create({ source: SERVICES[service] ?? '', position, buckets: { 0: position }, declares: this.declaration(service) });
        this.append({ type: this.#meanwhile(), root: undefined });
        return AwaitAppliedResponse.create({ head });
      },
    };
  }

  /** The own log is taken in to its end, whatever is appended on the way. */
  #takeIn(service: number, log: number, through: number): void {
    const read = this.#read[service];
    const events = this.logs[log];
    if (read === undefined || events === undefined) return;
    for (let at = read[log] ?? 0; at < Math.min(through, events.length); at += 1) {
      const event = events[at];
      read[log] = at + 1;
      if (event === undefined) continue;
      if (event.root !== undefined) this.taken.push(`${service} ${event.type} ${event.root}`);
      for (const { to } of this.#edges.filter((edge) => edge.from === event.type && ownerOf(edge.to) === service)) this.append({ type: to, root: event.root });
    }
  }
}

test('in any house without a circle, what was there before and what follows from it is taken in, whatever comes meanwhile', () =>
  fc.assert(
    fc.asyncProperty(houses, async ({ edges, readers, said, live }) => {
      const house = new InMemory(edges, readers, () => live.next().value as number);
      for (const [root, type] of said.entries()) house.append({ type, root });
      const clients = new Map(SERVICES.map((name, index) => [name, house.client(index)]));
      const { rounds } = await settle({ clientOf: (name) => clients.get(name) ?? house.client(0), services: SERVICES, withinMs: 1_000 });
      expect(rounds).toBeLessThanOrEqual(settlingRounds(SERVICES.map((_, index) => house.declaration(index))));
      expect(house.expected(said).filter((one) => !house.taken.includes(one))).toEqual([]);
    }),
    { numRuns: 500 },
  ));

test('only those named and those they read take part: one that is away elsewhere holds nothing up', async () => {
  const house = new InMemory([{ from: 0, to: 1 }], [{ service: 2, type: 1 }], () => 9);
  house.append({ type: 0, root: 0 });
  const asked: string[] = [];
  const clientOf = (name: string): SettleClient => {
    asked.push(name);
    return name === 'c' ? { awaitApplied: () => Promise.reject(new Error('away')) } : house.client(SERVICES.indexOf(name));
  };
  await settle({ clientOf, services: ['b'], withinMs: 1_000 });
  expect(new Set(asked)).toEqual(new Set(['a', 'b']));
  expect(house.taken).toContain('1 0 0');
  await expect(settle({ clientOf, services: ['c'], withinMs: 1_000 })).rejects.toThrow(new NotSettled('c', new Error('away')));
});

// Settled: what was appended anywhere before the call, and everything that follows from it, is applied in the services named and in all they read.
import type { Declaration, EventFeedServiceClient, HeadResponse, SourceHead } from '@deskfleet/protocol/feed';
import { settlingRounds } from './reactions.ts';

/** The part of each service's feed that settling calls. */
export type SettleClient = Pick<EventFeedServiceClient, 'awaitApplied'>;

const CALL_SLACK_MS = 2_000; // the call's own deadline lies behind the one that names what waits

export interface SettleOptions {
  readonly clientOf: (service: string) => SettleClient;
  /** Where everything must be applied; the services whose logs these read, and so on, take part. */
  readonly services: readonly string[];
  /** When this is over, what still waits is named. */
  readonly withinMs: number;
}

export interface Settled {
  readonly rounds: number;
  /** Everything up to these heads, and what follows from it, is applied. */
  readonly heads: readonly Pick<HeadResponse, 'source' | 'position'>[];
}

/** What holds settling: a parked or waiting event, a restored log, a service that is away. */
export class NotSettled extends Error {
  override readonly name = 'NotSettled';
  readonly service: string;

  constructor(service: string, cause: unknown) {
    super(`${service}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.service = service;
  }
}

/**
 * First every service finishes what its own log holds; then, round by round, each applies what the others' heads were after the round before.
 * There are as many rounds as the longest way that events take from log to log, by what the services declare; fewer when a round moved no log,
 * and never more, however much comes meanwhile. Rejects with `NotSettled`, and with `CyclicReactions` when the declarations make a circle.
 */
export async function settle({ clientOf, services, withinMs }: SettleOptions): Promise<Settled> {
  const endsAt = performance.now() + withinMs;
  const ask = (names: readonly string[], heads: readonly SourceHead[]): Promise<HeadResponse[]> => {
    const leftMs = Math.max(1, Math.round(endsAt - performance.now()));
    return Promise.all(names.map((service) => applied(service, clientOf(service), heads, leftMs)));
  };
  const { names, heads: first, declarations } = await readFrom(services, (wave) => ask(wave, []));
  const rounds = settlingRounds(declarations);
  let heads = first;
  for (let round = 1; round <= rounds; round += 1) {
    const after = await ask(names, heads.map(sourceHead));
    if (round === rounds || after.every((head, index) => isSame(head, heads[index]))) return { rounds: round, heads };
    heads = after;
  }
  return { rounds: 0, heads };
}

/** The services and all they read, each asked once: wave by wave, as each says what it reads. */
async function readFrom(
  services: readonly string[],
  ask: (names: readonly string[]) => Promise<HeadResponse[]>,
): Promise<{ names: string[]; heads: HeadResponse[]; declarations: Declaration[] }> {
  const found = { names: [] as string[], heads: [] as HeadResponse[], declarations: [] as Declaration[] };
  for (let wave = [...new Set(services)]; wave.length > 0; ) {
    const heads = await ask(wave);
    found.names.push(...wave);
    found.heads.push(...heads);
    const declared = heads.flatMap(({ declares }) => declares ?? []);
    found.declarations.push(...declared);
    wave = [...new Set(declared.flatMap(({ sources }) => sources))].filter((service) => !found.names.includes(service));
  }
  return found;
}

async function applied(service: string, client: SettleClient, heads: readonly SourceHead[], withinMs: number): Promise<HeadResponse> {
  try {
    const { head } = await client.awaitApplied({ heads: [...heads], withinMs }, { signal: AbortSignal.timeout(withinMs + CALL_SLACK_MS) });
    if (head === undefined) throw new Error('answered without its head');
    return head;
  } catch (error) {
    throw new NotSettled(service, error);
  }
}

function sourceHead({ source, buckets }: HeadResponse): SourceHead {
  return { $type: 'deskfleet.platform.v1.SourceHead', source, buckets };
}

function isSame(head: HeadResponse, before: HeadResponse | undefined): boolean {
  return head.source === before?.source && head.position === before.position;
}

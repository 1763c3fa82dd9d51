// Which events of a slice can be applied now, and which must be held: behind a held stream, or waiting for a key that is not there yet.
import type { Tx } from '@deskfleet/event-store';
import type { Subscription } from '../subscription.ts';
import { type Incoming, lockHeld, lockKeys, nameOf, type StreamName, streamOf } from './held.ts';

export interface Admission {
  readonly apply: readonly Incoming[];
  /** To be queued behind their streams. */
  readonly behind: readonly Incoming[];
  /** Streams that begin to wait. */
  readonly waiting: readonly (StreamName & { readonly shopId: string; readonly key: string })[];
  /** Keys that the applied events make present. */
  readonly provided: readonly string[];
}

/** Sorts a slice of a lane. Locks the group's keys only when one is missing or provided; asks for held streams only when there may be any. */
export async function admit(tx: Tx, subscription: Subscription, incoming: readonly Incoming[], mayBeHeld: boolean): Promise<Admission> {
  const keys = await keysOfSlice(tx, subscription, incoming);
  if (!mayBeHeld) return sort(subscription, incoming, keys, new Set());
  const streams = new Map(incoming.map(({ event }) => [nameOf(streamOf(event)), streamOf(event)]));
  const held = await lockHeld(tx, subscription.group, [...streams.values()]);
  return sort(subscription, incoming, keys, held);
}

/** Sorts events of streams that were held and are locked by the caller, who holds the lock of the keys. */
export async function readmit(tx: Tx, subscription: Subscription, incoming: readonly Incoming[]): Promise<Admission> {
  const wanted = requiredKeys(subscription, incoming);
  const present = wanted.size === 0 ? new Set<string>() : await askPresent(tx, subscription, wanted);
  return sort(subscription, incoming, present, new Set());
}

async function keysOfSlice(tx: Tx, subscription: Subscription, incoming: readonly Incoming[]): Promise<ReadonlySet<string>> {
  const wanted = requiredKeys(subscription, incoming);
  const present = wanted.size === 0 ? new Set<string>() : await askPresent(tx, subscription, wanted);
  const missing = wanted.difference(present);
  const provides = subscription.provides !== undefined && incoming.some(({ event }) => subscription.provides?.(event).length);
  if (missing.size === 0 && !provides) return present;
  await lockKeys(tx, subscription.group);
  return missing.size === 0 ? present : present.union(await askPresent(tx, subscription, missing));
}

function requiredKeys({ requires }: Subscription, incoming: readonly Incoming[]): Set<string> {
  const keys = new Set<string>();
  if (requires === undefined) return keys;
  for (const { event } of incoming) {
    const key = requires(event);
    if (key !== undefined) keys.add(key);
  }
  return keys;
}

async function askPresent(tx: Tx, { group, present }: Subscription, keys: ReadonlySet<string>): Promise<Set<string>> {
  if (present === undefined) throw new Error(`subscription ${group} requires keys but cannot say which are present`);
  return new Set(await present([...keys], tx));
}

/** Pure: walks the events in order; once one of a stream is held, all later ones of it are. Mostly none is: a name for each event would be work for nothing. */
function sort({ requires, provides }: Subscription, incoming: readonly Incoming[], present: ReadonlySet<string>, held: Set<string>): Admission {
  const apply: Incoming[] = [];
  const behind: Incoming[] = [];
  const waiting: (StreamName & { shopId: string; key: string })[] = [];
  const provided = new Set<string>();
  for (const one of incoming) {
    if (held.size > 0 && held.has(nameOf(streamOf(one.event)))) {
      behind.push(one);
      continue;
    }
    const key = requires?.(one.event);
    if (key !== undefined && !present.has(key) && !provided.has(key)) {
      held.add(nameOf(streamOf(one.event)));
      waiting.push({ ...streamOf(one.event), shopId: one.event.meta.shopId, key });
      behind.push(one);
      continue;
    }
    apply.push(one);
    for (const made of provides?.(one.event) ?? []) provided.add(made);
  }
  return { apply, behind, waiting, provided: [...provided] };
}

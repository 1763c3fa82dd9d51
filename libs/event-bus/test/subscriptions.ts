// What the suites subscribe to, and what they expect of the effects.
import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedEvent, Tx } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import { MessageReceived } from '@deskfleet/protocol/conversations';
import { ShopAdded } from '@deskfleet/protocol/onboarding';
import { CompiledQuery } from 'kysely';
import { expect } from 'vitest';
import type { AnySubscription, Subscription } from '../src/index.ts';
import { type Effect, effectsOf, type Service, writeEffects } from './ground.ts';

export const GROUP = 'contract-suite';
export const WITHIN_MS = 30_000;

/** Writes down every message. */
export function plain(changes: Partial<Subscription<MessageReceived>> = {}): AnySubscription {
  const subscription: Subscription<MessageReceived> = {
    group: GROUP,
    sources: ['conversations'],
    types: [MessageReceived],
    sliceSize: 50,
    handle: (events, tx) => writeEffects(GROUP, events, tx),
    ...changes,
  };
  return subscription;
}

/** Messages wait for the shop named by their message id. */
export function waitingForShop(): Subscription {
  return {
    group: GROUP,
    sources: ['conversations', 'client-onboarding'],
    types: [MessageReceived, ShopAdded],
    sliceSize: 50,
    requires: ({ event }) => (isMessage(event) ? event.messageId : undefined),
    present: async (keys, tx) => {
      const { rows } = await tx.executeQuery<{ key: string }>(
        CompiledQuery.raw('select key from keys where consumer_group = $1 and key = any ($2)', [GROUP, keys]),
      );
      return new Set(rows.map((row) => row.key));
    },
    provides: ({ event }) => (isMessage(event) ? [] : [shopOf(event)]),
    handle: async (events: readonly RecordedEvent[], tx: Tx) => {
      const shops = events.filter(({ event }) => !isMessage(event)).map(({ event }) => shopOf(event));
      await tx.executeQuery(CompiledQuery.raw('insert into keys select $1, unnest($2::text[]) on conflict do nothing', [GROUP, shops]));
      await writeEffects(GROUP, events, tx);
    },
  } satisfies Subscription;
}

function isMessage(event: UnknownMessage): event is MessageReceived {
  return event.$type === MessageReceived.$type;
}

function shopOf(event: UnknownMessage): string {
  if (event.$type !== ShopAdded.$type) throw new Error(`unexpected ${event.$type}`);
  return (event as ShopAdded).shopId;
}

export async function streamsOf(service: Service): Promise<string[]> {
  return (await effectsOf(service, GROUP)).map(({ stream }) => stream).sort();
}

export function expectOnceInOrder(effects: readonly Effect[]): void {
  for (const [stream, of] of Map.groupBy(effects, (effect) => effect.stream)) {
    const versions = of.map((effect) => effect.version);
    expect(versions, stream).toEqual(versions.map((_, index) => index + 1));
  }
}

export async function untilAsync(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + WITHIN_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('not within the time');
    await sleep(20);
  }
}

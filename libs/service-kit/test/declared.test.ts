// A service is held to what its parts declare: nothing else gets into its log, by whichever way.
import type { AppendMember, EventStore } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import { MessageReceived } from '@deskfleet/protocol/conversations';
import { ClientRegistered, ShopAdded } from '@deskfleet/protocol/onboarding';
import { Actor } from '@deskfleet/protocol/platform';
import { beforeEach, expect, test } from 'vitest';
import { DeclaredStore, declarationOf, heldToDeclared } from '../src/declared.ts';
import type { ServiceParts } from '../src/index.ts';

let appended: string[];
let store: DeclaredStore;

beforeEach(() => {
  appended = [];
  store = new DeclaredStore({
    async append(member: AppendMember) {
      appended.push(...typesOf(member));
      return { outcome: 'appended', firstPosition: 1, lastPosition: 1, recordedAt: 1 };
    },
  } as Partial<EventStore> as EventStore);
  store.declare('client-onboarding', [ClientRegistered, ShopAdded]);
});

const typesOf = (member: AppendMember): string[] => member.streams.flatMap(({ events }) => events.map(({ event }) => event.$type));

function member(event: UnknownMessage): AppendMember {
  const cause = { vendorId: 'v1', actor: Actor.create({}), correlationId: '', causationId: '', commandId: '' };
  return { cause, streams: [{ streamId: 's-1', expected: 'any', events: [{ event, occurredAt: 1, shopId: '' }] }] };
}

const none: ServiceParts = { events: [ClientRegistered, ShopAdded], projections: [], subscriptions: [], api: [] };
/** A subscription that may add shops, and appends this. */
const appending = (event: UnknownMessage): ServiceParts => ({
  ...none,
  subscriptions: [
    {
      group: 'taking-in',
      sources: ['conversations'],
      types: [MessageReceived],
      appends: [ShopAdded],
      sliceSize: 1,
      handle: async () => void (await store.append(member(event))),
    },
  ],
});
const handled = (parts: ServiceParts) => heldToDeclared(parts).subscriptions[0]?.handle([], undefined as never);

test('what a service has not declared does not get into its log, commands included', async () => {
  await store.append(member(ClientRegistered.create({})));
  await expect(store.append(member(MessageReceived.create({})))).rejects.toThrow('client-onboarding appends deskfleet.conversations.v1.MessageReceived');
  expect(appended).toEqual([ClientRegistered.$type]);
});

test('a subscription appends what it declared, not what else its service may', async () => {
  await handled(appending(ShopAdded.create({})));
  await expect(handled(appending(ClientRegistered.create({})))).rejects.toThrow('taking-in appends deskfleet.onboarding.v1.ClientRegistered');
  expect(appended).toEqual([ShopAdded.$type]);
});

test('background work is held to its declaration too, also in what it begins and does not wait for', async () => {
  const work = (event: UnknownMessage) =>
    heldToDeclared({
      ...none,
      work: [
        {
          name: 'putting-off',
          after: [ClientRegistered],
          appends: [ShopAdded],
          slice: () => Promise.all([store.append(member(event))]).then(() => false),
          pending: async () => 0,
        },
      ],
    }).work?.[0];
  await work(ShopAdded.create({}))?.slice();
  await expect(work(ClientRegistered.create({}))?.slice()).rejects.toThrow('putting-off appends');
});

test('a timer is armed by what it declared, and its firing appends what it declared', async () => {
  const timer = (event: UnknownMessage) =>
    heldToDeclared({
      ...none,
      timers: [
        {
          kind: 'reminding',
          types: [ClientRegistered, ShopAdded],
          armedBy: [ClientRegistered],
          appends: [ShopAdded],
          changes: () => [{ set: { kind: 'reminding', key: 'k', dueAt: 1, streamId: 's' } }],
          fire: async () => [member(event)],
        },
      ],
    }).timers?.[0];
  const recorded = (event: UnknownMessage) => ({ event }) as Parameters<NonNullable<ReturnType<typeof timer>>['changes']>[0];
  const reminding = timer(ShopAdded.create({}));
  expect(reminding?.changes(recorded(ClientRegistered.create({})))).toHaveLength(1);
  expect(() => reminding?.changes(recorded(ShopAdded.create({})))).toThrow('ShopAdded arms reminding');
  expect(await reminding?.fire([], 1)).toHaveLength(1);
  await expect(timer(ClientRegistered.create({}))?.fire([], 1)).rejects.toThrow('reminding appends');
});

test('a declaration names only what the service appends or takes in', () => {
  const strange = {
    ...none,
    subscriptions: [{ ...(appending(ShopAdded.create({})).subscriptions[0] as ServiceParts['subscriptions'][number]), appends: [MessageReceived] }],
  };
  expect(() => heldToDeclared(strange)).toThrow('taking-in declares deskfleet.conversations.v1.MessageReceived');
  expect(declarationOf(appending(ShopAdded.create({})))).toMatchObject({
    events: [ClientRegistered.$type, ShopAdded.$type],
    sources: ['conversations'],
    reactions: [{ by: 'taking-in', from: [MessageReceived.$type], to: [ShopAdded.$type], later: false }],
  });
});

// The contract on the embedded bus: owners serve their logs over gRPC.

import { MessageReceived } from '@deskfleet/protocol/conversations';
import type { EventFeedServiceClient } from '@deskfleet/protocol/feed';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createEventBus, type FeedClient } from '../src/index.ts';
import { type Adapter, busContract } from './contract.ts';
import { append, busOptions, Exits, effectsOf, serveFeed, startService, writeEffects } from './ground.ts';
import { restoreContract } from './restore-contract.ts';

const adapter: Adapter = {
  name: 'the feed',
  async start(logs, exits) {
    const owners = new Map(logs.map((owner) => [owner.name, owner]));
    const feeds = new Map<string, EventFeedServiceClient>();
    const servers = new Exits();
    const serve = async (): Promise<void> => {
      await servers.run();
      for (const owner of owners.values()) feeds.set(owner.name, await serveFeed(owner, servers));
    };
    await serve();
    exits.add(() => servers.run());
    const feedOf = (service: string): FeedClient => {
      const now = (): EventFeedServiceClient => {
        const feed = feeds.get(service);
        if (feed === undefined) throw new Error(`no feed of ${service}`);
        return feed;
      };
      return { head: (request, options) => now().head(request, options), read: (request, options) => now().read(request, options) };
    };
    return {
      bus: async (service, instance, faults) => createEventBus({ kind: 'feed' }, busOptions(service, instance, feedOf, faults)),
      again: serve, // every stream breaks and is read again from the offset
      async replace(owner) {
        owners.set(owner.name, owner);
        await serve();
      },
    };
  },
};

busContract(adapter);
restoreContract(adapter);

describe('a reader whose owner was away', () => {
  let exits: Exits;
  beforeEach(() => {
    exits = new Exits();
  });
  afterEach(() => exits.run());

  test('names it as its trouble until it answers again, though nothing new came', async () => {
    const [owner, consumer] = await Promise.all([startService('conversations', exits), startService('consumer', exits)]);
    const server = new Exits();
    let feed = await serveFeed(owner, server);
    const bus = await createEventBus(
      { kind: 'feed' },
      busOptions(consumer, 'one', () => ({ head: (request, options) => feed.head(request, options), read: (request, options) => feed.read(request, options) })),
    );
    exits.add(() => bus.stop());
    await bus.subscribe({
      group: 'g',
      sources: ['conversations'],
      types: [MessageReceived],
      sliceSize: 50,
      handle: (events, tx) => writeEffects('g', events, tx),
    });
    await append(owner, 'conversation-1', MessageReceived.create({ messageId: 'm1' }));
    await vi.waitFor(async () => expect(await effectsOf(consumer, 'g')).toHaveLength(1), { timeout: 30_000 });

    await server.run();
    await vi.waitFor(() => expect([...bus.faults().keys()]).toEqual(['g feed of conversations']), { timeout: 30_000 });
    feed = await serveFeed(owner, exits);
    await vi.waitFor(() => expect([...bus.faults()]).toEqual([]), { timeout: 30_000 });
    expect(await effectsOf(consumer, 'g')).toHaveLength(1);
  }, 120_000);
});

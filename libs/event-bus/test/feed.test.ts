// The contract on the embedded bus: owners serve their logs over gRPC.
import type { EventFeedServiceClient } from '@deskfleet/protocol/feed';
import { createEventBus, type FeedClient } from '../src/index.ts';
import { type Adapter, busContract } from './contract.ts';
import { busOptions, Exits, serveFeed } from './ground.ts';
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

// The contract on the embedded bus: owners serve their logs over gRPC.
import type { EventFeedServiceClient } from '@deskfleet/protocol/feed';
import { createEventBus, type FeedClient } from '../src/index.ts';
import { busContract } from './contract.ts';
import { busOptions, Exits, serveFeed } from './ground.ts';

busContract({
  name: 'the feed',
  async start(owners, exits) {
    const feeds = new Map<string, EventFeedServiceClient>();
    const servers = new Exits();
    const serve = async (): Promise<void> => {
      await servers.run();
      for (const owner of owners) feeds.set(owner.name, await serveFeed(owner, servers));
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
    };
  },
});

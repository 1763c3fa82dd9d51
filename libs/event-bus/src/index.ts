export type { BusOptions, EventBus } from './bus.ts';
export { type ParkedStream, parkedStreams, retryParked } from './consumer/held.ts';
export { installEventBus } from './database.ts';
export { type AppliedOptions, awaitSource } from './feed/applied.ts';
export { createFeedBus, type FeedBusOptions } from './feed/bus.ts';
export type { FeedClient } from './feed/reader.ts';
export { feedService, type FeedServerOptions } from './feed/server.ts';
export { type SettleClient, settle } from './settle.ts';
export * from './subscription.ts';

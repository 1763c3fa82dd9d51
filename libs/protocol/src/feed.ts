export * from './gen/deskfleet/platform/v1/feed.ts';

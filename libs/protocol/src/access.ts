export * from './gen/deskfleet/access/v1/events.ts';

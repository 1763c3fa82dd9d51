export * from './gen/deskfleet/conversations/v1/service.ts';

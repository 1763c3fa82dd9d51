export * from './gen/deskfleet/agents/v1/service.ts';

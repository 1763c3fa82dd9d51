export * from './gen/deskfleet/sla/v1/service.ts';

export * from './gen/deskfleet/billing/v1/service.ts';

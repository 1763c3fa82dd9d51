export * from './gen/deskfleet/qa/v1/service.ts';

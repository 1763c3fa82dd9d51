export * from './gen/deskfleet/platform/v1/operations.ts';

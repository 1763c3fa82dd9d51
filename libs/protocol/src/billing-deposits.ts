export * from './gen/deskfleet/billing/v1/deposits.ts';

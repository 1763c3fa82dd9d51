export * from './gen/deskfleet/onboarding/v1/sales.ts';

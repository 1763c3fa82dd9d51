export * from './gen/deskfleet/onboarding/v1/contracting.ts';

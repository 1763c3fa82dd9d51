export * from './gen/deskfleet/onboarding/v1/care.ts';

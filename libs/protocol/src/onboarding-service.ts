export * from './gen/deskfleet/onboarding/v1/service.ts';

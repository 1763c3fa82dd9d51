export * from './gen/deskfleet/onboarding/v1/launch.ts';

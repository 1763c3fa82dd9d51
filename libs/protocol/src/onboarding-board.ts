export * from './gen/deskfleet/onboarding/v1/board.ts';

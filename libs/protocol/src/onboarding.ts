// Events by name; the gRPC service and its messages under `./onboarding-service.ts`.
export * from './gen/deskfleet/onboarding/v1/events.ts';

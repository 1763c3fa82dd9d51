// Events by name; the gRPC service and its messages under `./qa-service.ts`.
export * from './gen/deskfleet/qa/v1/events.ts';

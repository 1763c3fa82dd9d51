// Events by name; the gRPC service and its messages under `./agents-service.ts`.
export * from './gen/deskfleet/agents/v1/events.ts';

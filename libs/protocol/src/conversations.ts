// Events by name; the gRPC service and its messages under `./conversations-service.ts`.
export * from './gen/deskfleet/conversations/v1/events.ts';

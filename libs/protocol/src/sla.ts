// Events by name; the gRPC service and its messages under `./sla-service.ts`.
export * from './gen/deskfleet/sla/v1/events.ts';

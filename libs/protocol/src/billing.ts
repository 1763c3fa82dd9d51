// Events by name; the gRPC service and its messages under `./billing-service.ts`.
export * from './gen/deskfleet/billing/v1/events.ts';

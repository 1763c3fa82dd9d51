export * from './gen/deskfleet/platform/v1/meta.ts';
export * from './gen/deskfleet/platform/v1/refusal.ts';

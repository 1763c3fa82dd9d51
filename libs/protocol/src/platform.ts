export * from './gen/deskfleet/platform/v1/meta.ts';

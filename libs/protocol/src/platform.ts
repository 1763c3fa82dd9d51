export * from './gen/deskfleet/platform/v1/meta.ts';
export { CommandAnswer, Refusal } from './gen/deskfleet/platform/v1/refusal.ts';

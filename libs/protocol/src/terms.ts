export * from './gen/deskfleet/common/v1/terms.ts';

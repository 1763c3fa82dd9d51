export * from './gen/deskfleet/common/v1/common.ts';
export * from './gen/deskfleet/common/v1/terms.ts';

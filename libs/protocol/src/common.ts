export * from './gen/deskfleet/common/v1/common.ts';

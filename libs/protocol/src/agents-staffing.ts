export * from './gen/deskfleet/agents/v1/staffing.ts';

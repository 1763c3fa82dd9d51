export * from './calendar.ts';
export * from './hours.ts';
export * from './zone.ts';

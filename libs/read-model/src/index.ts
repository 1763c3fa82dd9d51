export * from './projection.ts';
export * from './timers.ts';

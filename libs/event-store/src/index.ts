export * from './decider.ts';
export * from './store.ts';
export * from './types.ts';

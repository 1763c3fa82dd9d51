export * from './attribution.ts';
export * from './timeline.ts';

export * from './estimates.ts';
export * from './order-statistics.ts';
export * from './random.ts';
export * from './sampling.ts';

export * from './ids.ts';
export * from './registry.ts';

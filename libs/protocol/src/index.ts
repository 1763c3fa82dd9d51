export * from './former.ts';
export * from './ids.ts';
export * from './registry.ts';

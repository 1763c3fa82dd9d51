export * from './facts.ts';
export * from './intake.ts';
export * from './record.ts';

export * from './facts.ts';
export * from './intake.ts';

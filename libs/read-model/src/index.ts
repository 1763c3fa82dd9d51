export { type BuildName, type ProjectionBuild, ProjectionRefused } from './builds.ts';
export type { Clock, OnFault, ReadModelDatabase } from './database.ts';
export { recordDated } from './dated-rows.ts';
export * from './projection.ts';
export { type ReadModel, type ReadModelOptions, startReadModel } from './read-model.ts';
export { installReadModel } from './schema.ts';
export type { TimerState } from './timer-rows.ts';
export { timerCommandId } from './timer-runner.ts';
export * from './timers.ts';

// What others may start from here: tests and benches take their servers from these functions.
export { copyCluster, copyRunningCluster, segmentsBefore } from './copy-cluster.ts';
export { type Guarded, type GuardedOptions, spawnGuarded } from './guarded.ts';
export { fetchKafka, type KafkaBroker, type KafkaOptions, kafkaTool, missingForKafka, startKafka } from './kafka.ts';
export { moveDatabase, tableFromFile, tableToFile, withDatabase } from './move-database.ts';
export { freePort, isFree } from './ports.ts';
export { type Postgres, type PostgresOptions, startPostgres } from './postgres.ts';

// Where each version of each projection stands, and which version is the live one. A new version is built beside the old and swapped in at once.
import type { Db, Tx } from '@deskfleet/event-store';
import { asOwner, type ReadModelDatabase, run } from './database.ts';
import type { Projection } from './projection.ts';
import { createRowTable, definitionOf, pointView, RowTable } from './row-table.ts';
import type { Running } from './runner.ts';

const PREPARE_LOCK = 1684434287; // instances that start together make one table

type Which = Pick<Running, 'projection'>;

/** Makes tables, views and checkpoints where they are missing. Throws when a table's definition changed without a new version. */
export async function prepare(database: ReadModelDatabase, projections: readonly Projection[]): Promise<Running[]> {
  return asOwner(database.owner, async (owner) => {
    await owner.query('select pg_advisory_xact_lock($1)', [PREPARE_LOCK]);
    const running: Running[] = [];
    for (const projection of projections) {
      const definition = 'write' in projection ? '' : definitionOf(projection);
      if (!('write' in projection)) await createRowTable(owner, projection, database.roles);
      // The first version of a name is live from its first row on; a later one when it has caught up.
      const { rows } = await owner.query(
        `insert into projection_checkpoints (name, version, position, live, definition)
         select $1, $2, 0, not exists (select from projection_checkpoints where name = $1 and live), $3
         on conflict (name, version) do update set name = excluded.name
         returning position, live, definition, xmax = 0 as made`,
        [projection.name, projection.version, definition],
      );
      const row: { position: string; live: boolean; definition: string; made: boolean } = rows[0];
      if (row.definition !== definition) throw new Error(`projection ${projection.name}: its table changed; raise its version above ${projection.version}`);
      if (!('write' in projection) && row.made && row.live) await pointView(owner, projection, database.roles);
      running.push({
        projection,
        types: new Set(projection.types.map((type) => type.$type)),
        table: 'write' in projection ? undefined : await RowTable.open(owner, projection),
        position: Number(row.position),
        live: row.live,
      });
    }
    return running;
  });
}

/** Somebody else moved a checkpoint: another instance of this service. The batch is rolled back. */
export class CheckpointMoved extends Error {
  override readonly name = 'CheckpointMoved';
}

/** Compare-and-set of all of them, first in the batch's transaction. Throws `CheckpointMoved` when one no longer stands at `from`. */
export async function moveCheckpoints(tx: Tx, group: readonly Which[], from: number, to: number): Promise<void> {
  const { numAffectedRows } = await run(
    tx,
    `with mine as (
       select name, version from projection_checkpoints
        where (name, version) in (select * from unnest($1::text[], $2::int[])) and position = $3
        order by name, version for update)
     update projection_checkpoints c set position = $4 from mine where (c.name, c.version) = (mine.name, mine.version)`,
    [...keysOf(group), from, to],
  );
  if (Number(numAffectedRows) !== group.length) throw new CheckpointMoved();
}

/** Where they stand now. */
export async function checkpointsOf(db: Db, group: readonly Which[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await run<{ name: string; position: string }>(
    db,
    'select name, position from projection_checkpoints where (name, version) in (select * from unnest($1::text[], $2::int[]))',
    keysOf(group),
  );
  return new Map(rows.map((row) => [row.name, Number(row.position)]));
}

/** Makes this version the live one: view and mark in one transaction. The old table stays, for a way back. */
export async function swapIn(database: ReadModelDatabase, one: Running): Promise<void> {
  const { projection } = one;
  await asOwner(database.owner, async (owner) => {
    await owner.query('select pg_advisory_xact_lock($1)', [PREPARE_LOCK]);
    await owner.query('update projection_checkpoints set live = false where name = $1 and live and version <> $2', [projection.name, projection.version]);
    await owner.query('update projection_checkpoints set live = true where name = $1 and version = $2', [projection.name, projection.version]);
    if (!('write' in projection)) await pointView(owner, projection, database.roles);
  });
  one.live = true;
}

function keysOf(group: readonly Which[]): [string[], number[]] {
  return [group.map((one) => one.projection.name), group.map((one) => one.projection.version)];
}

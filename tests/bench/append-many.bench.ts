// Appends a second with 1,000 waiting writers beside what the same table takes at most: plain inserts of a thousand rows each, no lock, no checks,
// no outcomes, positions and versions made by the client, each row with its own bytes, two connections so that neither client nor server waits for
// the other.
import type { Pool } from 'pg';
import { SHOP, VENDOR } from './append/facts.ts';
import { openOurs } from './append/ours.ts';
import { run } from './append/writers.ts';
import { type Bench, figure, lowerMedian } from './bench.ts';

const WRITERS = 1_000;
const ROUNDS = 5;
const WARM_UP_MS = 1_500;
const ROUND_MS = 3_000;
const PLAIN_CONNECTIONS = 2;
const PLAIN_ROWS = 1_000;

export const appendMany: Bench = {
  name: 'append-many',
  async run() {
    const ours = await openOurs();
    const table = await openOurs(); // the same table with the same indexes, filled without the store
    try {
      const rows = await storedRows(ours.pool, (streamId) => ours.append(streamId, 0));
      const plain = plainInserts(table.pool, rows);
      await run(ours, WRITERS, WARM_UP_MS);
      await plain(WARM_UP_MS);
      const rates = { ours: [] as number[], plain: [] as number[] };
      for (let round = 0; round < ROUNDS; round += 1) {
        rates.ours.push((await run(ours, WRITERS, ROUND_MS)).perSecond);
        rates.plain.push(await plain(ROUND_MS));
      }
      const peer = lowerMedian(rates.plain.sort((a, b) => a - b));
      return [figure(`append, ${WRITERS} waiting writers`, 'appends/s', rates.ours, { name: 'plain batched inserts', median: peer })];
    } finally {
      await ours.close();
      await table.close();
    }
  },
};

interface Stored {
  readonly type: string;
  readonly data: Buffer;
  readonly meta: Buffer;
}

/** What a thousand appends leave in the table: the rows that the plain inserts write again and again, at other places. */
async function storedRows(pool: Pool, append: (streamId: string) => Promise<void>): Promise<Stored[]> {
  await Promise.all(Array.from({ length: PLAIN_ROWS }, (_, n) => append(`conversation-sample_${n}`)));
  const { rows } = await pool.query<Stored>('select type, data, meta from events order by position limit $1', [PLAIN_ROWS]);
  return rows;
}

const INSERT = `
  insert into events (position, occurred_at, recorded_at, version, bucket, vendor_id, shop_id, stream_id, type, data, meta)
  select position, $2, $2, version, bucket, $3, $4, stream, $5, data, meta
    from unnest($1::int8[], $6::int4[], $7::int4[], $8::text[], $9::bytea[], $10::bytea[]) as e (position, version, bucket, stream, data, meta)`;

function plainInserts(pool: Pool, rows: readonly Stored[]): (durationMs: number) => Promise<number> {
  const [data, meta, type] = [rows.map((row) => row.data), rows.map((row) => row.meta), rows[0]?.type];
  let position = 0;
  const writer = async (start: number, durationMs: number): Promise<number> => {
    let inserted = 0;
    while (performance.now() - start < durationMs) {
      const n = rows.map((_, index) => position + index + 1);
      position += rows.length;
      const versions = n.map((each) => ((each - 1) % 10) + 1);
      const buckets = n.map((each) => each % 64);
      const streams = n.map((each) => `conversation-cv_${Math.floor((each - 1) / 10)}`);
      await pool.query({ name: 'insert', text: INSERT, values: [n, Date.now(), VENDOR, SHOP, type, versions, buckets, streams, data, meta] });
      inserted += rows.length;
    }
    return inserted;
  };
  return async (durationMs) => {
    const start = performance.now();
    const inserted = await Promise.all(Array.from({ length: PLAIN_CONNECTIONS }, () => writer(start, durationMs)));
    return Math.round((inserted.reduce((sum, each) => sum + each, 0) / (performance.now() - start)) * 1000);
  };
}

// Appends a second with 1,000 waiting writers beside what the same table takes at most: plain inserts of a thousand rows each, no lock, no checks,
// no outcomes, positions and versions made by the client, two connections so that neither client nor server waits for the other.
import type { Pool } from 'pg';
import { message, SHOP, VENDOR } from './append/facts.ts';
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
      const rows = await storedRow(ours.pool, () => ours.append('conversation-sample', 0));
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

/** What one append leaves in the table: the bytes that the plain inserts write again and again. */
async function storedRow(pool: Pool, append: () => Promise<void>): Promise<Stored> {
  await append();
  const { rows } = await pool.query<Stored>('select type, data, meta from events limit 1');
  const [row] = rows;
  if (row === undefined) throw new Error('nothing was appended');
  return row;
}

const INSERT = `
  insert into events (position, occurred_at, recorded_at, version, bucket, vendor_id, shop_id, stream_id, type, data, meta)
  select position, $2, $2, version, bucket, $3, $4, stream, $5, $6, $7
    from unnest($1::int8[], $8::int4[], $9::int4[], $10::text[]) as e (position, version, bucket, stream)`;

function plainInserts(pool: Pool, { type, data, meta }: Stored): (durationMs: number) => Promise<number> {
  let position = 0;
  const writer = async (start: number, durationMs: number): Promise<number> => {
    let inserted = 0;
    while (performance.now() - start < durationMs) {
      const n = Array.from({ length: PLAIN_ROWS }, (_, index) => position + index + 1);
      position += PLAIN_ROWS;
      await pool.query({
        name: 'insert',
        text: INSERT,
        values: [
          n,
          message('').facts.sentAt,
          VENDOR,
          SHOP,
          type,
          data,
          meta,
          n.map((each) => ((each - 1) % 10) + 1),
          n.map((each) => each % 64),
          n.map((each) => `conversation-cv_${Math.floor((each - 1) / 10)}`),
        ],
      });
      inserted += PLAIN_ROWS;
    }
    return inserted;
  };
  return async (durationMs) => {
    const start = performance.now();
    const inserted = await Promise.all(Array.from({ length: PLAIN_CONNECTIONS }, () => writer(start, durationMs)));
    return Math.round((inserted.reduce((sum, each) => sum + each, 0) / (performance.now() - start)) * 1000);
  };
}

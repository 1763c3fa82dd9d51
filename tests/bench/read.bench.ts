// Reads the whole log with decoding, as a rebuild does, beside reading the same rows of the same pages raw.
import { decodeEvent } from '@deskfleet/event-store';
import { member, type OurSide, openOurs } from './append/ours.ts';
import { type Bench, figure, lowerMedian } from './bench.ts';

const EVENTS = 100_000;
const FILL_AT_ONCE = 1_000;
const STREAM_EVENTS = 10;
const PAGE = 500;
const ROUNDS = 7;

export const read: Bench = {
  name: 'read',
  async run() {
    const ours = await openOurs();
    try {
      await fill(ours);
      const rates = { ours: [] as number[], raw: [] as number[] };
      for (let round = -1; round < ROUNDS; round += 1) {
        const [decoded, raw] = [await rate(() => readDecoded(ours)), await rate(() => readRaw(ours))];
        if (round < 0) continue; // the first warms up
        rates.ours.push(decoded);
        rates.raw.push(raw);
      }
      const peer = lowerMedian(rates.raw.sort((a, b) => a - b));
      return [figure(`read ${EVENTS} events with decoding`, 'events/s', rates.ours, { name: 'the same rows raw', median: peer })];
    } finally {
      await ours.close();
    }
  },
};

async function fill({ store, pool }: OurSide): Promise<void> {
  for (let first = 0; first < EVENTS; first += FILL_AT_ONCE) {
    const appends = Array.from({ length: FILL_AT_ONCE }, (_, n) =>
      store.append(member(`conversation-cv_${Math.floor((first + n) / STREAM_EVENTS)}`, (first + n) % STREAM_EVENTS)),
    );
    for (const outcome of await Promise.all(appends)) if (outcome.outcome !== 'appended') throw new Error(outcome.outcome);
  }
  await pool.query('vacuum analyze events');
}

async function rate(readAll: () => Promise<number>): Promise<number> {
  const start = performance.now();
  const read = await readAll();
  if (read !== EVENTS) throw new Error(`${read} of ${EVENTS} events were read`);
  return Math.round((read / (performance.now() - start)) * 1000);
}

async function readDecoded({ store }: OurSide): Promise<number> {
  let read = 0;
  for (let after = 0; ; ) {
    const events = await store.read(after, PAGE);
    const last = events.at(-1);
    if (last === undefined) return read;
    for (const event of events) read += decodeEvent(event).version > 0 ? 1 : 0;
    after = last.position;
  }
}

async function readRaw({ pool }: OurSide): Promise<number> {
  let read = 0;
  for (let after = '0'; ; ) {
    const { rows } = await pool.query<{ position: string }>(
      'select position, stream_id, version, bucket, type, data, meta, occurred_at, recorded_at from events where position > $1 order by position limit $2',
      [after, PAGE],
    );
    const last = rows.at(-1);
    if (last === undefined) return read;
    read += rows.length;
    after = last.position;
  }
}

// A page of the log as nine arrays in PostgreSQL's binary form, one a column. As rows, each value would come as text of its own, the bytes twice as
// long in hexadecimal digits: for whoever only passes events on (the relay, the feed) that was a fifth of all work.
import type { RawEvent } from '../types.ts';

const COLUMNS = ['position', 'stream_id', 'version', 'bucket', 'type', 'data', 'meta', 'occurred_at', 'recorded_at'] as const;
const HEADER_BYTES = 20;
const TWO_32 = 2 ** 32;

/** The page's columns; null each when there is no event. */
export type PageRow = Readonly<Record<(typeof COLUMNS)[number], Buffer | null>>;

/** The query for the events of `from events where ... order by position limit ...`, as one row. */
export function pageSql(where: string, limit: string): string {
  const columns = COLUMNS.map((column) => `array_send(array_agg(${column})) as ${column}`);
  return `select ${columns.join(', ')} from (select ${COLUMNS.join(', ')} from events where ${where} order by position limit ${limit}) e`;
}

/** The events of a page. Their bytes are parts of the page's. */
export function eventsOf(row: PageRow, source: string): RawEvent[] {
  const [positions, streams, versions, buckets, types, datas, metas, occurred, recorded] = COLUMNS.map((column) => new Elements(row[column]));
  if (positions === undefined || streams === undefined || versions === undefined || buckets === undefined || types === undefined) return [];
  if (datas === undefined || metas === undefined || occurred === undefined || recorded === undefined) return [];
  const events: RawEvent[] = [];
  for (let left = positions.count; left > 0; left -= 1) {
    events.push({
      source,
      position: positions.int8(),
      streamId: streams.text(),
      version: versions.int4(),
      bucket: buckets.int2(),
      type: types.text(),
      data: datas.bytes(),
      meta: metas.bytes(),
      occurredAt: occurred.int8(),
      recordedAt: recorded.int8(),
    });
  }
  return events;
}

/** The elements of a one-dimensional array without nulls, one after the other: each is its length and its bytes. */
class Elements {
  readonly count: number;
  readonly #array: Buffer;
  #at = HEADER_BYTES;

  constructor(array: Buffer | null) {
    this.#array = array ?? Buffer.alloc(0);
    this.count = array === null || array.readInt32BE(0) === 0 ? 0 : array.readInt32BE(12);
  }

  int2(): number {
    this.#at += 6;
    return this.#array.readInt16BE(this.#at - 2);
  }

  int4(): number {
    this.#at += 8;
    return this.#array.readInt32BE(this.#at - 4);
  }

  /** A safe integer. */
  int8(): number {
    this.#at += 12;
    return this.#array.readInt32BE(this.#at - 8) * TWO_32 + this.#array.readUInt32BE(this.#at - 4);
  }

  text(): string {
    const from = this.#next();
    return this.#array.toString('utf8', from, this.#at);
  }

  bytes(): Buffer {
    const from = this.#next();
    return this.#array.subarray(from, this.#at);
  }

  /** Passes over an element of any length; answers where it begins. */
  #next(): number {
    const from = this.#at + 4;
    this.#at = from + this.#array.readInt32BE(this.#at);
    return from;
  }
}

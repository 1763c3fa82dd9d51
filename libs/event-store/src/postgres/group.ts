// A group of members as the one call of the append function: distinct streams and commands numbered, all bytes in one payload; and its outcomes read back.
import type { EncodedEvent } from '../codec.ts';
import type { AppendOutcome, EpochMs, Expectation, RawEvent } from '../types.ts';
import { int4Arrays, int8Array, textArray } from './binary-arrays.ts';

/** A member with its events encoded. */
export interface EncodedMember {
  readonly vendorId: string;
  readonly commandId: string;
  readonly streams: readonly { readonly streamId: string; readonly expected: Expectation; readonly bucket: number; readonly events: readonly EncodedEvent[] }[];
  readonly answer: { readonly fingerprint: Uint8Array; readonly bytes: Uint8Array } | undefined;
  /** Of its answer and its events: what it takes of a group's payload. */
  readonly bytes: number;
}

/** A row of the append function's result, as the driver gives it (int8 is text): a member's outcome, or one row for a group that was appended whole. */
export type OutcomeRow = MemberRow | { readonly outcome: 'all'; readonly first_position: string };

interface MemberRow {
  readonly outcome: 'appended' | 'conflict' | 'repeated';
  readonly first_position: string | null;
  readonly last_position: string | null;
  readonly conflict_part: number | null;
  readonly actual: number | null;
  readonly same: boolean | null;
  readonly answer: Uint8Array | null;
}

const PARAMETERS = 24;
export const APPEND_SQL = `select * from append_events(${Array.from({ length: PARAMETERS }, (_, n) => `$${n + 1}`).join(', ')})`;

/** A group as the database is called with it. */
export interface GroupCall {
  /** Of `APPEND_SQL`, in the order append.sql names them. */
  readonly parameters: unknown[];
  /** One of them: member by member its answer's bytes, then those of its events. */
  readonly payload: Buffer;
}

export function callOf(members: readonly EncodedMember[], recordedAt: EpochMs, answersSince: EpochMs): GroupCall {
  const payload = new Payload();
  const streams = new Numbering();
  const commands = new Numbering();
  const member = {
    streams: [] as number[],
    commands: [] as number[],
    fingerprintAt: [] as number[],
    fingerprintBytes: [] as number[],
    answerBytes: [] as number[],
  };
  const part = { streams: [] as number[], expected: [] as number[], events: [] as number[] };
  const event = {
    parts: [] as number[],
    nth: [] as number[],
    types: [] as string[],
    shops: [] as string[],
    buckets: [] as number[],
    occurred: [] as number[],
    at: [] as number[],
    bytes: [] as number[],
    metaBytes: [] as number[],
  };

  for (const { vendorId, commandId, streams: parts, answer } of members) {
    member.streams.push(parts.length);
    member.commands.push(answer === undefined ? 0 : commands.of(vendorId, commandId));
    member.fingerprintAt.push(payload.next);
    member.fingerprintBytes.push(payload.add(answer?.fingerprint));
    member.answerBytes.push(payload.add(answer?.bytes));
    for (const { streamId, expected, bucket, events } of parts) {
      part.streams.push(streams.of(vendorId, streamId));
      part.expected.push(expectedVersion(expected));
      part.events.push(events.length);
      events.forEach((encoded, index) => {
        event.parts.push(part.streams.length);
        event.nth.push(index + 1);
        event.types.push(encoded.type);
        event.shops.push(encoded.shopId);
        event.buckets.push(bucket);
        event.occurred.push(encoded.occurredAt);
        event.at.push(payload.next);
        event.bytes.push(payload.add(encoded.data));
        event.metaBytes.push(payload.add(encoded.meta));
      });
    }
  }

  const numbers = int4Arrays({
    memberStreams: member.streams,
    memberCommands: member.commands,
    fingerprintAt: member.fingerprintAt,
    fingerprintBytes: member.fingerprintBytes,
    answerBytes: member.answerBytes,
    partStreams: part.streams,
    partExpected: part.expected,
    partEvents: part.events,
    eventParts: event.parts,
    eventNth: event.nth,
    eventBuckets: event.buckets,
    eventAt: event.at,
    eventBytes: event.bytes,
    metaBytes: event.metaBytes,
  });
  const bytes = payload.bytes();
  const parameters = [
    recordedAt,
    answersSince,
    bytes,
    textArray(streams.vendors),
    textArray(streams.ids),
    textArray(commands.vendors),
    textArray(commands.ids),
    numbers.memberStreams,
    numbers.memberCommands,
    numbers.fingerprintAt,
    numbers.fingerprintBytes,
    numbers.answerBytes,
    numbers.partStreams,
    numbers.partExpected,
    numbers.partEvents,
    numbers.eventParts,
    numbers.eventNth,
    textArray(event.types),
    textArray(event.shops),
    numbers.eventBuckets,
    int8Array(event.occurred),
    numbers.eventAt,
    numbers.eventBytes,
    numbers.metaBytes,
  ];
  return { parameters, payload: bytes };
}

/** What became of each member, in order. */
export function outcomesOf(members: readonly EncodedMember[], rows: readonly OutcomeRow[], recordedAt: EpochMs): AppendOutcome[] {
  const [only] = rows;
  if (only?.outcome === 'all') {
    let position = Number(only.first_position);
    return members.map(({ streams }) => {
      const firstPosition = position;
      for (const { events } of streams) position += events.length;
      return { outcome: 'appended', firstPosition, lastPosition: position - 1, recordedAt };
    });
  }
  return members.map((member, index) => {
    const row = rows[index];
    if (row === undefined || row.outcome === 'all') throw new Error(`append_events answered ${rows.length} of ${members.length} members`);
    return outcomeOf(member, row, recordedAt);
  });
}

function outcomeOf(member: EncodedMember, row: MemberRow, recordedAt: EpochMs): AppendOutcome {
  switch (row.outcome) {
    case 'appended':
      return { outcome: 'appended', firstPosition: Number(row.first_position), lastPosition: Number(row.last_position), recordedAt };
    case 'conflict': {
      const part = member.streams[row.conflict_part ?? 0];
      if (part === undefined) throw new Error(`append_events named part ${row.conflict_part} of a member with ${member.streams.length}`);
      return { outcome: 'conflict', streamId: part.streamId, expected: part.expected, actual: row.actual ?? 0 };
    }
    case 'repeated':
      return { outcome: 'repeated', same: row.same === true, answer: row.answer ?? new Uint8Array() };
  }
}

/**
 * The events of a group as they stand in the log now; undefined where only the table knows a version, because a stream was expected at any. Their bytes
 * are views of the payload: each event as it was encoded lies in a pool of 64 KB among much else, and whoever kept it would keep all of that.
 */
export function appendedEvents(source: string, members: readonly EncodedMember[], outcomes: readonly AppendOutcome[], payload: Buffer): RawEvent[] | undefined {
  const appended: RawEvent[] = [];
  let next = 0; // where a member's bytes begin
  for (const [index, { streams, answer, bytes }] of members.entries()) {
    let at = next + (answer === undefined ? 0 : answer.fingerprint.length + answer.bytes.length);
    next += bytes;
    const outcome = outcomes[index];
    if (outcome?.outcome !== 'appended') continue;
    let position = outcome.firstPosition;
    for (const { streamId, expected, bucket, events } of streams) {
      if (expected === 'any' && events.length > 0) return undefined;
      let version = expectedVersion(expected);
      for (const { type, data, meta, occurredAt } of events) {
        const metaAt = at + data.length;
        const end = metaAt + meta.length;
        version += 1;
        appended.push({
          source,
          position,
          streamId,
          version,
          bucket,
          type,
          data: payload.subarray(at, metaAt),
          meta: payload.subarray(metaAt, end),
          occurredAt,
          recordedAt: outcome.recordedAt,
        });
        position += 1;
        at = end;
      }
    }
  }
  return appended;
}

function expectedVersion(expected: Expectation): number {
  if (expected === 'any') return -1;
  return expected === 'none' ? 0 : expected.exactly;
}

/** Bytes one after the other; offsets count from 1, as SQL's substring does. */
class Payload {
  readonly #chunks: Uint8Array[] = [];
  next = 1;

  add(chunk: Uint8Array = new Uint8Array()): number {
    this.#chunks.push(chunk);
    this.next += chunk.length;
    return chunk.length;
  }

  /** In memory of their own, as events kept in memory are views of it. */
  bytes(): Buffer {
    const bytes = Buffer.allocUnsafeSlow(this.next - 1);
    let at = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }
}

/** Distinct (vendor, id) pairs in the order met, numbered from 1. */
class Numbering {
  readonly vendors: string[] = [];
  readonly ids: string[] = [];
  readonly #numbers = new Map<string, Map<string, number>>(); // by vendor, then id: joining the two costs more than looking twice

  of(vendorId: string, id: string): number {
    let numbers = this.#numbers.get(vendorId);
    if (numbers === undefined) {
      numbers = new Map();
      this.#numbers.set(vendorId, numbers);
    }
    const known = numbers.get(id);
    if (known !== undefined) return known;
    this.vendors.push(vendorId);
    numbers.set(id, this.ids.push(id));
    return this.ids.length;
  }
}

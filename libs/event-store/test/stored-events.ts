// Every event type as it was ever written: stored-events.ndjson holds the bytes of each type and schema version and how they read today. A line's
// `data` is never changed; a new version is a new line. `node libs/event-store/test/write-stored-events.ts` adds the lines that are missing.
import { readFileSync } from 'node:fs';
import { type DescField, type DescMessage, eventTypes, ScalarType } from '@deskfleet/protocol/descriptors';
import { upcasters } from '../src/upcasters/index.ts';
import '@deskfleet/protocol/access';
import '@deskfleet/protocol/agents';
import '@deskfleet/protocol/billing';
import '@deskfleet/protocol/conversations';
import '@deskfleet/protocol/onboarding';
import '@deskfleet/protocol/qa';
import '@deskfleet/protocol/sla';

export interface StoredEvent {
  readonly type: string;
  readonly version: number;
  /** The bytes, as base64. */
  readonly data: string;
  /** What they say by today's schema, as protobuf's JSON. */
  readonly reads: unknown;
}

export const STORED_EVENTS = new URL('./stored-events.ndjson', import.meta.url);

export function storedEvents(): StoredEvent[] {
  const lines = readFileSync(STORED_EVENTS, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as StoredEvent);
}

/** Each version of each event type, `type version`: what the log may hold. */
export function everyVersion(): string[] {
  return eventTypes().flatMap((type) => Array.from({ length: upcasters.get(type)?.version ?? 1 }, (_, n) => `${type} ${n + 1}`));
}

/** A message with every field set, as protobuf's JSON: a text names its field, a list has two entries, an enum its last value. */
export function filled(message: DescMessage): Record<string, unknown> {
  return Object.fromEntries(message.fields.map((field) => [field.jsonName, sampleOf(field)]));
}

function sampleOf(field: DescField): unknown {
  if (field.fieldKind === 'list') return [1, 2].map((nth) => (field.listKind === 'message' ? filled(field.message) : plain(field, nth)));
  if (field.fieldKind === 'map') return { [`${field.name}-key`]: field.number };
  return field.fieldKind === 'message' ? filled(field.message) : plain(field, 0);
}

function plain(field: DescField, nth: number): unknown {
  if (field.enum !== undefined) return field.enum.values.at(-1)?.name;
  switch (field.scalar) {
    case ScalarType.STRING:
      return nth === 0 ? `${field.name} 样本` : `${field.name} ${nth}`;
    case ScalarType.BOOL:
      return true;
    case ScalarType.BYTES:
      return Buffer.from(`${field.name} ${nth}`).toString('base64');
    case ScalarType.INT32:
      return 1_000 + field.number + nth;
    case ScalarType.INT64:
      return 1_779_249_600_000 + field.number + nth; // beyond 32 bits
    default:
      throw new Error(`${field.parent.typeName}.${field.name}: no sample of this kind yet`);
  }
}

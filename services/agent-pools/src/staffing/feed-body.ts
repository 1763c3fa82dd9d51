// The body of a roster's or console's call: {"shifts": [...], "presence": [...]}. The first fault found names its place, e.g. `shifts[2].from`.
import type { EpochMs } from '@deskfleet/event-store';
import { Presence } from '@deskfleet/protocol/agents';

/** Shifts and presences of a call together. */
export const MAX_ITEMS = 500;
/** What claims to have happened later than this from now is a clock that goes wrong. */
const AHEAD_MS = 5 * 60_000;

export interface Fault {
  readonly field: string;
  readonly found: string;
  readonly expected: string;
}

export interface Told {
  /** `agent`: an id or a work name; `shops`: codes; `off`: why it is cancelled, undefined = planned. */
  readonly shifts: readonly {
    readonly agent: string;
    readonly shops: readonly string[];
    readonly from: EpochMs;
    readonly to: EpochMs;
    readonly off: string | undefined;
  }[];
  readonly presence: readonly { readonly agent: string; readonly presence: Presence; readonly at: EpochMs }[];
}

export type ParsedBody = { readonly ok: true; readonly told: Told } | { readonly ok: false; readonly fault: Fault };

class Faulty extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.field);
    this.fault = fault;
  }
}

export function parseBody(body: Uint8Array, now: EpochMs): ParsedBody {
  try {
    return { ok: true, told: toldIn(body, now) };
  } catch (error) {
    if (error instanceof Faulty) return { ok: false, fault: error.fault };
    throw error;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function toldIn(body: Uint8Array, now: EpochMs): Told {
  const json = asFields(jsonIn(body), 'body', 'a JSON object with shifts or presence');
  const stray = Object.keys(json).find((key) => key !== 'shifts' && key !== 'presence');
  if (stray !== undefined) throw new Faulty({ field: stray, found: kindOf(json[stray]), expected: 'shifts or presence' });
  const [shifts, presence] = [listIn(json, 'shifts'), listIn(json, 'presence')];
  const items = shifts.length + presence.length;
  if (items === 0 || items > MAX_ITEMS)
    throw new Faulty({ field: 'shifts', found: `${items} shifts and presences`, expected: `1 to ${MAX_ITEMS} shifts and presences` });
  return {
    shifts: shifts.map((item, index) => shiftIn(item, `shifts[${index}]`)),
    presence: presence.map((item, index) => presenceIn(item, `presence[${index}]`, now)),
  };
}

function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new Faulty({ field: 'body', found: `${body.length} bytes that are not JSON`, expected: 'a JSON object with shifts or presence' });
  }
}

function shiftIn(item: unknown, at: string): Told['shifts'][number] {
  const fields = asFields(item, at, 'a JSON object');
  const shops = fields['shops'] ?? [];
  if (!Array.isArray(shops) || !shops.every((code): code is string => typeof code === 'string' && code !== '')) {
    throw new Faulty({ field: `${at}.shops`, found: kindOf(shops), expected: 'a list of shop codes; none = all the agent is trained for' });
  }
  const cancelled = fields['cancelled'];
  if (cancelled !== undefined && (typeof cancelled !== 'string' || cancelled.trim() === '')) {
    throw new Faulty({ field: `${at}.cancelled`, found: kindOf(cancelled), expected: 'why the shift is off' });
  }
  return { agent: agentIn(fields, at), shops, from: instantIn(fields, 'from', at), to: instantIn(fields, 'to', at), off: cancelled };
}

const PRESENCES = new Map([
  ['online', Presence.PRESENCE_ONLINE],
  ['away', Presence.PRESENCE_AWAY],
  ['offline', Presence.PRESENCE_OFFLINE],
]);

function presenceIn(item: unknown, place: string, now: EpochMs): Told['presence'][number] {
  const fields = asFields(item, place, 'a JSON object');
  const word = fields['presence'];
  const presence = typeof word === 'string' ? PRESENCES.get(word) : undefined;
  if (presence === undefined)
    throw new Faulty({ field: `${place}.presence`, found: typeof word === 'string' ? word : kindOf(word), expected: 'online | away | offline' });
  const at = fields['at'] === undefined ? now : instantIn(fields, 'at', place);
  if (at > now + AHEAD_MS)
    throw new Faulty({
      field: `${place}.at`,
      found: new Date(at).toISOString(),
      expected: `not after ${new Date(now + AHEAD_MS).toISOString()}: at most 5 minutes ahead`,
    });
  return { agent: agentIn(fields, place), presence, at: Math.min(at, now) };
}

function agentIn(fields: Fields, at: string): string {
  const agent = fields['agent'];
  if (typeof agent !== 'string' || agent.trim() === '')
    throw new Faulty({ field: `${at}.agent`, found: kindOf(agent), expected: "an agent's id or work name" });
  return agent.trim();
}

function instantIn(fields: Fields, name: string, at: string): EpochMs {
  const text = fields[name];
  const fault = {
    field: `${at}.${name}`,
    found: typeof text === 'string' ? text.slice(0, 60) : kindOf(text),
    expected: 'an instant with its zone, such as 2026-03-05T10:00:00+08:00',
  };
  if (typeof text !== 'string') throw new Faulty(fault);
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    throw new Faulty(fault);
  }
}

function listIn(json: Fields, name: string): readonly unknown[] {
  const list = json[name] ?? [];
  if (!Array.isArray(list)) throw new Faulty({ field: name, found: kindOf(list), expected: 'a list' });
  return list;
}

function asFields(value: unknown, field: string, expected: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.fromEntries(Object.entries(value));
  throw new Faulty({ field, found: kindOf(value), expected });
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (value === '') return 'an empty string';
  return Array.isArray(value) ? `a list of ${value.length}` : `a ${typeof value}`;
}

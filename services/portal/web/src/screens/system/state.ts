// What the state of the services comes to: one verdict for the page's first sentence, and the figures of a line each. Pure.
import type { Operations } from '../../api/types.ts';
import type { Status } from '../../design/tokens.ts';

export interface ServiceNow {
  readonly service: string;
  readonly answered: boolean;
  readonly state?: Operations;
}

/** From here on a page's figures are called late. */
export const LATE_MS = 10_000;

export type Verdict =
  | { readonly kind: 'away' | 'stopped' | 'parked' | 'relay' | 'unknown'; readonly services: readonly string[] }
  | { readonly kind: 'late'; readonly services: readonly string[]; readonly behindMs: number }
  | { readonly kind: 'fresh'; readonly seconds: number };

/** The worst first. A broker that is down stops no command: what is decided waits in the log, so it is a warning. */
export function verdictOf(services: readonly ServiceNow[]): Verdict {
  const named = (holds: (state: Operations) => boolean): string[] =>
    services.filter(({ state }) => state !== undefined && holds(state)).map(({ service }) => service);
  const away = services.filter(({ answered }) => !answered).map(({ service }) => service);
  if (away.length > 0) return { kind: 'away', services: away };
  const stopped = named((state) => state.projections.some((build) => build.state === 'live' && build.fault !== ''));
  if (stopped.length > 0) return { kind: 'stopped', services: stopped };
  const parked = named((state) => heldOf(state, 'parked').streams > 0);
  if (parked.length > 0) return { kind: 'parked', services: parked };
  const relay = named(({ relay: one }) => one !== undefined && one.fault !== '');
  if (relay.length > 0) return { kind: 'relay', services: relay };
  const unknown = named((state) => state.groups.some(({ known }) => !known));
  if (unknown.length > 0) return { kind: 'unknown', services: unknown };
  const behindMs = Math.max(0, ...services.flatMap(({ state }) => (state === undefined ? [] : [lagOf(state).behindMs])));
  if (behindMs > LATE_MS) return { kind: 'late', services: named((state) => lagOf(state).behindMs > LATE_MS), behindMs };
  return { kind: 'fresh', seconds: Math.max(1, Math.ceil(behindMs / 1000)) };
}

export const verdictStatus: Record<Verdict['kind'], Status> = {
  away: 'breach',
  stopped: 'breach',
  parked: 'risk',
  relay: 'risk',
  unknown: 'risk',
  late: 'risk',
  fresh: 'met',
};

/** Of the group that is furthest behind. */
export function lagOf({ groups }: Operations): { readonly behind: number; readonly behindMs: number } {
  const known = groups.filter((group) => group.known);
  return { behind: Math.max(0, ...known.map(({ behind }) => behind)), behindMs: Math.max(0, ...known.map(({ behindMs }) => behindMs)) };
}

/** Held streams of a state: how many, and since when the oldest. */
export function heldOf({ held }: Operations, state: 'waiting' | 'parked' | 'ready'): { readonly streams: number; readonly since: number } {
  const mine = held.filter((one) => one.state === state);
  return { streams: mine.reduce((sum, { streams }) => sum + streams, 0), since: Math.min(...mine.map(({ since }) => since)) };
}

/** How much of the log a build has passed, 0 to 1. */
export const progressOf = ({ position, head }: { position: number; head: number }): number => (head === 0 ? 1 : Math.min(1, position / head));

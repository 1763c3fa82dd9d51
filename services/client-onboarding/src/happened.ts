// Whoever comes second is told what happened: the refusal gets when it was, and which side it was. Instants stand in the events' meta, not in the
// deciders' states, so they are added here.
import type { LoadedStream, Refused } from '@deskfleet/event-store';

/** Whose clock a refusal speaks by where no contract names a zone yet. */
export const VENDOR_ZONE = 'Asia/Shanghai';

/**
 * The refusal with `at` (the local time) and `actedBy` (the role) of the last event of the type that its code speaks of; unchanged for other
 * codes. `told`: the event type by code.
 */
export function withWhen<Code extends string>(
  refused: Refused<Code>,
  stream: LoadedStream | undefined,
  told: Readonly<Record<string, string>>,
  zone = VENDOR_ZONE,
): Refused<Code> {
  const event = stream?.events.findLast(({ event: { $type } }) => $type === told[refused.code]);
  if (event === undefined) return refused;
  return { ...refused, facts: { ...refused.facts, at: localTime(event.occurredAt, zone), actedBy: event.meta.actor?.role ?? '' } };
}

/** `2026-11-27 14:03` in the zone. */
export function localTime(at: number, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ');
}

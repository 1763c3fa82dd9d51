// An hour of samples as points a minute: events a second from the log's positions, the lag as it was. Where there was no sample is a gap, not a zero. Pure.
import type { ServiceSample } from '../../api/types.ts';

export const MINUTE_MS = 60_000;

export interface Hour {
  /** Beginnings of the minutes, epoch ms. */
  readonly minutes: readonly number[];
  readonly services: readonly {
    readonly service: string;
    /** Events a second, by minute. */
    readonly rates: readonly (number | null)[];
    /** The greatest age of the first event not applied, in seconds, by minute. */
    readonly lags: readonly (number | null)[];
  }[];
}

export interface Samples {
  readonly everyMs: number;
  readonly from: number;
  readonly until: number;
  readonly services: readonly { readonly service: string; readonly samples: readonly ServiceSample[] }[];
}

export function hourOf({ everyMs, from, until, services }: Samples): Hour {
  const first = Math.ceil(from / MINUTE_MS) * MINUTE_MS;
  const minutes = Array.from({ length: Math.max(0, Math.floor((until - first) / MINUTE_MS)) }, (_, index) => first + index * MINUTE_MS);
  return {
    minutes,
    services: services.map(({ service, samples }) => {
      const events = new Map<number, { events: number; ms: number }>();
      const lags = new Map<number, number>();
      for (const [index, sample] of samples.entries()) {
        const minute = Math.floor(sample.at / MINUTE_MS) * MINUTE_MS;
        lags.set(minute, Math.max(lags.get(minute) ?? 0, sample.behindMs / 1000));
        const before = samples[index - 1];
        // Two samples apart with one missing between them still say what lay between; more than that is not known. A log never shrinks but by a restore.
        if (before === undefined || sample.at - before.at > 2.5 * everyMs || sample.position < before.position) continue;
        const sum = events.get(minute) ?? { events: 0, ms: 0 };
        events.set(minute, { events: sum.events + sample.position - before.position, ms: sum.ms + sample.at - before.at });
      }
      return {
        service,
        rates: minutes.map((minute) => {
          const sum = events.get(minute);
          return sum === undefined || sum.ms === 0 ? null : (sum.events * 1000) / sum.ms;
        }),
        lags: minutes.map((minute) => lags.get(minute) ?? null),
      };
    }),
  };
}

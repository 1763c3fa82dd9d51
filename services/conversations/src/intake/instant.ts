// RFC 3339 instants with a zone, as epoch milliseconds. Written by hand: `Date.parse` takes dates without a zone and the 30th of February.
import type { EpochMs } from '@deskfleet/event-store';

const MAX_FRACTION_DIGITS = 9;
const MS_DIGITS = 3;
const ZERO = 48; // the character's code

/** The instant, finer fractions cut to milliseconds; undefined when it is not an RFC 3339 date-time with a zone. */
export function parseInstant(text: string): EpochMs | undefined {
  // Character by character: every message has one, and what a regular expression answers with is a kilobyte.
  if (text[4] !== '-' || text[7] !== '-' || (text[10] !== 'T' && text[10] !== 't') || text[13] !== ':' || text[16] !== ':') return undefined;
  const year = numberIn(text, 0, 4);
  const month = numberIn(text, 5, 7);
  const day = numberIn(text, 8, 10);
  const hour = numberIn(text, 11, 13);
  const minute = numberIn(text, 14, 16);
  const second = numberIn(text, 17, 19);
  const fraction = text[19] === '.' ? fractionDigits(text, 20) : 0;
  const kept = Math.min(fraction, MS_DIGITS);
  const ms = numberIn(text, 20, 20 + kept) * 10 ** (MS_DIGITS - kept);
  const offset = offsetFrom(text, fraction === 0 ? 19 : 20 + fraction);
  if (offset === undefined || hour > 23 || minute > 59 || second > 59 || fraction > MAX_FRACTION_DIGITS) return undefined;
  const local = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  const read = new Date(local);
  // Years below 100 and days beyond a month's end come back as others; so does what is no number.
  if (read.getUTCFullYear() !== year || read.getUTCMonth() !== month - 1 || read.getUTCDate() !== day) return undefined;
  return local - offset;
}

/** How far the zone at the text's end is ahead of UTC, in ms; undefined when it is none. */
function offsetFrom(text: string, at: number): number | undefined {
  const sign = text[at];
  if (sign === 'Z' || sign === 'z') return text.length === at + 1 ? 0 : undefined;
  if ((sign !== '+' && sign !== '-') || text[at + 3] !== ':' || text.length !== at + 6) return undefined;
  const hours = numberIn(text, at + 1, at + 3);
  const minutes = numberIn(text, at + 4, at + 6);
  if (!(hours <= 23 && minutes <= 59)) return undefined;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function fractionDigits(text: string, from: number): number {
  let to = from;
  while (isDigit(text.charCodeAt(to))) to += 1;
  return to - from;
}

/** The number these characters write; NaN when one of them is no digit. */
function numberIn(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    number = isDigit(code) ? number * 10 + code - ZERO : NaN;
  }
  return number;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= ZERO + 9;
}

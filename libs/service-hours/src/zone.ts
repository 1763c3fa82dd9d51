// Dates, days and months of a time zone without asking Temporal per instant: a zone's offsets are compiled once a year of UTC into
// a short table (one entry, three where clocks change), and an instant's date is then arithmetic.

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/** A half-open span of instants [from, to), epoch milliseconds. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** A zone's offsets in one year of UTC, [begin, end). */
interface Offsets {
  readonly begin: number;
  readonly end: number;
  readonly from: readonly number[];
  readonly ms: readonly number[];
}

interface Zone {
  readonly years: Map<number, Offsets>;
  /** The table asked last: most questions are about one year. */
  latest: Offsets;
}

const zones = new Map<string, Zone>();
const dateNames = new Map<number, string>();
/** Dates kept by name: 200 years. Beyond that the table starts anew. */
const MAX_DATE_NAMES = 73_000;

/** The ISO date (YYYY-MM-DD) of an instant in an IANA zone. Throws RangeError for an unknown zone. */
export function dateOf(at: number, zone: string): string {
  return nameOfDay(Math.floor((at + offsetMs(at, zone)) / DAY_MS));
}

/** The month (YYYY-MM) of an instant in an IANA zone (BR-216: 31 March 23:59:50 is March, whenever it is answered). */
export function monthOf(at: number, zone: string): string {
  return dateOf(at, zone).slice(0, 7);
}

/** The milliseconds a zone's clocks are ahead of UTC at an instant. */
export function offsetMs(at: number, zone: string): number {
  const { from, ms } = offsetsAt(at, zone);
  let index = from.length - 1;
  while (index > 0 && (from[index] ?? 0) > at) index--;
  return ms[index] ?? 0;
}

function offsetsAt(at: number, name: string): Offsets {
  const known = zones.get(name);
  if (known !== undefined && known.latest.begin <= at && at < known.latest.end) return known.latest;
  const number = new Date(at).getUTCFullYear();
  const table = known?.years.get(number) ?? compileOffsets(name, number);
  if (known === undefined) zones.set(name, { years: new Map([[number, table]]), latest: table });
  else {
    known.years.set(number, table);
    known.latest = table;
  }
  return table;
}

/** The instants of a calendar date in a zone: 23 or 25 hours where clocks change. */
export function dayBounds(date: string, zone: string): Interval {
  if (!DATE.test(date)) throw new RangeError(`date: found ${date}, expected YYYY-MM-DD`);
  const day = Temporal.PlainDate.from(date);
  return { from: startOf(day, zone), to: startOf(day.add({ days: 1 }), zone) };
}

/** The instants of a month (YYYY-MM) in a zone. */
export function monthBounds(month: string, zone: string): Interval {
  if (!MONTH.test(month)) throw new RangeError(`month: found ${month}, expected YYYY-MM`);
  const first = Temporal.PlainDate.from(`${month}-01`);
  return { from: startOf(first, zone), to: startOf(first.add({ months: 1 }), zone) };
}

/** The first instant of a date in a zone. */
export function startOf(date: Temporal.PlainDate, zone: string): number {
  return date.toZonedDateTime(zone).epochMilliseconds;
}

function compileOffsets(zone: string, year: number): Offsets {
  const begin = Date.UTC(year, 0, 1);
  const end = Date.UTC(year + 1, 0, 1);
  const from: number[] = [];
  const ms: number[] = [];
  let at: Temporal.ZonedDateTime | null = Temporal.Instant.fromEpochMilliseconds(begin).toZonedDateTimeISO(zone);
  while (at !== null && at.epochMilliseconds < end) {
    from.push(at.epochMilliseconds);
    ms.push(at.offsetNanoseconds / 1_000_000);
    at = at.getTimeZoneTransition('next');
  }
  return { begin, end, from, ms };
}

function nameOfDay(day: number): string {
  let name = dateNames.get(day);
  if (name === undefined) {
    if (dateNames.size >= MAX_DATE_NAMES) dateNames.clear();
    name = new Date(day * DAY_MS).toISOString().slice(0, 10);
    dateNames.set(day, name);
  }
  return name;
}

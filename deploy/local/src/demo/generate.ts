// Conversations of several shops over two months before an instant, the same for the same seed: what the demo loads and the repository's
// acceptance sample is written from. Lines have the form that `deskfleet import transcripts` reads.
import { type Pace, type Scenario, scenarios, type Turn } from './scenarios.ts';

export interface TranscriptLine {
  readonly conversation_id: string;
  readonly message_id: string;
  readonly shop: string;
  readonly channel: string;
  readonly sent_at: string;
  readonly sender: 'customer' | 'agent' | 'bot' | 'system';
  readonly sender_id: string;
  readonly text: string;
  readonly service_type: 'pre_sale' | 'after_sale';
}

export interface SampleShop {
  readonly code: string;
  readonly name: string;
  readonly channel: string;
  readonly products: readonly string[];
  readonly accounts: readonly string[];
  /** Answers within the allowance, of a hundred: what makes one shop keep its promise and another miss it. */
  readonly quickOfHundred: number;
}

export interface SampleOptions {
  readonly shops: readonly SampleShop[];
  readonly conversations: number;
  /** Conversations begin in [from, to), epoch ms; none has a message after `to`. */
  readonly from: number;
  readonly to: number;
  readonly seed: number;
  /** Tells two samples' ids apart. */
  readonly prefix: string;
  /** Beginnings spread evenly over the whole span, night or day: what a live hour needs. */
  readonly evenly?: boolean;
}

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** Shops are open 08:00 to 24:00 at +08:00: night conversations begin in the eight hours before. */
const OPENS = 8 * HOUR;
const OFFSET = 8 * HOUR;
const DAY = 24 * HOUR;

/** A sample's lines, ordered by instant. */
export function sample(options: SampleOptions): TranscriptLine[] {
  const random = mulberry32(options.seed);
  const lines: TranscriptLine[] = [];
  for (let n = 0; n < options.conversations; n++) {
    const shop = pick(options.shops, random);
    const scenario = pickScenario(random);
    lines.push(...conversation(options, shop, scenario, n, random));
  }
  return lines.sort((a, b) => (a.sent_at < b.sent_at ? -1 : a.sent_at > b.sent_at ? 1 : 0));
}

function conversation(options: SampleOptions, shop: SampleShop, scenario: Scenario, n: number, random: () => number): TranscriptLine[] {
  const id = `${options.prefix}-${shop.code}-${String(n).padStart(4, '0')}`;
  const account = pick(shop.accounts, random);
  const product = pick(shop.products, random);
  const buyer = `buyer-${Math.floor(random() * 4000)
    .toString(36)
    .padStart(3, '0')}`;
  const lower = 19 + Math.floor(random() * 80);
  let at = beginning(options, scenario.when, random);
  const lines: TranscriptLine[] = [];
  for (const [index, turn] of scenario.turns.entries()) {
    if (index > 0) at = Math.round(at + waitOf(turn, shop, at, random));
    if (at >= options.to) break;
    lines.push({
      conversation_id: id,
      message_id: `${id}-${index + 1}`,
      shop: shop.code,
      channel: shop.channel,
      sent_at: withOffset(at),
      sender: turn.who === 'shop-staff' ? 'agent' : turn.who,
      sender_id: senderOf(turn, shop, account, buyer),
      text: turn.text.replaceAll('{product}', product).replaceAll('{shop}', shop.name).replaceAll('{lower}', String(lower)),
      service_type: scenario.serviceType,
    });
  }
  return lines;
}

function senderOf(turn: Turn, shop: SampleShop, account: string, buyer: string): string {
  switch (turn.who) {
    case 'customer':
      return buyer;
    case 'agent':
      return account;
    case 'shop-staff':
      return `${shop.code}:店长`;
    case 'bot':
      return `${shop.code}:机器人`;
    case 'system':
      return `${shop.code}:系统`;
  }
}

function beginning(options: SampleOptions, when: 'day' | 'night', random: () => number): number {
  if (options.evenly) return Math.round(options.from + random() * (options.to - options.from));
  const days = Math.max(1, Math.floor((options.to - options.from) / DAY));
  const day = options.from + Math.floor(random() * days) * DAY;
  const midnight = Math.floor((day + OFFSET) / DAY) * DAY - OFFSET;
  const at = when === 'night' ? midnight + random() * (OPENS - HOUR) : midnight + OPENS + random() * 15.5 * HOUR;
  return Math.min(Math.max(Math.round(at), options.from), options.to - 1);
}

function waitOf(turn: Turn, shop: SampleShop, at: number, random: () => number): number {
  if (turn.who === 'customer') return 8_000 + random() * 90_000;
  const luck = random() * 100;
  if (turn.pace === 'quick') return pace(luck < shop.quickOfHundred ? 'quick' : 'slow', at, random);
  // A well-staffed shop answers in time most of what another lets wait.
  const rescued = (turn.pace === 'slow' || turn.pace === 'late') && luck < (shop.quickOfHundred - 60) * 2.2;
  return pace(rescued ? 'quick' : turn.pace, at, random);
}

function pace(wait: Pace, at: number, random: () => number): number {
  switch (wait) {
    case 'at-once':
      return 800 + random() * 700;
    case 'quick':
      return 4_000 + random() * 24_000;
    case 'slow':
      return 31_000 + random() * 130_000;
    case 'late':
      return 4 * MINUTE + random() * 40 * MINUTE;
    case 'next-day': {
      const sinceMidnight = (at + OFFSET) % DAY;
      const untilOpen = sinceMidnight < OPENS ? OPENS - sinceMidnight : DAY - sinceMidnight + OPENS;
      return untilOpen + 5_000 + random() * 40_000;
    }
  }
}

function pickScenario(random: () => number): Scenario {
  const total = scenarios.reduce((sum, { weight }) => sum + weight, 0);
  let left = random() * total;
  for (const scenario of scenarios) {
    left -= scenario.weight;
    if (left < 0) return scenario;
  }
  return pick(scenarios, random);
}

function pick<T>(of: readonly T[], random: () => number): T {
  const item = of[Math.floor(random() * of.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

/** RFC 3339 at +08:00, milliseconds. */
function withOffset(at: number): string {
  return `${new Date(at + OFFSET).toISOString().slice(0, -1)}+08:00`;
}

/** A small seeded generator (mulberry32), so that a sample is the same on every machine. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

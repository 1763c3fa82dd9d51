// The figures a file of transcripts must give under the standard terms, computed straight from its lines and apart from Deskfleet's code:
// no imports from it, no shared functions. Wall clock, 24x7, order within a conversation by (sent_at, number in message_id).
import { readFileSync } from 'node:fs';

interface Line {
  conversation_id: string;
  message_id: string;
  shop: string;
  sent_at: string;
  sender: string;
}

export interface Figures {
  conversations: number;
  messages: number;
  agent_messages: number;
  population: number;
  answered: number;
  unanswered: number;
  frt_ms_sum: number;
  within_15_min: number;
  within_1_h: number;
  within_24_h: number;
  rounds: number;
  rounds_answered: number;
  round_ms_sum: number;
  months?: Record<string, number>;
  frt_ms_median_lower?: number;
}

export interface Expected {
  total: Figures;
  shops: Record<string, Figures>;
}

export interface ExpectedInvoice {
  shop: string;
  period: string;
  lines: { key: string; quantity: string; amount: string }[];
  total: string;
}

interface Conversation {
  shop: string;
  agentMessages: number;
  messages: number;
  month: string | undefined;
  frt: number | undefined;
  rounds: number[];
  openRound: boolean;
}

const HOUR = 3_600_000;

export function linesOf(file: string): Line[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line));
}

/** Figures per shop and in total, in the shape of support-conversations.expected.json. */
export function figures(lines: Line[]): Expected {
  const conversations = [...conversationsOf(lines).values()];
  const shops: Record<string, Figures> = {};
  for (const shop of [...new Set(conversations.map((c) => c.shop))].sort()) {
    const own = conversations.filter((c) => c.shop === shop);
    const months: Record<string, number> = {};
    for (const month of own.flatMap((c) => c.month ?? []).sort()) months[month] = (months[month] ?? 0) + 1;
    const waits = own.flatMap((c) => c.frt ?? []).sort((a, b) => a - b);
    const median = waits[Math.floor((waits.length - 1) / 2)];
    shops[shop] = { ...figuresOf(own), months, ...(median === undefined ? {} : { frt_ms_median_lower: median }) };
  }
  return { total: figuresOf(conversations), shops };
}

/** The invoices of the standard terms: 0.60 a conversation with a customer message; 5 % back where fewer than 90 % were answered within 1 h. */
export function invoices(lines: Line[]): ExpectedInvoice[] {
  const groups = new Map<string, Conversation[]>();
  for (const conversation of conversationsOf(lines).values()) {
    if (conversation.month === undefined) continue;
    const key = `${conversation.month} ${conversation.shop}`;
    groups.set(key, [...(groups.get(key) ?? []), conversation]);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, group]) => {
      const usage = group.length * 60;
      const met = group.filter((c) => c.frt !== undefined && c.frt <= HOUR).length;
      const credit = met * 10 < group.length * 9 ? Math.floor((usage * 5 + 50) / 100) : 0;
      const lines = [{ key: 'usage.conversation', quantity: String(group.length), amount: fen(usage) }];
      if (credit > 0) lines.push({ key: 'sla.credit', quantity: '1', amount: fen(-credit) });
      return { shop: key.slice(8), period: key.slice(0, 7), lines, total: fen(usage - credit) };
    });
}

function conversationsOf(lines: Line[]): Map<string, Conversation> {
  const byId = new Map<string, Line[]>();
  for (const line of lines) byId.set(line.conversation_id, [...(byId.get(line.conversation_id) ?? []), line]);
  return new Map([...byId].map(([id, own]) => [id, read(own)]));
}

function read(lines: Line[]): Conversation {
  const ordered = [...lines].sort((a, b) => Date.parse(a.sent_at) - Date.parse(b.sent_at) || number(a) - number(b));
  const result: Conversation = {
    shop: ordered[0]?.shop ?? '',
    agentMessages: ordered.filter((line) => line.sender === 'agent').length,
    messages: ordered.length,
    month: undefined,
    frt: undefined,
    rounds: [],
    openRound: false,
  };
  let first: number | undefined;
  let waitingSince: number | undefined;
  for (const line of ordered) {
    const at = Date.parse(line.sent_at);
    if (line.sender === 'customer') {
      first ??= at;
      waitingSince ??= at;
    } else if (line.sender === 'agent' && waitingSince !== undefined) {
      result.rounds.push(at - waitingSince);
      result.frt ??= at - (first ?? at);
      waitingSince = undefined;
    }
  }
  result.openRound = waitingSince !== undefined;
  // Asia/Shanghai has had no clock changes since 1991: eight hours ahead.
  if (first !== undefined) result.month = new Date(first + 8 * HOUR).toISOString().slice(0, 7);
  return result;
}

function number(line: Line): number {
  return Number(/\d+$/.exec(line.message_id)?.[0] ?? 0);
}

function figuresOf(conversations: Conversation[]): Figures {
  const asked = conversations.filter((c) => c.month !== undefined);
  const waits = asked.flatMap((c) => c.frt ?? []);
  const within = (limit: number) => waits.filter((wait) => wait <= limit).length;
  return {
    conversations: conversations.length,
    messages: sum(conversations.map((c) => c.messages)),
    agent_messages: sum(conversations.map((c) => c.agentMessages)),
    population: asked.length,
    answered: waits.length,
    unanswered: asked.length - waits.length,
    frt_ms_sum: sum(waits),
    within_15_min: within(HOUR / 4),
    within_1_h: within(HOUR),
    within_24_h: within(24 * HOUR),
    rounds: sum(conversations.map((c) => c.rounds.length + (c.openRound ? 1 : 0))),
    rounds_answered: sum(conversations.map((c) => c.rounds.length)),
    round_ms_sum: sum(conversations.flatMap((c) => c.rounds)),
  };
}

function sum(numbers: number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

function fen(amount: number): string {
  const digits = String(Math.abs(amount)).padStart(3, '0');
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

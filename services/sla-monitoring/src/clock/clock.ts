// The clocks of one conversation: one a clause and round. What is freshly computed from messages, terms and calendar is compared with
// what was said before; the difference is said now. A breach states what is known: learned better, it is withdrawn, never edited.
// Source: architecture.md decision 12; domain.md BR-020 to BR-022.
import { createHash } from 'node:crypto';
import { accept, type Decider } from '@deskfleet/event-store';
import {
  BreachWithdrawn,
  ClauseBreached,
  ClauseWarned,
  ClockKey,
  ResponseClockCancelled,
  ResponseClockStarted,
  ResponseClockStopped,
} from '@deskfleet/protocol/sla';

export type ClockEvent = ResponseClockStarted | ResponseClockStopped | ResponseClockCancelled | ClauseWarned | ClauseBreached | BreachWithdrawn;

export type ClockReason = 'earlier-reply-learned' | 'earlier-message-learned' | 'not-ours' | 'account-remapped' | 'contract-changed';

/** A clock as messages, terms and calendar give it. Instants in epoch milliseconds. */
export interface FreshClock extends Start {
  readonly clauseKey: string;
  readonly round: number;
  readonly stop: Stop | undefined;
  /** Why it is left out; empty = ours. */
  readonly notOurs: string;
}

export interface Start {
  readonly metricVersion: number;
  readonly startMessageId: string;
  readonly startedAt: number;
  readonly allowanceMs: number;
  readonly warnAt: number;
  readonly dueAt: number;
}

export interface Stop {
  readonly messageId: string;
  readonly at: number;
  readonly elapsedMs: number;
}

/** What was last said of a clock. `breaches` counts all it ever had, so that each has an id of its own. */
export type SaidClock = { readonly key: ClockKey; readonly breaches: number } & (
  | { readonly phase: 'running'; readonly start: Start; readonly warned: boolean }
  | { readonly phase: 'met'; readonly start: Start; readonly stopMessageId: string; readonly stoppedAt: number }
  | {
      readonly phase: 'breached';
      readonly start: Pick<Start, 'startMessageId' | 'startedAt' | 'dueAt'>;
      readonly breachId: string;
      readonly stopMessageId: string;
    }
  | { readonly phase: 'closed' }
);

export type Clocks = ReadonlyMap<string, SaidClock>;

export interface AssessClocks {
  readonly kind: 'assess';
  readonly conversationId: string;
  readonly contractId: string;
  readonly clocks: readonly FreshClock[];
  readonly now: number;
  /** False while an import of this conversation is not complete and no live message came: a late clock is then not judged yet. */
  readonly judgePastDue: boolean;
  /** What led here: messages, or a remapping or another contract. */
  readonly because: 'messages' | 'remapping';
}

export type ClockCommand =
  | AssessClocks
  /** Time went on: what runs is warned or breached at its instant, from what is known here. */
  | { readonly kind: 'elapse'; readonly now: number };

export const clock: Decider<ClockCommand, ClockEvent, Clocks> = {
  initial: new Map(),

  evolve(clocks, event) {
    const key = event.clock ?? ClockKey.create({});
    const id = idOf(key.contractId, key.clauseKey, key.round);
    return new Map(clocks).set(id, after({ key, breaches: 0, phase: 'closed', ...clocks.get(id) }, event));
  },

  decide(clocks, command) {
    if (command.kind === 'elapse') return accept(...[...clocks.values()].flatMap((said) => elapsed(said, command.now)));
    const fresh = new Map(command.clocks.map((one) => [idOf(command.contractId, one.clauseKey, one.round), one]));
    const events: ClockEvent[] = [];
    for (const [id, said] of clocks) if (!fresh.has(id)) events.push(...close(said, command, undefined));
    for (const [id, one] of fresh) events.push(...difference(clocks.get(id), one, command));
    return accept(...events);
  },
};

/** Among the clocks of one conversation. */
const idOf = (contractId: string, clauseKey: string, round: number): string => `${contractId}\n${round}\n${clauseKey}`;

const keyOf = ({ conversationId, contractId }: AssessClocks, { clauseKey, round }: FreshClock): ClockKey => ({
  $type: ClockKey.$type,
  conversationId,
  contractId,
  clauseKey,
  round,
});

function after(said: SaidClock, event: ClockEvent): SaidClock {
  const { key, breaches } = said;
  switch (event.$type) {
    case 'deskfleet.sla.v1.ResponseClockStarted':
      return { key, breaches, phase: 'running', start: event, warned: false };
    case 'deskfleet.sla.v1.ClauseWarned':
      return said.phase === 'running' ? { ...said, warned: true } : said;
    case 'deskfleet.sla.v1.ResponseClockStopped':
      if (said.phase === 'breached') return { ...said, stopMessageId: event.stopMessageId };
      return said.phase === 'running'
        ? { key, breaches, phase: 'met', start: said.start, stopMessageId: event.stopMessageId, stoppedAt: event.stoppedAt }
        : said;
    case 'deskfleet.sla.v1.ClauseBreached':
      return { key, breaches: breaches + 1, phase: 'breached', start: event, breachId: event.breachId, stopMessageId: '' };
    case 'deskfleet.sla.v1.ResponseClockCancelled':
    case 'deskfleet.sla.v1.BreachWithdrawn':
      return { key, breaches, phase: 'closed' };
  }
}

/** What has to be said of one clock so that what was said agrees with what is. */
function difference(said: SaidClock | undefined, fresh: FreshClock, command: AssessClocks): ClockEvent[] {
  const key = keyOf(command, fresh);
  if (fresh.notOurs !== '') return said === undefined ? [] : close(said, command, fresh);
  const judged = verdict(fresh, command.now);
  if (said === undefined || said.phase === 'closed' || !agrees(said, fresh, judged)) {
    return [...(said === undefined ? [] : close(said, command, fresh)), ...begin(key, said?.breaches ?? 0, fresh, judged, command)];
  }
  switch (said.phase) {
    case 'running':
      if (judged === 'running') return elapsed(said, command.now);
      return [
        ...warning(said, fresh.stop?.at ?? command.now),
        ...(judged === 'missed' ? [breach(key, said.breaches, fresh)] : []),
        ...stopped(key, fresh.stop),
      ];
    case 'met':
      return [];
    case 'breached':
      return fresh.stop?.messageId === said.stopMessageId ? [] : stopped(key, fresh.stop);
  }
}

type Open = Exclude<SaidClock, { phase: 'closed' }>;
type Verdict = 'running' | 'met' | 'missed';

/** BR-020, BR-021: the due instant itself is in time, a millisecond later is not. */
function verdict({ stop, dueAt }: FreshClock, now: number): Verdict {
  if (stop !== undefined) return stop.at <= dueAt ? 'met' : 'missed';
  return now > dueAt ? 'missed' : 'running';
}

/** Whether what was said can still become what is by going on, not by taking back. A breach is not undone by a clock set back. */
function agrees(said: Open, fresh: FreshClock, judged: Verdict): boolean {
  const { start } = said;
  if (start.startMessageId !== fresh.startMessageId || start.startedAt !== fresh.startedAt || start.dueAt !== fresh.dueAt) return false;
  if (said.phase === 'met') return judged === 'met' && said.stopMessageId === fresh.stop?.messageId && said.stoppedAt === fresh.stop.at;
  return said.phase === 'running' || judged !== 'met';
}

function begin(key: ClockKey, breaches: number, fresh: FreshClock, judged: Verdict, { now, judgePastDue }: AssessClocks): ClockEvent[] {
  if (judged === 'running') {
    return [ResponseClockStarted.create({ clock: key, ...startOf(fresh) }), ...elapsed({ key, breaches, phase: 'running', start: fresh, warned: false }, now)];
  }
  if (judged === 'missed' && judgePastDue) return [breach(key, breaches, fresh), ...stopped(key, fresh.stop)];
  return [];
}

function startOf({ startMessageId, startedAt, allowanceMs, warnAt, dueAt, metricVersion }: Start): Start {
  return { startMessageId, startedAt, allowanceMs, warnAt, dueAt, metricVersion };
}

function stopped(clockKey: ClockKey, stop: Stop | undefined): ClockEvent[] {
  if (stop === undefined) return [];
  return [ResponseClockStopped.create({ clock: clockKey, stopMessageId: stop.messageId, stoppedAt: stop.at, elapsedMs: stop.elapsedMs })];
}

function close(said: SaidClock, command: AssessClocks, fresh: FreshClock | undefined): ClockEvent[] {
  if (said.phase === 'closed') return [];
  const reason = reasonFor(said, command, fresh);
  if (said.phase === 'breached') return [BreachWithdrawn.create({ clock: said.key, breachId: said.breachId, reason })];
  return [ResponseClockCancelled.create({ clock: said.key, reason })];
}

function reasonFor(said: Open, command: AssessClocks, fresh: FreshClock | undefined): ClockReason {
  if (fresh !== undefined && fresh.notOurs !== '') return 'not-ours';
  if (said.key.contractId !== command.contractId) return 'contract-changed';
  if (command.because === 'remapping') return 'account-remapped';
  return fresh?.startMessageId === said.start.startMessageId ? 'earlier-reply-learned' : 'earlier-message-learned';
}

function elapsed(said: SaidClock, now: number): ClockEvent[] {
  if (said.phase !== 'running') return [];
  return [...warning(said, now), ...(now > said.start.dueAt ? [breach(said.key, said.breaches, said.start)] : [])];
}

/** A clock that still ran at its warning instant was warned of, however late that timer fires. */
function warning(said: Extract<SaidClock, { phase: 'running' }>, ranUntil: number): ClauseWarned[] {
  const { warnAt, dueAt } = said.start;
  return said.warned || ranUntil < warnAt ? [] : [ClauseWarned.create({ clock: said.key, warnedAt: warnAt, dueAt })];
}

function breach(key: ClockKey, earlier: number, { startMessageId, startedAt, allowanceMs, dueAt, metricVersion }: Start): ClauseBreached {
  const breachedAt = dueAt + 1;
  return ClauseBreached.create({ clock: key, breachId: breachIdOf(key, earlier), startMessageId, startedAt, allowanceMs, dueAt, breachedAt, metricVersion });
}

function breachIdOf(key: ClockKey, earlier: number): string {
  const name = JSON.stringify([key.conversationId, key.contractId, key.clauseKey, key.round, earlier]);
  return `br_${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}

// Conversations in; figures, clocks and breaches out: each touched conversation is computed afresh from all that is known, and only what
// differs from what was said is said. One transaction with the intake: figures first, the log last.
import type { ConversationFacts } from '@deskfleet/conversation-facts';
import type { AppendMember, Tx } from '@deskfleet/event-store';
import { MessageReceived } from '@deskfleet/protocol/conversations';
import type { Kit } from '@deskfleet/service-kit';
import { type AssessClocks, clock } from '../clock/clock.ts';
import { clockStreamOf, clocksOf, memberOf } from '../clock/stream.ts';
import { type ConversationFigures, figuresOf } from '../figures/figures.ts';
import { saveFigures } from '../figures/tables.ts';

/** Events a call of the append function. */
const EVENTS_A_CALL = 100;

/** A timer said something of a clock of this slice since it was loaded: PostgreSQL's code for it, so that the slice is tried again and nothing is parked. */
class ClockMoved extends Error {
  override readonly name = 'ClockMoved';
  readonly code = '40001';
}

interface Assessed {
  readonly facts: ConversationFacts;
  readonly figures: ConversationFigures;
}

/** Assesses a slice's conversations, each of which appears once. A conflict (a timer fired meanwhile) throws: the slice is decided again. */
export async function assess(kit: Pick<Kit, 'store' | 'now'>, facts: readonly ConversationFacts[], tx: Tx): Promise<void> {
  const now = kit.now();
  const assessed = facts
    .filter(({ messages }) => messages.length > 0) // opened, nothing said yet
    .map((one) => ({ facts: one, figures: figuresOf(one) }))
    .filter((one) => !waitsForImport(one, now));
  const members = await decideSlice(kit, assessed, now, tx);
  await saveFigures(
    tx,
    assessed.map(({ figures }) => figures),
  );
  for (const call of callsOf(members)) {
    const outcomes = await kit.store.appendWithin(tx, call);
    const failed = outcomes.find(({ outcome }) => outcome !== 'appended');
    if (failed !== undefined) throw new ClockMoved(JSON.stringify(failed));
  }
}

/**
 * A conversation in the middle of an import, all of whose clocks were due before now, has nothing to say until its import is complete:
 * it is written then, once (measured on 40,000 messages of interleaved conversations, against writing it with every slice: README).
 */
function waitsForImport({ facts: { openImports, trigger }, figures }: Assessed, now: number): boolean {
  return openImports.length > 0 && trigger !== undefined && !isLive(trigger) && figures.clocks.every(({ dueAt }) => dueAt < now);
}

async function decideSlice({ store }: Pick<Kit, 'store'>, assessed: readonly Assessed[], now: number, tx: Tx): Promise<AppendMember[]> {
  const members: AppendMember[] = [];
  for (const [vendorId, ofVendor] of Map.groupBy(assessed, ({ figures }) => figures.vendorId)) {
    const streams = await store.load(
      vendorId,
      ofVendor.map(({ figures }) => clockStreamOf(figures.conversationId)),
      tx,
    );
    for (const { facts, figures } of ofVendor) {
      const stream = streams.get(clockStreamOf(figures.conversationId));
      if (stream === undefined) continue;
      const decision = clock.decide(clocksOf(stream), commandOf(facts, figures, now));
      if (!decision.accepted || decision.events.length === 0) continue;
      const { shopId, trigger } = facts;
      const correlationId = trigger?.meta.correlationId ?? '';
      members.push(memberOf(stream, decision.events, { vendorId, shopId, correlationId, causationId: trigger?.meta.eventId ?? '', commandId: '' }, now));
    }
  }
  return members;
}

/** A late clock is judged once no import is open, or at once when a live message came (architecture.md, decision 12). */
function commandOf({ conversationId, openImports, trigger }: ConversationFacts, figures: ConversationFigures, now: number): AssessClocks {
  return {
    kind: 'assess',
    conversationId,
    contractId: figures.contractId,
    clocks: figures.clocks,
    now,
    judgePastDue: openImports.length === 0 || isLive(trigger),
    because: trigger === undefined ? 'remapping' : 'messages',
  };
}

function isLive(trigger: ConversationFacts['trigger']): boolean {
  const event = trigger?.event as { readonly $type: string; readonly importId?: string } | undefined;
  return event?.$type === MessageReceived.$type && event.importId === '';
}

/** Members in calls of at most EVENTS_A_CALL events: longer appends slow every other writer. */
function callsOf(members: readonly AppendMember[]): AppendMember[][] {
  const calls: AppendMember[][] = [];
  let room = 0;
  for (const member of members.flatMap(split)) {
    const events = member.streams[0]?.events.length ?? 0;
    const call = calls.at(-1);
    if (call === undefined || events > room) {
      calls.push([member]);
      room = EVENTS_A_CALL - events;
    } else {
      call.push(member);
      room -= events;
    }
  }
  return calls;
}

/** A conversation with more events than a call takes goes in several, one after the other. */
function split(member: AppendMember): AppendMember[] {
  return member.streams.flatMap(({ streamId, expected, events }) => {
    const parts: AppendMember[] = [];
    const version = typeof expected === 'object' ? expected.exactly : 0;
    for (let from = 0; from < events.length; from += EVENTS_A_CALL) {
      const part = events.slice(from, from + EVENTS_A_CALL);
      parts.push({ cause: member.cause, streams: [{ streamId, expected: from === 0 ? expected : { exactly: version + from }, events: part }] });
    }
    return parts;
  });
}

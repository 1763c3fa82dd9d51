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

/** Assesses a slice's conversations, each of which appears once. A conflict (a timer fired meanwhile) throws: the slice is decided again. */
export async function assess(kit: Pick<Kit, 'store' | 'now'>, facts: readonly ConversationFacts[], tx: Tx): Promise<void> {
  const now = kit.now();
  const figures = facts.map(figuresOf);
  const members = await decideSlice(kit, facts, figures, now, tx);
  await saveFigures(tx, figures);
  for (const call of callsOf(members)) {
    const outcomes = await kit.store.appendWithin(tx, call);
    const failed = outcomes.find(({ outcome }) => outcome !== 'appended');
    if (failed !== undefined) throw new Error(`clocks could not be recorded: ${JSON.stringify(failed)}`);
  }
}

async function decideSlice(
  { store }: Pick<Kit, 'store'>,
  facts: readonly ConversationFacts[],
  figures: readonly ConversationFigures[],
  now: number,
  tx: Tx,
): Promise<AppendMember[]> {
  const members: AppendMember[] = [];
  const pairs = facts.map((conversation, index) => ({ conversation, figures: figures[index] }));
  for (const [vendorId, ofVendor] of Map.groupBy(pairs, ({ conversation }) => conversation.vendorId)) {
    const streams = await store.load(
      vendorId,
      ofVendor.map(({ conversation }) => clockStreamOf(conversation.conversationId)),
      tx,
    );
    for (const { conversation, figures } of ofVendor) {
      const stream = streams.get(clockStreamOf(conversation.conversationId));
      if (stream === undefined || figures === undefined) continue;
      const decision = clock.decide(clocksOf(stream), commandOf(conversation, figures, now));
      if (!decision.accepted || decision.events.length === 0) continue;
      const { shopId, trigger } = conversation;
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

// Conversations in; figures, clocks and breaches out: each touched conversation is computed afresh from all that is known, and only what
// differs from what was said is said. One transaction with the intake: figures first, the log last.
import type { ConversationFacts, ToJudge } from '@deskfleet/conversation-facts';
import type { AppendMember, Tx } from '@deskfleet/event-store';
import { MessageReceived } from '@deskfleet/protocol/conversations';
import type { Kit } from '@deskfleet/service-kit';
import { type AssessClocks, type Clocks, clock } from '../clock/clock.ts';
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

/** What was written of a conversation and said of its clocks. */
export interface AssessedBefore {
  readonly figures: ConversationFigures;
  readonly clocks: Clocks;
  /** The clock stream's. */
  readonly version: number;
}

interface Assessed {
  readonly facts: ConversationFacts;
  readonly figures: ConversationFigures;
  readonly before: AssessedBefore | undefined;
}

/**
 * Assesses a slice's conversations, each of which appears once. A conflict (a timer fired meanwhile) throws: the slice is decided again.
 * Answers what stands of each now; of one that nothing is written of yet, what stood before.
 */
export async function assess(
  kit: Pick<Kit, 'store' | 'now'>,
  conversations: readonly ToJudge<AssessedBefore>[],
  tx: Tx,
): Promise<readonly (AssessedBefore | undefined)[]> {
  const now = kit.now();
  const all = conversations.map(({ facts, before }) => ({ facts, before, figures: figuresOf(facts) }));
  const assessed = all
    .filter(({ facts }) => facts.messages.length > 0) // opened, nothing said yet
    .filter((one) => !waitsForImport(one, now));
  const { members, stands } = await decideSlice(kit, assessed, now, tx);
  await saveFigures(
    tx,
    assessed.map(({ figures, before }) => ({ figures, before: before?.figures })),
  );
  for (const call of callsOf(members)) {
    const outcomes = await kit.store.appendWithin(tx, call);
    const failed = outcomes.find(({ outcome }) => outcome !== 'appended');
    if (failed !== undefined) throw new ClockMoved(JSON.stringify(failed));
  }
  return all.map((one) => stands.get(one.facts) ?? one.before);
}

/**
 * A conversation in the middle of an import, all of whose clocks were due before now, has nothing to say until its import is complete:
 * it is written then, once (measured on 40,000 messages of interleaved conversations, against writing it with every slice: README).
 */
function waitsForImport({ facts: { openImports, trigger }, figures }: Assessed, now: number): boolean {
  return openImports.length > 0 && trigger !== undefined && !isLive(trigger) && figures.clocks.every(({ dueAt }) => dueAt < now);
}

async function decideSlice(
  { store }: Pick<Kit, 'store'>,
  assessed: readonly Assessed[],
  now: number,
  tx: Tx,
): Promise<{ members: AppendMember[]; stands: Map<ConversationFacts, AssessedBefore> }> {
  const members: AppendMember[] = [];
  const stands = new Map<ConversationFacts, AssessedBefore>();
  for (const [vendorId, ofVendor] of Map.groupBy(assessed, ({ figures }) => figures.vendorId)) {
    const unknown = ofVendor.filter(({ before }) => before === undefined || timerMayHaveSpoken(before.clocks, now));
    const streams = await store.load(
      vendorId,
      unknown.map(({ figures }) => clockStreamOf(figures.conversationId)),
      tx,
    );
    for (const { facts, figures, before } of ofVendor) {
      const streamId = clockStreamOf(figures.conversationId);
      const loaded = streams.get(streamId);
      const clocks = loaded === undefined ? (before?.clocks ?? clock.initial) : clocksOf(loaded);
      const version = loaded?.version ?? before?.version ?? 0;
      const decision = clock.decide(clocks, commandOf(facts, figures, now));
      const events = decision.accepted ? decision.events : [];
      const said = events.reduce((clocks, event) => clock.evolve(clocks, event), clocks);
      stands.set(facts, { figures, clocks: said, version: version + events.length });
      if (events.length === 0) continue;
      const { shopId, trigger } = facts;
      const correlationId = trigger?.meta.correlationId ?? '';
      const cause = { vendorId, shopId, correlationId, causationId: trigger?.meta.eventId ?? '', commandId: '' };
      members.push(memberOf({ streamId, version }, events, cause, now));
    }
  }
  return { members, stands };
}

/**
 * Besides this intake only timers speak of clocks, at the instants of those that run. Before these what is remembered is what was said last; from then
 * on the stream is loaded. By another instance's clock the instant may have come already: then what is decided here conflicts, or says nothing either way.
 */
function timerMayHaveSpoken(clocks: Clocks, now: number): boolean {
  return [...clocks.values()].some((said) => said.phase === 'running' && now >= (said.warned ? said.start.dueAt : said.start.warnAt));
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

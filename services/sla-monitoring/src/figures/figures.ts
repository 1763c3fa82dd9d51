// The figures of one conversation, and of each of its clocks: pure, from its facts and its contract's terms. Everything the SLA page counts,
// lists or bills is a sum of these rows, so that figure and list are one query. Source: domain.md BR-020 to BR-022, BR-212, BR-214 to BR-216.
import { type Answer, type Attribution, agentKey, attribute, type Round } from '@deskfleet/attribution';
import type { ConversationFacts } from '@deskfleet/conversation-facts';
import { ClockKind, type ContractTerms, Metric, type SlaClause } from '@deskfleet/protocol/terms';
import { dateOf, type ServiceHours, serviceHours, wallClock } from '@deskfleet/service-hours';
import type { FreshClock } from '../clock/clock.ts';

/** A warning comes at this share of the allowance. */
const WARN_AT_PERCENT = 80;
/** Whose days count where no contract is in force. */
const ZONE_WITHOUT_CONTRACT = 'UTC';

/** Why a conversation or round is left out of the figures; empty = ours. */
export type NotOursReason = '' | 'before-go-live' | 'out-of-scope' | 'shop-staff' | 'no-contract';

export interface ClockFigures extends FreshClock {
  readonly metric: Metric;
  readonly notOurs: NotOursReason;
  /** Who answered: agent:<id> or account:<account>; empty while nobody did. */
  readonly agent: string;
  /** The day it began, in the contract's zone: the period it counts in (BR-216). */
  readonly date: string;
}

export interface ConversationFigures {
  readonly vendorId: string;
  readonly shopId: string;
  readonly conversationId: string;
  readonly contractId: string;
  readonly notOurs: NotOursReason;
  readonly hasCustomer: boolean;
  /** Of the first customer message, in the contract's zone; of the first message where no customer wrote (BR-216). */
  readonly date: string;
  readonly messages: number;
  readonly agentMessages: number;
  /** When the first response clause comes due; 0 where the contract has none. */
  readonly firstResponseDueAt: number;
  /** First customer message to first human answer, by the first response clause's clock; undefined while unanswered. */
  readonly firstResponseMs: number | undefined;
  readonly rounds: number;
  readonly roundsAnswered: number;
  readonly roundMsSum: number;
  readonly clocks: readonly ClockFigures[];
}

/** The figures of a conversation. Rounds that the shop's own staff ended are listed but count neither for us nor against us. */
export function figuresOf(facts: ConversationFacts): ConversationFigures {
  const terms = facts.contract?.terms;
  const told = attribute({ ...facts, scope: terms?.scope ?? [] });
  const zone = terms?.zone ?? ZONE_WITHOUT_CONTRACT;
  const notOurs = terms === undefined ? 'no-contract' : (told.notOurs ?? '');
  const clocks = terms === undefined ? [] : terms.clauses.flatMap((clause) => clocksOf(clause, terms, told, notOurs));
  const first = terms?.clauses.find((clause) => clause.metric === Metric.METRIC_FIRST_RESPONSE);
  const hours = terms === undefined ? wallClock : first === undefined ? hoursOf(terms) : hoursOfClause(first, terms);
  const ours = told.rounds.filter((round) => round.answer?.speaker.party !== 'shop-staff');
  const answered = ours.filter((round) => round.answer !== undefined);
  return {
    vendorId: facts.vendorId,
    shopId: facts.shopId,
    conversationId: facts.conversationId,
    contractId: facts.contract?.contractId ?? '',
    notOurs,
    hasCustomer: told.firstCustomer !== undefined,
    date: dateOf((told.firstCustomer ?? told.messages[0])?.sentAt ?? 0, zone),
    messages: told.messages.length,
    agentMessages: told.agentMessages,
    firstResponseDueAt: clocks.find((clock) => clock.metric === Metric.METRIC_FIRST_RESPONSE)?.dueAt ?? 0,
    firstResponseMs: elapsedOf(hours, told.firstCustomer?.sentAt, told.firstAnswer),
    rounds: ours.length,
    roundsAnswered: answered.length,
    roundMsSum: answered.reduce((sum, { start, answer }) => sum + (elapsedOf(hours, start.sentAt, answer) ?? 0), 0),
    clocks,
  };
}

/** The contract's service hours (BR-214). */
export function hoursOf(terms: ContractTerms): ServiceHours {
  return serviceHours(terms.serviceWindows, terms.zone, terms.holidayCalendar);
}

/** The hours a clause's clock runs in. */
export function hoursOfClause(clause: SlaClause, terms: ContractTerms): ServiceHours {
  return clause.clock === ClockKind.CLOCK_KIND_WALL ? wallClock : hoursOf(terms);
}

/** One clock for the first response; one a round for the reply rate. Those that begin outside the clause's own windows are not in its population. */
function clocksOf(clause: SlaClause, terms: ContractTerms, told: Attribution, notOurs: NotOursReason): ClockFigures[] {
  const hours = hoursOfClause(clause, terms);
  const begun = clause.begunWithin.length === 0 ? wallClock : serviceHours(clause.begunWithin, terms.zone, terms.holidayCalendar);
  // The first round is the first response: it begins with the first customer message and ends with the first human one after it.
  const rounds = clause.metric === Metric.METRIC_FIRST_RESPONSE ? told.rounds.slice(0, 1) : clause.metric === Metric.METRIC_REPLY_RATE ? told.rounds : [];
  return rounds.filter(({ start }) => begun.isOpen(start.sentAt)).map((round) => clockOf(clause, terms.zone, hours, round, notOurs));
}

function clockOf(clause: SlaClause, zone: string, hours: ServiceHours, { number, start, answer }: Round, notOurs: NotOursReason): ClockFigures {
  const { key, metric, metricVersion, allowanceMs } = clause;
  return {
    clauseKey: key,
    metric,
    metricVersion,
    round: number,
    startMessageId: start.messageId,
    startedAt: start.sentAt,
    allowanceMs,
    warnAt: hours.dueAt(start.sentAt, Math.floor((allowanceMs * WARN_AT_PERCENT) / 100)),
    dueAt: hours.dueAt(start.sentAt, allowanceMs),
    stop: answer && { messageId: answer.messageId, at: answer.sentAt, elapsedMs: hours.elapsedMs(start.sentAt, answer.sentAt) },
    notOurs: notOurs !== '' ? notOurs : answer?.speaker.party === 'shop-staff' ? 'shop-staff' : '',
    agent: answer?.speaker.party === 'agent' ? agentKey(answer.speaker) : '',
    date: dateOf(start.sentAt, zone),
  };
}

function elapsedOf(hours: ServiceHours, from: number | undefined, answer: Answer | undefined): number | undefined {
  return from === undefined || answer === undefined ? undefined : hours.elapsedMs(from, answer.sentAt);
}

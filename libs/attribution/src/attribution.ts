// Whose conversation is it, who answered first, and which rounds were there: one pure function, so that sla-monitoring, billing and
// qa-inspection never disagree. Automatic and bot replies never stop a clock. Source: domain.md BR-020 to BR-022, BR-212.
import { ServiceType } from '@deskfleet/protocol/conversations';
import { ServiceScope } from '@deskfleet/protocol/terms';
import { type AccountMapping, type Speaker, speakerOf, type TimelineMessage, timelineOf } from './timeline.ts';

/** Why a conversation is not ours: it began before the shop went live, is outside the contract's scope, or the shop's own staff gave the first human answer. */
export type NotOurs = 'before-go-live' | 'out-of-scope' | 'shop-staff';

/** A message with who really sent it. */
export interface Spoken extends TimelineMessage {
  readonly speaker: Speaker;
}

/** The humans who answer customers: ours or the shop's. */
export type Answer = Spoken & { readonly speaker: Extract<Speaker, { party: 'agent' }> | { readonly party: 'shop-staff' } };

/** A round begins with the first unanswered customer message and ends with the next human message, ours or the shop's own. */
export interface Round {
  /** From 1. */
  readonly number: number;
  readonly start: Spoken;
  /** undefined while the customer waits. */
  readonly answer: Answer | undefined;
}

export interface Attribution {
  /** In order (sentAt, ordinal, messageId), each once. */
  readonly messages: readonly Spoken[];
  /** undefined: ours. Known from the start for go-live and scope, from the first human answer on for the shop's staff. */
  readonly notOurs: NotOurs | undefined;
  readonly firstCustomer: Spoken | undefined;
  /** The first human message after the first customer message. */
  readonly firstAnswer: Answer | undefined;
  readonly rounds: readonly Round[];
  /** Messages of humans of ours. */
  readonly agentMessages: number;
  /** A bot answered the customer and no human did. */
  readonly botOnly: boolean;
  /** A customer wrote, and neither human nor bot answered. */
  readonly unanswered: boolean;
}

export interface AttributionInput {
  /** In any order; a message id given twice counts once. */
  readonly messages: readonly TimelineMessage[];
  /** Of the accounts in these messages; in any order. */
  readonly mappings: readonly AccountMapping[];
  readonly serviceType: ServiceType;
  /** The contract's scope; empty = everything. */
  readonly scope: readonly ServiceScope[];
  /** The instant from which the shop is served; 0 = from the contract's first day on, Infinity = it is not live. */
  readonly servedFrom: number;
}

/** What the messages say of a conversation. Pure; the order of its inputs plays no part. */
export function attribute(input: AttributionInput): Attribution {
  const messages = timelineOf(input.messages).map((message) => spoken(message, input.mappings));
  let firstCustomer: Spoken | undefined;
  let firstAnswer: Answer | undefined;
  let botAnswered = false;
  let agentMessages = 0;
  for (const message of messages) {
    const { party } = message.speaker;
    if (party === 'agent') agentMessages += 1;
    if (party === 'customer') firstCustomer ??= message;
    else if (firstCustomer !== undefined && isAnswer(message)) firstAnswer ??= message;
    else if (firstCustomer !== undefined && party === 'bot') botAnswered = true;
  }
  return {
    messages,
    notOurs: notOursOf(input, (firstCustomer ?? messages[0])?.sentAt ?? 0, firstAnswer),
    firstCustomer,
    firstAnswer,
    rounds: roundsOf(messages),
    agentMessages,
    botOnly: firstCustomer !== undefined && firstAnswer === undefined && botAnswered,
    unanswered: firstCustomer !== undefined && firstAnswer === undefined && !botAnswered,
  };
}

/** A conversation begins with its first customer message, or with its first one where no customer wrote. */
function notOursOf({ servedFrom, serviceType, scope }: AttributionInput, beganAt: number, firstAnswer: Answer | undefined): NotOurs | undefined {
  if (beganAt < servedFrom) return 'before-go-live';
  if (!inScope(serviceType, scope)) return 'out-of-scope';
  return firstAnswer?.speaker.party === 'shop-staff' ? 'shop-staff' : undefined;
}

/** Whether a contract covers a service type. What is not said is in scope; an empty scope is everything. */
export function inScope(serviceType: ServiceType, scope: readonly ServiceScope[]): boolean {
  if (scope.length === 0) return true;
  if (serviceType === ServiceType.SERVICE_TYPE_PRE_SALE) return scope.includes(ServiceScope.SERVICE_SCOPE_PRE_SALE);
  if (serviceType === ServiceType.SERVICE_TYPE_AFTER_SALE) return scope.includes(ServiceScope.SERVICE_SCOPE_AFTER_SALE);
  return true;
}

/** The stratum and name of an answer: `agent:<id>` or, where the account is mapped to nobody, `account:<account>`. */
export function agentKey({ agentId, account }: Extract<Speaker, { party: 'agent' }>): string {
  return agentId === '' ? `account:${account}` : `agent:${agentId}`;
}

/** Field by field, for this is done of each message of a conversation with each message that comes. */
function spoken(message: TimelineMessage, mappings: readonly AccountMapping[]): Spoken {
  const { messageId, sentAt, ordinal, sender, account } = message;
  return { messageId, sentAt, ordinal, sender, account, speaker: speakerOf(message, mappings) };
}

function isAnswer(message: Spoken): message is Answer {
  return message.speaker.party === 'agent' || message.speaker.party === 'shop-staff';
}

function roundsOf(messages: readonly Spoken[]): Round[] {
  const rounds: Round[] = [];
  let start: Spoken | undefined;
  for (const message of messages) {
    if (message.speaker.party === 'customer') start ??= message;
    else if (start !== undefined && isAnswer(message)) {
      rounds.push({ number: rounds.length + 1, start, answer: message });
      start = undefined;
    }
  }
  if (start !== undefined) rounds.push({ number: rounds.length + 1, start, answer: undefined });
  return rounds;
}

// What the tests of this service share: events as other services' logs hand them over, and the intake that applies them as the bus does.
import type { RecordedEvent, Tx } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import { AccountMapped, type AccountParty } from '@deskfleet/protocol/agents';
import { ConversationImported, ConversationOpened, MessageReceived, Sender, type ServiceType } from '@deskfleet/protocol/conversations';
import { ContractImported } from '@deskfleet/protocol/onboarding';
import { ClockKind, ContractTerms, Metric, ServiceWindow, SlaClause } from '@deskfleet/protocol/terms';
import type { TestService } from '@deskfleet/service-kit/testing';
import { slaMonitoring } from '../src/service.ts';

export const VENDOR = 'v1';
export const { SENDER_CUSTOMER: customer, SENDER_AGENT: agent, SENDER_BOT: bot } = Sender;

export const firstResponse = (allowanceMs: number, more: Partial<SlaClause> = {}): SlaClause =>
  SlaClause.create({
    key: 'first-response',
    metric: Metric.METRIC_FIRST_RESPONSE,
    metricVersion: 1,
    allowanceMs,
    targetBp: 9_000,
    clock: ClockKind.CLOCK_KIND_SERVICE_HOURS,
    ...more,
  });

export const threeMinuteReply: SlaClause = SlaClause.create({
  key: 'three-minute-reply',
  metric: Metric.METRIC_REPLY_RATE,
  metricVersion: 1,
  allowanceMs: 180_000,
  targetBp: 8_000,
  clock: ClockKind.CLOCK_KIND_WALL,
  begunWithin: [ServiceWindow.create({ from: '08:00', to: '23:00' })],
});

export const termsWith = (clauses: SlaClause[], more: Partial<ContractTerms> = {}): ContractTerms =>
  ContractTerms.create({
    currency: 'CNY',
    zone: 'Asia/Shanghai',
    serviceWindows: [{ from: '00:00', to: '24:00' }],
    effectiveOn: '2000-01-01',
    clauses,
    ...more,
  });

/** Other services' events, positions and versions counted on. */
export class World {
  #position = 0;
  readonly #versions = new Map<string, number>();

  contract(contractId: string, shopIds: string[], terms: ContractTerms): RecordedEvent {
    const event = ContractImported.create({ contractId, number: contractId, clientId: 'c1', shopIds, terms, importedFrom: 'paper' });
    return this.record('client-onboarding', `contract-${contractId}`, '', event);
  }

  opened(shopId: string, conversationId: string, more: { live?: boolean; serviceType?: ServiceType } = {}): RecordedEvent {
    return this.record('conversations', `conversation-${conversationId}`, shopId, ConversationOpened.create({ conversationId, channel: 'tmall', ...more }));
  }

  said(shopId: string, conversationId: string, sender: Sender, sentAt: number, more: Partial<MessageReceived> = {}): RecordedEvent {
    const ordinal = this.#position + 1;
    const account = sender === customer ? '' : 'seat';
    const event = MessageReceived.create({ conversationId, messageId: `m${ordinal}`, sentAt, ordinal, sender, account, ...more });
    return this.record('conversations', `conversation-${conversationId}`, shopId, event);
  }

  imported(shopId: string, conversationId: string, importId: string): RecordedEvent {
    return this.record('conversations', `conversation-${conversationId}`, shopId, ConversationImported.create({ conversationId, importId }));
  }

  mapped(shopId: string, account: string, party: AccountParty, more: Partial<AccountMapped> = {}): RecordedEvent {
    return this.record('agent-pools', `account-${shopId}-${account}`, shopId, AccountMapped.create({ shopId, account, party, ...more }));
  }

  record(service: string, streamId: string, shopId: string, event: UnknownMessage): RecordedEvent {
    this.#position += 1;
    const version = (this.#versions.get(streamId) ?? 0) + 1;
    this.#versions.set(streamId, version);
    return {
      source: `${service}/0/test`,
      position: this.#position,
      streamId,
      version,
      bucket: 0,
      event,
      meta: { eventId: `e${this.#position}`, vendorId: VENDOR, shopId, correlationId: 'c', causationId: '', commandId: '', actor: undefined, traceparent: '' },
      occurredAt: 0,
      recordedAt: 0,
    };
  }
}

export interface Intake {
  /** Applies a slice as the bus does: in a worker's transaction. */
  apply(...events: RecordedEvent[]): Promise<void>;
  applyWithin(tx: Tx, ...events: RecordedEvent[]): Promise<void>;
  /** Waits until the service has done what slices left to do. */
  drain(): Promise<void>;
}

export async function intakeOf(service: TestService): Promise<Intake> {
  const { subscriptions, work } = await slaMonitoring.parts(service.kit);
  const applyWithin = async (tx: Tx, ...events: RecordedEvent[]): Promise<void> => subscriptions[0]?.handle(events, tx);
  return {
    applyWithin,
    apply: (...events) => service.kit.work((tx) => applyWithin(tx, ...events)),
    async drain() {
      while ((await work?.[0]?.pending()) !== 0) await work?.[0]?.slice();
    },
  };
}

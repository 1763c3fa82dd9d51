// What billing's tests share: two shops with their contracts, their conversations of March 2026, and sla-monitoring answering over gRPC.
import { feed, Upstream } from '@deskfleet/conversation-facts/testing';
import { toProto } from '@deskfleet/money';
import type { MessageType, UnknownMessage } from '@deskfleet/protocol';
import { AccountMapped, AccountParty } from '@deskfleet/protocol/agents';
import { BillingServiceDefinition } from '@deskfleet/protocol/billing-service';
import { LogPosition } from '@deskfleet/protocol/common';
import { ConversationImported, ConversationOpened, MessageReceived, ServiceType } from '@deskfleet/protocol/conversations';
import { ClientRegistered, ContractImported, ShopAdded } from '@deskfleet/protocol/onboarding';
import { Actor } from '@deskfleet/protocol/platform';
import { Attainment, ClauseAttainment, ClauseFigure, DayFigure, SlaServiceDefinition } from '@deskfleet/protocol/sla-service';
import { ContractTerms, CountingUnit, CreditBase, Metric, ServiceScope, UsageExclusion } from '@deskfleet/protocol/terms';
import { type Caller, grpcService, type ServiceName } from '@deskfleet/service-kit';
import { createTestInstallation, startTestService, type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { expect } from 'vitest';
import { service as definition } from '../src/service.ts';

/** Monthly fee 1,000.00 and 0.70 a conversation beyond two; 10 % of all fees back when the first response is missed. From March. */
const termsOfA = ContractTerms.create({
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  serviceWindows: [{ from: '08:00', to: '24:00' }],
  effectiveOn: '2026-03-01',
  scope: [ServiceScope.SERVICE_SCOPE_PRE_SALE],
  monthlyFee: toProto({ currency: 'CNY', minor: 100_000n }),
  usage: {
    unit: CountingUnit.COUNTING_UNIT_CONVERSATION,
    exclusions: [UsageExclusion.USAGE_EXCLUSION_UNANSWERED],
    unitPrice: '0.70',
    included: 2,
  },
  clauses: [
    {
      key: 'first-response',
      metric: Metric.METRIC_FIRST_RESPONSE,
      metricVersion: 1,
      allowanceMs: 30_000,
      targetBp: 9_000,
      pooled: true,
      credit: { base: CreditBase.CREDIT_BASE_ALL_FEES, rateBp: 1_000 },
    },
  ],
});

/** 0.333 a buyer and day. From February. */
const termsOfB = ContractTerms.create({
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  serviceWindows: [{ from: '08:00', to: '24:00' }],
  effectiveOn: '2026-02-01',
  usage: { unit: CountingUnit.COUNTING_UNIT_BUYER_DAY, exclusions: [UsageExclusion.USAGE_EXCLUSION_NONE], unitPrice: '0.333' },
});

export interface Ground {
  readonly billing: TestService;
  /** A log that billing reads, to be appended to. */
  readonly onboarding: TestService;
  happenedAt(owner: TestService, streamId: string, event: UnknownMessage): Promise<void>;
  readonly upstream: Upstream;
  readonly happened: Awaited<ReturnType<typeof feed>>;
  /** What sla-monitoring answers of shop A's contract in March. */
  readonly sla: { notYetDue: number; missedOn: string[] };
  api(caller?: Partial<Caller>): ReturnType<typeof clientOf>;
  remove(): Promise<void>;
}

const clientOf = (service: TestService, caller: Partial<Caller>) => service.as(testCaller({ role: 'finance', ...caller }), BillingServiceDefinition);

/** It is noon of 10 April 2026 in Shanghai. */
export const NOW = Temporal.Instant.from('2026-04-10T12:00:00+08:00').epochMilliseconds;

export async function startGround(now: () => number = () => NOW): Promise<Ground> {
  const installation = await createTestInstallation();
  const sla = { notYetDue: 0, missedOn: ['2026-03-02', '2026-03-05', '2026-03-05'] };
  const monitoring = await startTestService(
    { name: 'sla-monitoring', migrations: [], parts: () => ({ events: [], projections: [], subscriptions: [], api: [slaAnswering(sla)] }) },
    { installation, now },
  );
  const { mapped, signed, said } = {
    mapped: [AccountMapped],
    signed: [ContractImported, ShopAdded, ClientRegistered],
    said: [ConversationOpened, MessageReceived, ConversationImported],
  };
  const owner = (name: ServiceName, events: readonly MessageType[]): Promise<TestService> =>
    startTestService({ name, migrations: [], parts: () => ({ events, projections: [], subscriptions: [], api: [] }) }, { installation, now });
  const owners = {
    'client-onboarding': await owner('client-onboarding', signed),
    'agent-pools': await owner('agent-pools', mapped),
    conversations: await owner('conversations', said),
  };
  const billing = await startTestService(definition, { installation, now, peers: { 'sla-monitoring': monitoring, ...owners } });
  const upstream = new Upstream('v1');
  const happened = await feed(billing.kit, definition);
  await happened(...history(upstream));
  await happenedAt(owners['client-onboarding'], 'client-1', ClientRegistered.create({ clientId: 'client-1' }));
  return {
    billing,
    onboarding: owners['client-onboarding'],
    happenedAt,
    upstream,
    happened,
    sla,
    api: (caller = {}) => clientOf(billing, caller),
    async remove() {
      for (const service of [billing, monitoring, ...Object.values(owners)]) await service.remove();
    },
  };
}

async function happenedAt(owner: TestService, streamId: string, event: UnknownMessage): Promise<void> {
  const cause = { vendorId: 'v1', actor: Actor.create({}), correlationId: '', causationId: '', commandId: '' };
  const outcome = await owner.kit.store.append({ cause, streams: [{ streamId, expected: 'any', events: [{ event, occurredAt: NOW, shopId: '' }] }] });
  expect(outcome.outcome).toBe('appended');
}

function history(upstream: Upstream) {
  const shop = (shopId: string, code: string) => upstream.record('client-onboarding', `shop-${shopId}`, shopId, ShopAdded.create({ shopId, code, name: code }));
  return [
    shop('sh-1', 'Beta'),
    shop('sh-2', 'Alpha'),
    upstream.contract('K-1', ['sh-1'], termsOfB),
    upstream.contract('K-2', ['sh-2'], termsOfA),
    upstream.mapped('sh-2', 'owner', AccountParty.ACCOUNT_PARTY_SHOP_STAFF),
    ...upstream.conversation('sh-2', 'a1', '2026-03-02T10:00:00+08:00', ['seat-1']),
    ...upstream.conversation('sh-2', 'a2', '2026-03-02T11:00:00+08:00', ['seat-1']),
    ...upstream.conversation('sh-2', 'a3', '2026-03-02T12:00:00+08:00', ['seat-1']),
    ...upstream.conversation('sh-2', 'a4', '2026-03-05T10:00:00+08:00', ['seat-2']),
    ...upstream.conversation('sh-2', 'a5', '2026-03-05T11:00:00+08:00', ['owner', 'seat-1']),
    ...upstream.conversation('sh-2', 'a6', '2026-03-05T12:00:00+08:00', []),
    ...upstream.conversation('sh-2', 'a7', '2026-03-05T13:00:00+08:00', ['owner'], { serviceType: ServiceType.SERVICE_TYPE_AFTER_SALE }),
    ...upstream.conversation('sh-1', 'b0', '2026-02-28T23:59:59+08:00', ['seat-3'], { customerSubject: 'buyer-1' }),
    ...upstream.conversation('sh-1', 'b1', '2026-03-01T00:00:00+08:00', ['seat-3'], { customerSubject: 'buyer-1' }),
    ...upstream.conversation('sh-1', 'b2', '2026-03-01T09:00:00+08:00', ['seat-3'], { customerSubject: 'buyer-1' }),
    ...upstream.conversation('sh-1', 'b3', '2026-03-01T10:00:00+08:00', ['seat-3'], { customerSubject: 'buyer-1' }),
    ...upstream.conversation('sh-1', 'b4', '2026-03-02T10:00:00+08:00', ['seat-3'], { customerSubject: 'buyer-2' }),
  ];
}

function slaAnswering(sla: Ground['sla']) {
  const unused = async (): Promise<never> => {
    throw new Error('billing does not ask this');
  };
  const missed = (): number => sla.missedOn.length;
  return grpcService(SlaServiceDefinition, {
    getAttainment: async ({ contractId, month }) => ({
      clauses:
        contractId === 'K-2' && month === '2026-03'
          ? [
              ClauseAttainment.create({
                clauseKey: 'first-response',
                attainment: Attainment.create({ met: 1, missed: missed(), notYetDue: sla.notYetDue }),
                kept: false,
              }),
            ]
          : [],
      at: LogPosition.create({ source: 'sla-monitoring/0/test', position: 7 }),
    }),
    getContractSla: async ({ contractId }) => ({
      contractId,
      zone: 'Asia/Shanghai',
      clauses: [
        ClauseFigure.create({
          days: [...Map.groupBy(sla.missedOn, (date) => date)].map(([date, all]) =>
            DayFigure.create({ date, attainment: Attainment.create({ missed: all.length }) }),
          ),
        }),
      ],
      asOf: NOW,
    }),
    getReport: unused,
    listClauses: unused,
    listClocks: unused,
    getBreach: unused,
    listBreaches: unused,
    getRibbon: unused,
    getFloor: unused,
    listWaiting: unused,
  });
}

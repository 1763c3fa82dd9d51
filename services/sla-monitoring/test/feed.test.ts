// From other services' logs over the feed to a breach that nobody asked for, and its withdrawal.
import { type AppendMember, expectLoaded } from '@deskfleet/event-store';
import type { MessageType, UnknownMessage } from '@deskfleet/protocol';
import { ConversationOpened, MessageReceived, type Sender } from '@deskfleet/protocol/conversations';
import { ContractImported } from '@deskfleet/protocol/onboarding';
import { Actor } from '@deskfleet/protocol/platform';
import { SlaServiceDefinition } from '@deskfleet/protocol/sla-service';
import type { ServiceName } from '@deskfleet/service-kit';
import { createTestInstallation, startTestService, type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { slaMonitoring } from '../src/service.ts';
import { agent, customer, firstResponse, termsWith, VENDOR } from './ground.ts';

const ALLOWANCE = 4_000;
let conversations: TestService;
let onboarding: TestService;
let pools: TestService;
let sla: TestService;
/** Where the house's clock stands; undefined while it runs. */
let stands: number | undefined;
const now = (): number => stands ?? Date.now();

beforeAll(async () => {
  const installation = await createTestInstallation();
  const upstream = (name: ServiceName, events: readonly MessageType[]) =>
    startTestService({ name, migrations: [], parts: () => ({ events, projections: [], subscriptions: [], api: [] }) }, { installation, now });
  conversations = await upstream('conversations', [ConversationOpened, MessageReceived]);
  onboarding = await upstream('client-onboarding', [ContractImported]);
  pools = await upstream('agent-pools', []);
  sla = await startTestService(slaMonitoring, { installation, now, peers: { conversations, 'client-onboarding': onboarding, 'agent-pools': pools } });
});
afterAll(async () => {
  for (const service of [sla, conversations, onboarding, pools]) await service?.remove();
});

/** Appends to another service's log and waits until sla-monitoring has applied it. */
async function happened(service: TestService, streamId: string, shopId: string, ...events: UnknownMessage[]): Promise<void> {
  const stream = (await service.kit.store.load(VENDOR, [streamId])).get(streamId);
  const member: AppendMember = {
    cause: { vendorId: VENDOR, actor: Actor.create({}), correlationId: 'c', causationId: '', commandId: '' },
    streams: [
      {
        streamId,
        expected: stream === undefined ? 'none' : expectLoaded(stream),
        events: events.map((event) => ({ event, occurredAt: service.kit.now(), shopId })),
      },
    ],
  };
  const outcome = await service.kit.store.append(member);
  if (outcome.outcome !== 'appended') throw new Error(outcome.outcome);
  await sla.kit.awaitPosition({ $type: 'deskfleet.common.v1.LogPosition', source: service.kit.store.source, position: outcome.lastPosition });
}

test('a live conversation breaches at its due instant without a reply; the reply learned later, sent in time, withdraws it', async () => {
  const api = sla.as(testCaller(), SlaServiceDefinition);
  const said = (messageId: string, sender: Sender, sentAt: number) => MessageReceived.create({ conversationId: 'cv', messageId, sentAt, sender, ordinal: 0 });
  await happened(
    onboarding,
    'contract-k',
    '',
    ContractImported.create({ contractId: 'k', number: 'k', shopIds: ['sh'], terms: termsWith([firstResponse(ALLOWANCE)]) }),
  );
  const asked = now();
  stands = asked;
  await happened(conversations, 'conversation-cv', 'sh', ConversationOpened.create({ conversationId: 'cv', live: true }), said('m1', customer, asked));
  expect((await api.getFloor({})).waiting).toMatchObject([{ clock: { conversationId: 'cv', state: 'running', dueAt: asked + ALLOWANCE } }]);

  stands = asked + ALLOWANCE + 1;
  const breaches = await untilSome(async () => (await api.listBreaches({ contractId: 'k' })).breaches);
  expect(breaches).toMatchObject([{ breachedAt: asked + ALLOWANCE + 1, withdrawn: false, clock: { state: 'missed', stoppedAt: 0 } }]);

  await happened(conversations, 'conversation-cv', 'sh', said('m2', agent, asked + ALLOWANCE)); // BR-020: the due instant itself is in time
  await sla.kit.awaitPosition({ $type: 'deskfleet.common.v1.LogPosition', source: sla.kit.store.source, position: (await sla.kit.store.head()).position });
  expect((await api.listBreaches({ contractId: 'k' })).breaches).toMatchObject([{ withdrawn: true, withdrawnReason: 'earlier-reply-learned' }]);
  expect((await api.getAttainment({ contractId: 'k', month: '2000-01' })).at?.source).toBe(sla.kit.store.source);
});

async function untilSome<Item>(ask: () => Promise<readonly Item[]>): Promise<readonly Item[]> {
  for (let tries = 0; tries < 2_000; tries++) {
    const items = await ask();
    if (items.length > 0) return items;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('nothing within 50 s');
}

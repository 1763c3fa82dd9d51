// Agents, shifts and presence as their tests meet them: the real service on a database of its own, contracts as client-onboarding tells of them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedEvent } from '@deskfleet/event-store';
import { shopIdOf } from '@deskfleet/protocol';
import { Presence } from '@deskfleet/protocol/agents';
import { AgentPoolServiceDefinition } from '@deskfleet/protocol/agents-service';
import { type StaffedShop, StaffingServiceDefinition } from '@deskfleet/protocol/agents-staffing';
import type { LogPosition } from '@deskfleet/protocol/common';
import { ContractImported, type ContractSigned, type ServiceEndSet, ShopAdded, type ShopWentLive } from '@deskfleet/protocol/onboarding';
import { Actor } from '@deskfleet/protocol/platform';
import { ContractTerms } from '@deskfleet/protocol/terms';
import type { Caller } from '@deskfleet/service-kit';
import { startTestService, type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { afterAll, beforeAll } from 'vitest';
import { service as definition } from '../src/main.ts';
import { contracts } from '../src/subscriptions/contracts.ts';
import { intake } from '../src/subscriptions/conversations.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** The service's clock: where a test sets it. */
export const time = { now: Date.parse('2026-11-11T09:00:00+08:00') };

export let service: TestService;
let folder: string;
let ids = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deskfleet-staffing-'));
  service = await startTestService(definition, { now: () => time.now, env: { DESKFLEET_MASTER_KEY: join(folder, 'master.key') } });
});
afterAll(async () => {
  await service?.remove();
  await rm(folder, { recursive: true });
});

export const commandId = () => `command-${++ids}`;
export const staffing = (caller: Partial<Caller> = {}) => service.as(testCaller(caller), StaffingServiceDefinition);
export const pools = (caller: Partial<Caller> = {}) => service.as(testCaller(caller), AgentPoolServiceDefinition);

type Foreign = ShopAdded | ContractImported | ContractSigned | ServiceEndSet | ShopWentLive;

/** Events of client-onboarding, as the bus would hand them over. */
export async function arrive(vendorId: string, ...events: readonly Foreign[]): Promise<void> {
  const recorded = events.map((event): RecordedEvent<Foreign> => {
    const position = ++ids;
    const meta = { eventId: `e${position}`, vendorId, shopId: '', correlationId: '', causationId: '', commandId: '', actor: Actor.create(), traceparent: '' };
    return { source: 'client-onboarding/0/1', position, streamId: 's', version: 1, bucket: 0, event, meta, occurredAt: time.now, recordedAt: time.now };
  });
  const added = recorded.flatMap((each) => (each.event.$type === ShopAdded.$type ? [{ ...each, event: each.event }] : []));
  const others = recorded.flatMap((each) => (each.event.$type === ShopAdded.$type ? [] : [{ ...each, event: each.event }]));
  await service.kit.work((tx) => intake.handle(added, tx));
  if (others.length > 0) await service.kit.work((tx) => contracts.handle(others, tx));
}

/** Open from 9 to 22 in Shanghai. */
export const terms = (count: number): ContractTerms =>
  ContractTerms.fromPartial({ zone: 'Asia/Shanghai', effectiveOn: '2026-01-01', serviceWindows: [{ from: '09:00', to: '22:00' }], staffing: [{ count }] });
export const imported = (vendorId: string, count: number, ...codes: string[]) =>
  ContractImported.create({ contractId: `ct_${codes.join('_')}`, shopIds: codes.map((code) => shopIdOf(vendorId, code)), terms: terms(count) });
export const shopsAdded = (vendorId: string, ...codes: string[]) => codes.map((code) => ShopAdded.create({ shopId: shopIdOf(vendorId, code), code }));

/** Where what was said last stands: read one's own writes. */
export const said: { last?: LogPosition | undefined } = {};

export async function hire(vendorId: string, name: string, ...codes: string[]): Promise<string> {
  const api = pools({ vendorId });
  const { agentId } = await api.hireAgent({ commandId: commandId(), name, skills: [], maxLoad: 5 });
  for (const code of codes)
    said.last = (await api.trainAgent({ commandId: commandId(), agentId, shopId: shopIdOf(vendorId, code), trainedOn: '2026-11-01' })).at;
  return agentId;
}

export const come = async (vendorId: string, agentId: string, presence: Presence = Presence.PRESENCE_ONLINE) => {
  said.last = (await pools({ vendorId }).setPresence({ commandId: commandId(), agentId, presence })).at;
};

/** The shop as listed once what was said last is taken in. */
export async function staffed(vendorId: string, code: string, caller: Partial<Caller> = {}): Promise<StaffedShop | undefined> {
  const { shops } = await staffing({ vendorId, ...caller }).getStaffing({ shopIds: [shopIdOf(vendorId, code)], after: said.last });
  return shops[0];
}
export const types = async (vendorId: string, code: string) => {
  const streamId = `staffing-${shopIdOf(vendorId, code)}`;
  return (await service.kit.store.load(vendorId, [streamId])).get(streamId)?.events.map(({ event }) => event.$type.split('.').at(-1)) ?? [];
};

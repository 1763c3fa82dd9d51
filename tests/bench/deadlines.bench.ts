// How late deadlines fire: sla-monitoring as it is, with a million timers pending and 100,000 conversations open, while 2,000 fall due each
// second; and what arming them costs a message. A warning and a breach say when they were due and when they were recorded.
import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageType } from '@deskfleet/protocol';
import { LogPosition } from '@deskfleet/protocol/common';
import { ConversationOpened, MessageReceived, Sender } from '@deskfleet/protocol/conversations';
import { ContractImported } from '@deskfleet/protocol/onboarding';
import { ClauseBreached, ClauseWarned } from '@deskfleet/protocol/sla';
import type { ServiceName } from '@deskfleet/service-kit';
import { createTestInstallation, startTestService, type TestService } from '@deskfleet/service-kit/testing';
import { Client } from 'pg';
import { slaMonitoring } from '../../services/sla-monitoring/src/service.ts';
import { firstResponse, termsWith } from '../../services/sla-monitoring/test/ground.ts';
import { type Bench, figure, quantile } from './bench.ts';
import { BENCH_VENDOR, fillLog, type Made } from './fill-log.ts';
import { peakMemory } from './processes.ts';

const PENDING = 1_000_000;
const OPEN = 100_000;
const DUE = 20_000;
const DUE_PER_S = 2_000;
const SOON_MS = 90_000;
const LATER_MS = 6 * 3_600_000;
const LIMIT_LATE_MS = 1_000;
const LIMIT_COST_MS = 0.3;
const LIMIT_MIB = 400;
const APPLIED_WITHIN_MS = 180_000;
const CONTRACTS = [
  { name: 'later', allowanceMs: LATER_MS },
  { name: 'soon', allowanceMs: SOON_MS },
] as const;

export const deadlines: Bench = {
  name: 'deadlines',
  async run() {
    const services = await startServices();
    const { sla, conversations, onboarding } = services;
    const memory = peakMemory();
    try {
      await pendingTimers(sla);
      await fillLog(onboarding.kit.store, 0, CONTRACTS.length, (n) => contract(CONTRACTS[n]));
      // Two events a conversation, of which the message starts the clock and arms two timers.
      const began = performance.now();
      await open(conversations, 0, OPEN - DUE, 'later', () => Date.now());
      await applied(sla, conversations);
      const cost = (performance.now() - began) / (OPEN - DUE);

      const first = Date.now() - 20_000;
      await open(conversations, OPEN - DUE, OPEN, 'soon', (n) => first + ((n - (OPEN - DUE)) / DUE_PER_S) * 1_000);
      await applied(sla, conversations);
      const late = await lateness(sla, first + SOON_MS + (DUE / DUE_PER_S) * 1_000);
      return [
        figure(
          `deadlines fired, ${DUE_PER_S} a second of ${(PENDING + 2 * OPEN).toLocaleString('en')} pending: p99 after their instant`,
          'ms',
          [quantile(late, 0.99)],
          {
            name: 'limit',
            median: LIMIT_LATE_MS,
          },
        ),
        figure('the same, all of them', 'ms', late, { name: 'limit', median: LIMIT_LATE_MS }),
        figure('a message that arms two deadlines: log to armed', 'ms', [cost], { name: 'limit', median: LIMIT_COST_MS }),
        figure('deadlines, memory of all services of the bench in one process', 'MiB', [memory.stop()], { name: 'limit', median: LIMIT_MIB }),
      ];
    } finally {
      for (const service of Object.values(services)) await service.remove();
    }
  },
};

async function startServices(): Promise<Record<'sla' | 'conversations' | 'onboarding' | 'pools', TestService>> {
  const installation = await createTestInstallation();
  const upstream = (name: ServiceName, events: readonly MessageType[]) =>
    startTestService({ name, migrations: [], parts: () => ({ events, projections: [], subscriptions: [], api: [] }) }, { installation });
  const conversations = await upstream('conversations', [ConversationOpened, MessageReceived]);
  const onboarding = await upstream('client-onboarding', [ContractImported]);
  const pools = await upstream('agent-pools', []);
  const sla = await startTestService(slaMonitoring, { installation, peers: { conversations, 'client-onboarding': onboarding, 'agent-pools': pools } });
  return { sla, conversations, onboarding, pools };
}

/** What else is pending: clocks of long ago that end long from now. */
async function pendingTimers(sla: TestService): Promise<void> {
  const admin = new Client({ connectionString: sla.adminUrl });
  await admin.connect();
  await admin.query(
    `insert into timers (vendor_id, shop_id, kind, key, due_at, stream_id)
     select '${BENCH_VENDOR}', 'sh-later', 'clock-due', 'pending-' || n, $1::bigint + n, 'clock-pending-' || n from generate_series(1, ${PENDING}) n`,
    [Date.now() + LATER_MS],
  );
  await admin.query('analyze timers');
  await admin.end();
}

function contract({ name, allowanceMs }: (typeof CONTRACTS)[number] = CONTRACTS[0]): Made {
  const terms = termsWith([firstResponse(allowanceMs)]);
  return { streamId: `contract-${name}`, events: [ContractImported.create({ contractId: name, number: name, shopIds: [`sh-${name}`], terms })], shopId: '' };
}

/** Conversations numbered `from` to `to`, each opened and begun by its customer. */
async function open(conversations: TestService, from: number, to: number, shop: string, sentAt: (n: number) => number): Promise<void> {
  await fillLog(conversations.kit.store, from, to, (n) => {
    const conversationId = `cv_${n}`;
    const message = {
      conversationId,
      messageId: `m${n}`,
      sentAt: Math.floor(sentAt(n)),
      ordinal: n,
      sender: Sender.SENDER_CUSTOMER,
      customerSubject: `su_${n}`,
    };
    return {
      streamId: `conversation-${conversationId}`,
      events: [ConversationOpened.create({ conversationId, channel: 'tmall', live: true }), MessageReceived.create(message)],
      shopId: `sh-${shop}`,
    };
  });
}

/** Resolves when sla-monitoring has applied all that the other log holds, and its own projections (timers' among them) all that it appended. */
async function applied(sla: TestService, from: TestService): Promise<void> {
  for (const service of [from, sla]) {
    const { position } = await service.kit.store.head();
    await passed(sla, LogPosition.create({ source: service.kit.store.source, position }));
  }
}

async function passed(sla: TestService, position: LogPosition): Promise<void> {
  for (const endsAt = Date.now() + APPLIED_WITHIN_MS; ; ) {
    try {
      return await sla.kit.awaitPosition(position);
    } catch (error) {
      if (Date.now() > endsAt) throw error; // each wait is 10 s long
    }
  }
}

/** Waits until all have fired; how late each was recorded, in ms, ascending. */
async function lateness(sla: TestService, lastDue: number): Promise<number[]> {
  await sleep(Math.max(0, lastDue - Date.now()) + LIMIT_LATE_MS);
  const types = [ClauseWarned.$type, ClauseBreached.$type];
  for (let tries = 0; tries < 30; tries += 1) {
    const late: number[] = [];
    for (let after = 0; ; ) {
      const page = await sla.kit.store.read(after, 5_000, { types });
      for (const raw of page) {
        const at = raw.type === ClauseWarned.$type ? ClauseWarned.decode(raw.data).warnedAt : ClauseBreached.decode(raw.data).breachedAt;
        late.push(raw.recordedAt - at);
      }
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.position;
    }
    if (late.length >= 2 * DUE) return late.sort((a, b) => a - b);
    await sleep(1_000);
  }
  throw new Error('not all deadlines fired');
}

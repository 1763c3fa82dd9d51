// How late deadlines fire: an installation as a user's, each service its own process, with a million timers pending and 100,000 conversations open,
// while 2,000 fall due each second; what each process holds meanwhile; and what keeping a message's deadlines costs.
// A warning and a breach say when they were due and when they were recorded.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClauseBreached, ClauseWarned } from '@deskfleet/protocol/sla';
import { Client } from 'pg';
import { ownServers, type StartedInstallation, startInstallation } from '../installation.ts';
import { type Json, told } from '../system/asking.ts';
import { type Bench, type Figure, figure, quantile } from './bench.ts';
import { settled } from './live-shops.ts';
import { peakOfEach } from './processes.ts';
import { type SchedulingCost, schedulingCost } from './scheduling.ts';

const PENDING = 1_000_000;
const OPEN = 100_000;
const DUE = 20_000;
const DUE_PER_S = 2_000;
const SOON_MS = 120_000;
const LATER_MS = 6 * 3_600_000;
const LIMIT_LATE_MS = 1_000;
const LIMIT_COST_MS = 0.3;
const LIMIT_MIB = 400;
const PATIENCE_S = 60;

export const deadlines: Bench = {
  name: 'deadlines',
  async run() {
    const cost = await schedulingCost(PENDING, Date.now() + LATER_MS);
    return [...(await firing()), ...costFigures(cost)];
  },
};

function costFigures(cost: SchedulingCost): Figure[] {
  return Object.entries(cost).map(([what, ms]: [string, readonly number[]]) =>
    figure(`${what} two deadlines, ${PENDING.toLocaleString('en')} others pending`, 'ms/message', ms, { name: 'limit', median: LIMIT_COST_MS }),
  );
}

async function firing(): Promise<Figure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'deskfleet-deadlines-'));
  const servers = await ownServers('feed', dataDir);
  const installation = await startInstallation({ bus: 'feed', dataDir, env: servers });
  const sla = new Client({ connectionString: databaseUrl(servers, 'sla_monitoring') });
  await sla.connect();
  try {
    await pendingTimers(sla);
    for (const [code, allowanceMs] of [
      ['later', LATER_MS],
      ['soon', SOON_MS],
    ] as const)
      await sign(installation, code, allowanceMs);
    await ask(installation, 'later', OPEN - DUE, () => Date.now());
    const first = Date.now() - 1_000 * (DUE / DUE_PER_S);
    await ask(installation, 'soon', DUE, (n) => first + (n / DUE_PER_S) * 1_000);
    await sleep(Math.max(0, first + SOON_MS + 1_000 * (DUE / DUE_PER_S) - Date.now()));
    const late = await lateness(sla);
    const peaks = peakOfEach(installation.pid);
    const limit = { name: 'limit', median: LIMIT_LATE_MS };
    const pending = (PENDING + 2 * OPEN).toLocaleString('en');
    return [
      figure(`deadlines fired, ${DUE_PER_S.toLocaleString('en')} a second of ${pending} pending: p99 after their instant`, 'ms', [quantile(late, 0.99)], limit),
      figure('the same, all of them', 'ms', late, limit),
      ...[...peaks].map(([role, mib]) => figure(`deadlines: memory of ${role}`, 'MiB', [mib], { name: 'limit', median: LIMIT_MIB })),
    ];
  } finally {
    await sla.end();
    await installation.remove();
  }
}

function databaseUrl({ DATABASE_URL = '', DESKFLEET_DATABASE_PREFIX: prefix }: Readonly<Record<string, string>>, service: string): string {
  const url = new URL(DATABASE_URL);
  url.pathname = `/${prefix}_${service}`;
  return url.href;
}

/** What else is pending: clocks of long ago that end long from now. */
async function pendingTimers(sla: Client): Promise<void> {
  await sla.query(
    `insert into timers (vendor_id, shop_id, kind, key, due_at, stream_id)
     select 'vendor-1', 'sh-pending', 'clock-due', 'pending-' || n, $1::bigint + n, 'clock-pending-' || n from generate_series(1, ${PENDING}) n`,
    [Date.now() + LATER_MS],
  );
  await sla.query('analyze timers');
}

/** A shop under a contract that allows so much for a first response. */
async function sign(installation: StartedInstallation, code: string, allowanceMs: number): Promise<void> {
  const { clientId } = await told(installation, '/clients', { body: { name: `client of ${code}` } });
  const { shopId } = await told(installation, `/clients/${String(clientId)}/shops`, { body: { code, name: code, platform: 'tmall' } });
  const terms = {
    currency: 'CNY',
    zone: 'Asia/Shanghai',
    effectiveOn: '2026-01-01',
    serviceWindows: [{ weekdays: [], from: '00:00', to: '24:00' }],
    usage: { unit: 'conversation', exclusions: ['none'], unitPrice: '0.60', included: 0 },
    clauses: [{ key: 'first-response', metric: 'first-response', metricVersion: 1, allowanceMs, targetBp: 9_000, clock: 'wall' }],
  };
  await told(installation, '/contracts/import', { body: { clientId, shopIds: [shopId], terms, importedFrom: 'a bench' } });
  await told(installation, '/settle', { body: {} });
}

/** So many customers ask, one message each, in one file; resolves when every service has taken that in. */
async function ask(installation: StartedInstallation, shop: string, count: number, sentAt: (n: number) => number): Promise<void> {
  const from = performance.now();
  const lines = Array.from({ length: count }, (_, n) => {
    const sent_at = new Date(sentAt(n)).toISOString();
    const conversation = { conversation_id: `${shop}-${n}`, message_id: `${shop}-${n}-1`, shop, channel: 'tmall' };
    return JSON.stringify({ ...conversation, sent_at, sender: 'customer', sender_id: `buyer-${shop}-${n}`, text: '在吗？这款有货吗' });
  });
  const file = join(installation.dataDir, `${shop}.ndjson`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  const { stdout, code } = await installation.deskfleet('import', 'transcripts', file, '--no-wait', '--json');
  if (code !== 0) throw new Error(`the import of ${shop} ended with ${code}: ${stdout.slice(0, 1_000)}`);
  const { inserted } = JSON.parse(stdout) as Json;
  if (inserted !== count) throw new Error(`${shop}: ${String(inserted)} of ${count} taken in`);
  await settled(installation);
  console.error(`    ${count} conversations open in ${((performance.now() - from) / 1_000).toFixed(0)} s`);
}

/** Waits until all have fired; how late each was recorded, in ms, ascending. */
async function lateness(sla: Client): Promise<number[]> {
  for (let tries = 0; tries < PATIENCE_S; tries += 1) {
    const { rows } = await sla.query<{ type: string; data: Buffer; recorded_at: string }>('select type, data, recorded_at from events where type = any ($1)', [
      [ClauseWarned.$type, ClauseBreached.$type],
    ]);
    if (rows.length > 2 * DUE) throw new Error(`${rows.length} fired instead of ${2 * DUE}`);
    if (rows.length === 2 * DUE) {
      return rows.map(({ type, data, recorded_at }) => Number(recorded_at) - instantOf(type, data)).sort((a, b) => a - b);
    }
    await sleep(1_000);
  }
  throw new Error('not all deadlines fired');
}

function instantOf(type: string, data: Buffer): number {
  return type === ClauseWarned.$type ? ClauseWarned.decode(data).warnedAt : ClauseBreached.decode(data).breachedAt;
}

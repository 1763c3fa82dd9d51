// A whole installation goes back to its backup: standing still, and on a machine that has nothing but the backup and the installation's keys.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedInstallation, startInstallation } from '../installation.ts';
import { type Json, told } from './asking.ts';

let installation: StartedInstallation;
let work: string;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'deskfleet-restore-'));
  installation = await startInstallation({ bus: 'feed' });
});

afterAll(async () => {
  await installation?.remove();
  rmSync(work, { recursive: true, force: true });
});

function transcripts(name: string): string {
  const file = join(work, `${name}.ndjson`);
  const line = (n: number, sender: string) => ({
    conversation_id: name,
    message_id: `${name}-${n}`,
    shop: 'Restored',
    channel: 'tmall',
    sent_at: `2020-03-01T10:0${n}:00+08:00`,
    sender,
    sender_id: `${sender} of ${name}`,
    text: `${sender} writes in ${name}`,
  });
  writeFileSync(file, [line(1, 'customer'), line(2, 'agent')].map((each) => JSON.stringify(each)).join('\n'));
  return file;
}

async function deskfleet<Answer = Json>(...args: readonly string[]): Promise<Answer> {
  const { stdout, code } = await installation.deskfleet(...args, '--json');
  expect(code, `${args.join(' ')}: ${stdout}`).toBe(0);
  return JSON.parse(stdout) as Answer;
}

function asOperator(path: string, init: RequestInit = {}): Promise<Response> {
  const token = readFileSync(join(installation.dataDir, 'operator-token'), 'utf8');
  return fetch(`${installation.url}/api/v1${path}`, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });
}

/** Keeps a file of the first shop; answers its id. */
async function stored(): Promise<string> {
  const { shops } = await told(installation, '/shops');
  const shopId = String((shops as Json[])[0]?.['shopId']);
  const body = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'what both signed' };
  const answer = await asOperator(`/files?name=signed.txt&shopIds=${shopId}`, body);
  return String(((await answer.json()) as Json)['fileId']);
}

async function state() {
  const { conversations } = await told(installation, '/conversations');
  const texts = await Promise.all(
    (conversations as Json[]).map(async ({ conversationId }) => {
      const { messages } = await told(installation, `/conversations/${String(conversationId)}`);
      return (messages as Json[]).map(({ text }) => text);
    }),
  );
  return { texts, sla: await deskfleet('report', 'sla'), invoices: await deskfleet('invoices', 'list') };
}

test('a backup brings back the moment it was taken, in place and on a new machine', async () => {
  await deskfleet('import', 'transcripts', transcripts('first'), '--create-shops');
  await deskfleet('invoices', 'close', '--through', '2020-03');
  const fileId = await stored();
  const then = await state();
  expect(then.texts).toEqual([['customer writes in first', 'agent writes in first']]);
  const backup = join(work, 'backup');
  const { services } = await deskfleet('backup', '--to', backup);
  expect(Object.keys(services as Json)).toHaveLength(7);
  expect((await installation.deskfleet('backup', '--to', backup)).code).toBe(1); // never over another
  await deskfleet('import', 'transcripts', transcripts('second'));
  expect((await state()).texts).toHaveLength(2);

  await installation.stop();
  const { epochs } = await deskfleet('restore', '--from', backup);
  for (const [name, source] of Object.entries(epochs as Json)) expect(source).not.toBe((services as Record<string, Json>)[name]?.['source']);
  installation = await startInstallation({ bus: 'feed', dataDir: installation.dataDir });
  expect(await state()).toEqual(then);

  await installation.stop();
  const fresh = join(work, 'another-machine');
  mkdirSync(fresh);
  for (const kept of ['keys', 'secret']) cpSync(join(installation.dataDir, kept), join(fresh, kept), { recursive: true });
  rmSync(installation.dataDir, { recursive: true });
  expect(await deskfleet('--data-dir', fresh, 'restore', '--from', backup)).toMatchObject({
    keys: {
      kept: [],
      restored: ['deskfleet_client_onboarding_keys', 'deskfleet_agent_pools_keys', 'deskfleet_conversations_keys', 'deskfleet_qa_inspection_keys'],
    },
  });
  installation = await startInstallation({ bus: 'feed', dataDir: fresh });
  expect(await state()).toEqual(then);
  expect(await (await asOperator(`/files/${fileId}`)).text()).toBe('what both signed');
});

test('where one service goes back alone, what the others had taken in beyond it is listed by event, and counted for the alert', async () => {
  const backup = join(work, 'conversations');
  const { services } = await deskfleet('backup', '--to', backup, '--service', 'conversations');
  const { source } = (services as Record<string, Json>)['conversations'] ?? {};
  await deskfleet('import', 'transcripts', transcripts('third'));
  await installation.stop();
  await deskfleet('restore', '--from', backup, '--service', 'conversations');
  installation = await startInstallation({ bus: 'feed', dataDir: installation.dataDir });
  await deskfleet('import', 'transcripts', transcripts('fourth')); // everyone has met the new epoch

  const met = (await deskfleet<Orphans[]>('orphans')).find(({ service }) => service === 'sla-monitoring');
  const [restore] = met?.restores ?? [];
  expect(restore).toMatchObject({ oldSource: source, orphaned: met?.events.length });
  expect(met?.events.map(({ type }) => type.split('.').at(-1))).toEqual(expect.arrayContaining(['ConversationOpened', 'MessageReceived', 'MessageReceived']));
  for (const event of met?.events ?? []) {
    expect(event).toMatchObject({ source, applied: true });
    expect(event.position).toBeGreaterThan(restore?.restoredHead ?? Number.NaN);
  }
  const { ports } = JSON.parse(readFileSync(join(installation.dataDir, 'installation.json'), 'utf8')) as { ports: Record<string, number> };
  const metrics = await (await fetch(`http://127.0.0.1:${ports['sla-monitoring.http']}/metrics`)).text();
  expect(metrics).toMatch(new RegExp(`^deskfleet_consumer_orphaned\\{.*source_service="conversations".*\\} ${met?.events.length}$`, 'm'));
});

interface Orphans {
  readonly service: string;
  readonly restores: readonly { oldSource: string; restoredHead: number; orphaned: number }[];
  readonly events: readonly { source: string; position: number; type: string; applied: boolean }[];
}

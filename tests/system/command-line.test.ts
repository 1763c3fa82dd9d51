// The commands that others script against, as their table in the README promises them: names, options, what is printed and how they end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@deskfleet/servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedInstallation, startInstallation } from '../installation.ts';
import { type Json, told } from './asking.ts';
import { Visitor } from './visitor.ts';

const CLI = fileURLToPath(new URL('../../libs/cli/src/main.ts', import.meta.url));
const ROLES = { operations: 'vendor-operations', lead: 'team-lead', inspector: 'qa-inspector', finance: 'finance' } as const;

let folder: string;
let installation: StartedInstallation;
let port: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deskfleet-commands-'));
  port = await freePort();
  const tools = join(folder, 'bin');
  withoutServers(tools);
  installation = await startInstallation({ bus: 'feed', demo: 'none', port, env: { PATH: tools } });
});

afterAll(async () => {
  await installation?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** A PATH of a machine on which nobody installed what a server or a browser needs. */
function withoutServers(tools: string): void {
  const absent = /^(java|mvn|docker|psql|postgres|pg_ctl|initdb|kafka.*|chromium.*|google-chrome.*)$/;
  mkdirSync(tools);
  for (const path of (process.env['PATH'] ?? '').split(delimiter).filter((each) => existsSync(each))) {
    for (const tool of readdirSync(path))
      if (!absent.test(tool) && lstatSync(join(tools, tool), { throwIfNoEntry: false }) === undefined) symlinkSync(join(path, tool), join(tools, tool));
  }
}

/** The command with an environment of one's own. */
async function deskfleet(args: readonly string[], env: Readonly<Record<string, string>>): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder, env: { PATH: process.env['PATH'] ?? '', ...env } });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const [code] = await once(child, 'close');
  return { code: Number(code), stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

async function json<Answer = Json>(...args: readonly string[]): Promise<Answer> {
  const { code, stdout } = await installation.deskfleet(...args, '--json');
  expect({ args, code }).toEqual({ args, code: 0 });
  return JSON.parse(stdout) as Answer;
}

const said = (shop: string, conversation: string, message: number, sentAt: string, sender = 'customer'): string =>
  JSON.stringify({
    conversation_id: conversation,
    message_id: `${conversation}-${message}`,
    shop,
    channel: 'tmall',
    sent_at: sentAt,
    sender,
    sender_id: sender === 'customer' ? `buyer of ${conversation}` : 'seat',
    text: '在吗',
  });

function fileOf(name: string, ...lines: readonly string[]): string {
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
  return join(folder, name);
}

test('it starts on the port asked for on a machine without Java, and without demo data it has a vendor, its sign-ins and no shops', async () => {
  expect(installation.url).toBe(`http://127.0.0.1:${port}`);
  expect(await told(installation, '/shops')).toMatchObject({ shops: [] });
  expect(await told(installation, '/clients')).toMatchObject({ clients: [] });
  for (const [login, role] of Object.entries(ROLES)) {
    const person = new Visitor(installation.url);
    await person.signIn(login, '/', 'deskfleet');
    expect((await person.json('/me')).body, login).toMatchObject({ signedIn: true, membership: { role, vendorName: 'Deskfleet' } });
  }
});

test('an unknown shop is a rejected line without --create-shops, and a client with a contract on the standard terms with it', async () => {
  const file = fileOf('two.ndjson', said('north', 'n1', 1, '2026-03-05T10:00:00+08:00'), said('north', 'n1', 2, '2026-03-05T10:00:30+08:00', 'agent'));
  const refused = await installation.deskfleet('import', 'transcripts', file, '--json');
  expect(refused.code).toBe(1);
  const found = { field: 'shop', found: 'north', expected: "the code of one of the vendor's shops" };
  const rejected = [
    { line: 1, ...found },
    { line: 2, ...found },
  ];
  expect(JSON.parse(refused.stdout)).toEqual({ messages: 2, conversations: 0, inserted: 0, duplicates: 0, rejected, seconds: expect.any(Number) });
  expect(await told(installation, '/shops')).toMatchObject({ shops: [] });

  const taken = await json('import', 'transcripts', file, '--create-shops');
  expect(taken).toEqual({ messages: 2, conversations: 1, inserted: 2, duplicates: 0, rejected: [], seconds: expect.any(Number) });
  const { contracts } = await told(installation, '/contracts');
  expect(contracts).toHaveLength(1);
  const { terms } = await told(installation, `/contracts/${String((contracts as Json[])[0]?.['contractId'])}`);
  expect(terms).toMatchObject({
    currency: 'CNY',
    zone: 'Asia/Shanghai',
    effectiveOn: '2000-01-01',
    scope: [],
    usage: { unit: 'conversation', exclusions: ['none'], unitPrice: '0.60' },
    clauses: [{ metric: 'first-response', allowanceMs: 3_600_000, targetBp: 9_000, credit: { base: 'usage-fee', rateBp: 500 } }],
  });
  expect(await json('import', 'transcripts', file, '--create-shops')).toMatchObject({ inserted: 0, duplicates: 2, rejected: [] });
});

test('a report is by shop and by days of the first customer message in the zone, both ends included', async () => {
  const file = fileOf(
    'days.ndjson',
    said('south', 's1', 1, '2026-04-01T23:59:59.999+08:00'),
    said('south', 's2', 1, '2026-04-02T00:00:00.000+08:00'),
    said('south', 's3', 1, '2026-04-03T23:59:59.999+08:00'),
    said('south', 's3', 2, '2026-04-04T00:10:00.000+08:00', 'agent'),
    said('south', 's4', 1, '2026-04-04T00:00:00.000+08:00'),
  );
  await json('import', 'transcripts', file, '--create-shops');
  const report = await json('report', 'sla', '--shop', 'south', '--from', '2026-04-02', '--to', '2026-04-03');
  expect(report).toMatchObject({ total: { conversations: 2 }, shops: { south: { conversations: 2 } } });
  expect(Object.keys(report['shops'] as Json)).toEqual(['south']);
  const whole = await json('report', 'sla');
  expect(Object.keys(whole['shops'] as Json).sort()).toEqual(['north', 'south']);
  expect(whole).toMatchObject({ total: { conversations: 5 } });
  const unknown = await installation.deskfleet('report', 'sla', '--shop', 'west', '--json');
  expect(unknown).toEqual({ code: 1, stdout: '' });
});

test('without waiting an import answers when the file is in; the figures follow', async () => {
  const file = fileOf('later.ndjson', said('north', 'n2', 1, '2026-03-06T10:00:00+08:00'));
  expect(await json('import', 'transcripts', file, '--no-wait')).toMatchObject({ inserted: 1, rejected: [] });
  await told(installation, '/settle', { body: {} });
  expect(await json('report', 'sla', '--shop', 'north')).toMatchObject({ total: { conversations: 2 } });
});

test('closing goes month by month, then by shop, each line in decimals, and repeated it gives the same list', async () => {
  const issued = await json<Json[]>('invoices', 'close', '--through', '2026-04');
  expect(issued.map(({ period, shop, total }) => [period, shop, total])).toEqual([
    ['2026-03', 'north', '1.14'], // 2 x 0.60; one unanswered of two: 5 % of 1.20 back
    ['2026-04', 'south', '2.28'], // 4 x 0.60; one answered of four: 5 % of 2.40 back
  ]);
  expect(issued[0]).toEqual({
    shop: 'north',
    period: '2026-03',
    number: expect.any(String),
    currency: 'CNY',
    lines: [
      { key: 'usage.conversation', description: expect.any(String), quantity: '2', unit_price: '0.60', amount: '1.20' },
      { key: 'sla.credit', description: expect.any(String), quantity: '1', unit_price: '-0.06', amount: '-0.06' },
    ],
    total: '1.14',
  });
  expect(await json('invoices', 'close', '--through', '2026-04')).toEqual(issued);
  expect(await json('invoices', 'list')).toEqual(issued);
});

test('it acts on DESKFLEET_URL with DESKFLEET_TOKEN, and says what is missing where it cannot', async () => {
  const token = readFileSync(join(installation.dataDir, 'operator-token'), 'utf8').trim();
  const named = await deskfleet(['invoices', 'list', '--json'], { DESKFLEET_URL: `${installation.url}/`, DESKFLEET_TOKEN: token });
  expect(named.code).toBe(0);
  expect(JSON.parse(named.stdout)).toEqual(await json('invoices', 'list'));

  const byFolder = await deskfleet(['invoices', 'list', '--json'], { DESKFLEET_DATA_DIR: installation.dataDir });
  expect([byFolder.code, byFolder.stdout]).toEqual([0, named.stdout]);

  const tokenless = await deskfleet(['invoices', 'list'], { DESKFLEET_URL: installation.url });
  expect(tokenless).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('DESKFLEET_TOKEN is missing') });
  const stranger = await deskfleet(['invoices', 'list'], { DESKFLEET_URL: installation.url, DESKFLEET_TOKEN: 'nobody' });
  expect(stranger).toMatchObject({ code: 1, stdout: '' });
  const nowhere = await deskfleet(['--data-dir', join(folder, 'nothing-here'), 'invoices', 'list'], {});
  expect(nowhere).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('There is no installation') });
});

// A person is erased from a whole installation on Kafka: what they wrote, were called and were called by, what was said, noted and asked about them, is
// in no table, no topic, no log and no backup, before as after; every figure and invoice stays. A restore brings the log back, not the person.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedInstallation, startInstallation } from '../installation.ts';
import { type Json, told } from './asking.ts';

/** Stands in everything that is personal; the control stands where it may be read, so that a search that finds nothing would be noticed. */
const MARKER = 'mk7Qp2Zx9Lw4';
const CONTROL = 'ctl5Rt8Yb3Nd';
/** Stands in what both sides say of their work: in the clear nowhere either, and kept when a person is erased. */
const KEPT = 'kpt3Vn6Hs8Jm';
const BUYER = `${MARKER}-buyer`;
const DAY = '2020-03-0';

let installation: StartedInstallation;
let work: string;
let file: string;
let assignments: Assigned[];

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'deskfleet-erasure-'));
  process.env['DESKFLEET_KEY_CACHE_SECONDS'] = '2'; // what an erasure waits for before it is done
  installation = await startInstallation({ bus: 'kafka' });
  file = join(work, `${KEPT}.ndjson`);
  writeFileSync(file, [...chat(1, BUYER), ...chat(2, BUYER), ...chat(3, 'somebody-else')].map((line) => JSON.stringify(line)).join('\n'));
});

afterAll(async () => {
  delete process.env['DESKFLEET_KEY_CACHE_SECONDS'];
  await installation?.remove();
  rmSync(work, { recursive: true, force: true });
});

function chat(n: number, buyer: string): object[] {
  const mark = buyer === BUYER ? MARKER : 'nothing to see';
  const line = (part: number, sender: string, fields: object) => ({
    conversation_id: `chat-${n}`,
    message_id: `chat-${n}-${part}`,
    shop: CONTROL,
    channel: 'tmall',
    sent_at: `${DAY}${n}T10:0${part}:00+08:00`,
    sender,
    ...fields,
  });
  return [
    line(1, 'customer', { sender_id: buyer, customer_name: `${mark} name`, text: `${mark} asks` }),
    line(2, 'agent', { sender_id: 'seat', text: `dear ${mark}, it is on its way to ${mark} road` }),
  ];
}

/** Lines whose columns are mixed up: what the person said stands where a sender, an instant, a kind of service should. They are rejected, by name. */
function mixedUp(): object[] {
  const [line] = chat(4, BUYER);
  const said = `${MARKER} said this, 谢谢`;
  return ['sender', 'sent_at', 'service_type', 'text'].map((field) => ({ ...line, [field]: field === 'text' ? [said] : said }));
}

async function deskfleet(...args: readonly string[]): Promise<Json> {
  const { stdout, code } = await installation.deskfleet(...args, '--json');
  expect(code, `${args.join(' ')}: ${stdout}`).toBe(0);
  return JSON.parse(stdout) as Json;
}

interface Assigned {
  readonly assignmentId: string;
  readonly messageId: string;
}

/** An inspector of their own takes everything, and writes the marker wherever they may write about the person: one conversation is skipped, the other scored. */
async function inspected(): Promise<Assigned[]> {
  const token = await inspectorToken();
  const asInspector = (path: string, body: object) => told(installation, path, { body, headers: { authorization: `Bearer ${token}` } });
  const { sampleId } = await told(installation, '/samples', {
    body: { range: { from: `${DAY}1`, to: `${DAY}9` }, ratioBp: 10_000, seed: 1, everyAgent: true },
  });
  const taken: Assigned[] = [];
  let skipped = false;
  for (;;) {
    const { assignmentId, messages } = await asInspector('/assignments/next', { sampleId });
    if (assignmentId === '') return taken;
    const messageId = String((messages as Json[])[0]?.['messageId']);
    const theirs = JSON.stringify(messages).includes(MARKER); // a sample's order follows from the log's, whoever is first in it
    const mark = theirs ? MARKER : 'nothing to see';
    const at = `/assignments/${String(assignmentId)}`;
    const items = ['greeting', 'understanding', 'answer', 'tone', 'selling', 'order', 'red-line'].map((itemKey) => ({ itemKey, grade: 'pass' }));
    const finding = { messageId, category: 'tone', severity: 'minor', note: `${mark} was told too little` };
    if (theirs && !skipped) {
      skipped = true;
      await asInspector(`${at}/skip`, { reason: `${mark} cannot be judged` });
    } else {
      await asInspector(`${at}/findings`, finding);
      await asInspector(`${at}/score`, { scorecardVersion: 1, items });
      await asInspector(`${at}/correct`, { items: items.map((item) => ({ ...item, grade: 'partial' })), reason: `${mark} was right` });
    }
    taken.push({ assignmentId: String(assignmentId), messageId });
  }
}

const REMEDY = `dear ${MARKER}, we are sorry`;

/** Operations write the marker wherever they may write about the person's conversation, and the other words wherever they speak of their work. */
async function written(): Promise<void> {
  const say = (path: string, body: object) => told(installation, path, { body });
  await say('/settle', {});
  const { conversations } = await told(installation, '/conversations');
  const transcripts = await Promise.all((conversations as Json[]).map(({ conversationId }) => told(installation, `/conversations/${String(conversationId)}`)));
  const theirs = transcripts.find((transcript) => JSON.stringify(transcript).includes(MARKER))?.['summary'] as Json;
  const { conversationId, shopId } = theirs;
  const onBehalf = { consent: { decidedBy: 'vendor-on-behalf', evidence: 'a call' } };
  const ask = async (text: string) => String((await say(`/shops/${String(shopId)}/questions`, { text, conversationIds: [conversationId] }))['questionId']);
  await say(`/questions/${await ask(`may ${MARKER} return it?`)}/answer`, { text: `within ${KEPT} days`, ...onBehalf });
  await say(`/questions/${await ask(`and ${MARKER}?`)}/withdrawal`, { reason: `${MARKER} does not want it any more` });

  const [contract] = (await told(installation, '/contracts'))['contracts'] as Json[];
  const at = `/contracts/${String(contract?.['contractId'])}`;
  const weaknesses = [{ text: `${MARKER} waited`, judged: 'process', conversationId }];
  const { weaknessKeys } = await say(`${at}/supervision`, { checkedOn: `${DAY}5`, inspector: 'the owner', weaknesses, ...onBehalf });
  await say(`${at}/weaknesses/${String((weaknessKeys as string[])[0])}/remedy`, { text: REMEDY, dueOn: '2099-01-01' });
  const { suggestionId } = await say(`${at}/suggestions`, { text: `more ${KEPT} at night` });
  await say(`${at}/suggestions/${String(suggestionId)}/reply`, { adopted: false, reason: `no ${KEPT} now`, ...onBehalf });
  const actions = [{ text: `count ${KEPT}`, owner: 'vendor', dueOn: `${DAY}9` }];
  await say(`${at}/meetings`, { heldOn: `${DAY}6`, levels: ['manager'], topics: `all of ${KEPT}`, actions });
}

async function inspectorToken(): Promise<string> {
  const { link } = await told(installation, '/invitations', { body: { name: 'Inspector', role: 'qa-inspector' } });
  const token = String(link).split('/').at(-1) ?? '';
  const post = (path: string, body: object, headers: Record<string, string>) =>
    fetch(`${installation.url}/api/v1${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  const accepted = await post('/invitations/accept', { token, login: 'inspector-of-all', password: 'correct horse' }, {});
  const cookie = accepted.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
  return String(((await (await post('/tokens', { days: 1 }, { cookie })).json()) as Json)['token']);
}

const figures = async () => ({ sla: await deskfleet('report', 'sla'), invoices: await deskfleet('invoices', 'list') });

/** What is told of the person's conversations and the work on them, to operations: texts, and what was written about them. */
async function wordsAbout(): Promise<string> {
  // A service that was restored a moment ago is found again within two seconds: until then it is away, and nothing is settled.
  await expect.poll(() => told(installation, '/settle', { body: {} }), { timeout: 60_000 }).toMatchObject({ settled: true });
  const { conversations } = await told(installation, '/conversations');
  const transcripts = await Promise.all((conversations as Json[]).map(({ conversationId }) => told(installation, `/conversations/${String(conversationId)}`)));
  const { contracts } = await told(installation, '/contracts');
  const [{ contractId, shops } = {}] = contracts as Json[];
  const [{ shopId } = {}] = shops as Json[];
  const paths = ['/findings', '/inspections', '/imports', '/questions', `/shops/${String(shopId)}/knowledge`];
  const more = ['supervision', 'meetings'].map((part) => `/contracts/${String(contractId)}/${part}`);
  return JSON.stringify([transcripts, await Promise.all([...paths, ...more].map((path) => told(installation, path)))]);
}

const encodings = (text: string): Buffer[] => [Buffer.from(text), Buffer.from(Buffer.from(text).toString('hex')), Buffer.from(text.toUpperCase())];
const holds = (bytes: Buffer, text: string): boolean => encodings(text).some((each) => bytes.includes(each));

/** Where a text stands in the clear: tables (as text and hex), topics, logs, a backup's files and those of the cluster that runs. */
async function findEverywhere(text: string, backup: string): Promise<Record<string, string[]>> {
  const { dataDir } = installation;
  return {
    tables: await inTables(text),
    topics: inTopics(text),
    logs: inFiles(text, join(dataDir, 'logs')),
    backup: inFiles(text, backup),
    cluster: inFiles(text, join(dataDir, 'postgres')),
  };
}

function databaseUrl(database: string): string {
  const { ports } = JSON.parse(readFileSync(join(installation.dataDir, 'installation.json'), 'utf8')) as { ports: Record<string, number> };
  const password = readFileSync(join(installation.dataDir, 'postgres.password'), 'utf8');
  return `postgres://deskfleet:${password}@127.0.0.1:${ports['postgres']}/${database}`;
}

async function asked<T>(database: string, query: string): Promise<T[]> {
  const client = new Client({ connectionString: databaseUrl(database) });
  await client.connect();
  try {
    return (await client.query(query)).rows as T[];
  } finally {
    await client.end();
  }
}

/** How many texts these read models of client-onboarding hold, sealed or not. */
async function sealedTextsOf(...views: readonly string[]): Promise<number[]> {
  const held = async (view: string) =>
    (await asked<{ n: number }>('deskfleet_client_onboarding', `select count(*)::int as n from ${view} where text <> ''`))[0]?.n;
  return Promise.all(views.map(async (view) => (await held(view)) ?? Number.NaN));
}

async function inTables(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const { name } of await asked<{ name: string }>('postgres', `select datname as name from pg_database where datname like 'deskfleet%'`)) {
    const tables = await asked<{ name: string }>(
      name,
      `select quote_ident(relname) as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
    );
    for (const table of tables) {
      const rows = await asked<{ row: string }>(name, `select t::text as row from ${table.name} t`);
      if (rows.some(({ row }) => holds(Buffer.from(row), text))) found.push(`${name}.${table.name}`);
    }
  }
  return found;
}

/** The broker's own segments: whatever any consumer could be given, read or not. */
function inTopics(text: string): string[] {
  const segments = inFiles(text, join(installation.dataDir, 'kafka')).flatMap((path) => /([a-z.]+\.v1)-\d+\/\d+\.log$/.exec(path)?.[1] ?? []);
  return [...new Set(segments)].sort();
}

function inFiles(text: string, folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => holds(contentOf(path), text));
}

/** A running server may have removed a file since it was listed. */
function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

const NOWHERE = { tables: [], topics: [], logs: [], backup: [], cluster: [] };

test('erased, a person is nowhere, figures and invoices stay, and neither an import nor a restore brings them back', async () => {
  expect(await deskfleet('import', 'transcripts', file, '--create-shops')).toMatchObject({ inserted: 6, rejected: [] });
  const mixed = join(work, 'mixed-up.ndjson');
  writeFileSync(
    mixed,
    mixedUp()
      .map((line) => JSON.stringify(line))
      .join('\n'),
  );
  const refused = await installation.deskfleet('import', 'transcripts', mixed, '--json');
  expect(JSON.parse(refused.stdout)).toMatchObject({ inserted: 0, rejected: ['sender', 'sent_at', 'service_type', 'text'].map((field) => ({ field })) });
  expect(refused.stdout).not.toContain(MARKER);
  await deskfleet('invoices', 'close', '--through', '2020-03');
  assignments = await inspected();
  expect(assignments).toHaveLength(3);
  await written();
  const before = await figures();
  const words = await wordsAbout();
  for (const said of ['asks', 'return it', 'any more', 'waited', 'we are sorry']) expect(words).toMatch(new RegExp(`${MARKER}[^"]* ${said}`));
  const kept = words.split(KEPT).length;
  const older = join(work, 'older');
  await deskfleet('backup', '--to', older);
  for (const text of [MARKER, KEPT]) expect(await findEverywhere(text, older)).toEqual(NOWHERE); // sealed from the first event on

  // The search sees what is there.
  const control = await findEverywhere(CONTROL, older);
  expect(control['tables']).toEqual(expect.arrayContaining(['deskfleet_client_onboarding.events', 'deskfleet_conversations.known_shops']));
  expect(control['topics']).toContain('deskfleet.onboarding.v1');
  expect([control['backup']?.length, control['cluster']?.length].every((n) => (n ?? 0) > 0)).toBe(true);

  const hold = String((await deskfleet('holds', 'place', '--shop', CONTROL, '--reason', 'a lawsuit'))['holdId']);
  const erase = ['erase-subject', '--shop', CONTROL, '--buyer', BUYER, '--reason', 'asked for by mail'];
  expect((await installation.deskfleet(...erase)).code).toBe(1);
  await deskfleet('holds', 'release', hold, '--reason', 'settled');
  expect(await deskfleet(...erase)).toMatchObject({ erasures: [{ state: 'done', conversations: 2, reason: 'asked for by mail' }] });
  expect(await deskfleet(...erase)).toEqual({ erasures: [] });

  const newer = join(work, 'newer');
  await deskfleet('backup', '--to', newer);
  for (const text of [MARKER, KEPT]) expect(await findEverywhere(text, newer)).toEqual(NOWHERE);
  const erased = await wordsAbout();
  expect([erased.includes(MARKER), erased.includes('nothing to see asks'), erased.includes('"erased":true')]).toEqual([false, true, true]);
  expect(erased.split(KEPT)).toHaveLength(kept); // the answer, which is the shop's, and what both sides say of their work
  expect(await figures()).toEqual(before);

  expect(await deskfleet('import', 'transcripts', file)).toMatchObject({ inserted: 0, duplicates: 6, rejected: [] });
  expect(await wordsAbout()).not.toContain(MARKER);

  const restored = await deskfleet('restore', '--from', older, '--service', 'conversations');
  expect(restored).toMatchObject({ keys: { kept: ['deskfleet_conversations_keys'], restored: [] } });
  const again = await wordsAbout();
  expect([again.includes(MARKER), again.includes('nothing to see asks')]).toEqual([false, true]);
  expect(await figures()).toEqual(before);
  expect(await deskfleet('import', 'transcripts', file, '--no-wait')).toMatchObject({ inserted: 0, duplicates: 6, rejected: [] });
  expect(await wordsAbout()).not.toContain(MARKER);

  await deskfleet('restore', '--from', older, '--service', 'client-onboarding');
  for (const name of ['questions', 'weaknesses']) await deskfleet('projections', 'rebuild', 'client-onboarding', name);
  const rebuilt = await wordsAbout();
  expect([rebuilt.includes(MARKER), rebuilt.includes(`within ${KEPT} days`)]).toEqual([false, true]);
  expect(await sealedTextsOf('questions', 'weaknesses')).toEqual([0, 0]);
});

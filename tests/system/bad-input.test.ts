// Bad input by every door: a file, the API, a platform's webhook, a contract, a month to close. Each is named by code, field, what was found and
// what was expected, in the reader's language, and leaves everything as it was.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedInstallation, startInstallation } from '../installation.ts';
import { type Answer, ask, connectedShop, type Json, told, webhook } from './asking.ts';

const MINUTE_MS = 60_000;
const LINE_LIMIT_BYTES = 131_072;
const MB = 1_048_576;

let installation: StartedInstallation;
let shop: { readonly shopId: string; readonly secret: string };

beforeAll(async () => {
  installation = await startInstallation({ bus: 'feed' });
  shop = await connectedShop(installation, 'known');
});

afterAll(() => installation?.remove());

const inAnHour = (): string => new Date(Date.now() + 60 * MINUTE_MS).toISOString();
const runningMonth = (): string => Temporal.Now.plainDateISO('Asia/Shanghai').toPlainYearMonth().toString();

function message(id: string, fields: object = {}): Json {
  const [conversation] = id.split('-');
  return {
    conversation_id: conversation,
    message_id: id,
    sent_at: '2026-03-02T10:00:00+08:00',
    sender: 'customer',
    sender_id: 'buyer',
    text: `message ${id}`,
    ...fields,
  };
}

const line = (id: string, fields: object = {}): string => JSON.stringify(message(id, { shop: 'known', channel: 'tmall', ...fields }));

/** Everything there is: the texts of each conversation by the shop, the contracts and the invoices. */
async function everything(): Promise<Json> {
  await told(installation, '/settle', { body: {} });
  const { conversations } = await told(installation, '/conversations');
  const transcripts: Record<string, unknown> = {};
  for (const { conversationId } of conversations as Json[]) {
    const { messages } = await told(installation, `/conversations/${String(conversationId)}`);
    transcripts[String(conversationId)] = (messages as Json[]).map(({ messageId, text }) => `${String(messageId)}: ${String(text)}`);
  }
  const { contracts } = await told(installation, '/contracts');
  const { invoices } = await told(installation, '/invoices');
  const { total } = await told(installation, '/reports/sla');
  return { transcripts, contracts, invoices, total };
}

async function textsOf(): Promise<readonly string[]> {
  return (Object.values((await everything())['transcripts'] as Json) as string[][]).flat().sort();
}

/** The problem's name and place; its words are the language's. What names the instant of the asking is told without it. */
const named = ({ status, body }: Answer): Json => {
  const { field, found, expected } = (body['facts'] ?? {}) as Json;
  return { status, code: body['code'], ...(field === undefined ? {} : { field, found, expected: timeless(expected) }) };
};

const timeless = (expected: unknown): string => String(expected).replace(/not after \S+: /, '');

/** Asks in Chinese and in English: the same name and place, each in its own words. Answers the name. */
async function refusedInBoth(asked: (headers: Readonly<Record<string, string>>) => Promise<Answer>): Promise<Json> {
  const zh = await asked({ 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.5' });
  const en = await asked({ 'accept-language': 'en-US,en;q=0.9' });
  expect(named(zh)).toEqual(named(en));
  expect(zh.body['title']).toMatch(/\p{Script=Han}/u);
  expect(en.body['title']).not.toMatch(/\p{Script=Han}/u);
  expect(en.body['title'], 'words, not the bare code').not.toBe(String(en.body['code']).replaceAll('-', ' '));
  return named(en);
}

test('a file with bad lines: each is named by number, field, found and expected, the good ones go in, and again nothing changes', async () => {
  const ahead = inAnHour();
  const lines = [
    line('f1-1'),
    '{"conversation_id": "f1", "message_id": ',
    line('f1-2', { shop: 'nobody' }),
    line('f1-3', { sent_at: '2026-03-02T10:00:00' }),
    line('f1-4', { sent_at: ahead }),
    line('f1-5', { text: 'x'.repeat(5 * MB) }),
    line('f1-1', { text: 'something else' }),
    line('f1-6', { sender: 'agent', sender_id: 'seat-1' }),
  ];
  const file = join(installation.dataDir, 'bad.ndjson');
  writeFileSync(file, `${lines.join('\n')}\n`);

  const first = await installation.deskfleet('import', 'transcripts', file, '--json');
  expect(first.code).toBe(1);
  const summary = JSON.parse(first.stdout) as Json;
  expect(summary).toMatchObject({ messages: 8, conversations: 1, inserted: 2, duplicates: 0 });
  const rejected = [
    { line: 2, field: '', found: expect.stringContaining('JSON'), expected: 'a JSON object' },
    { line: 3, field: 'shop', found: 'nobody', expected: "the code of one of the vendor's shops" },
    { line: 4, field: 'sent_at', found: '2026-03-02T10:00:00', expected: expect.stringContaining('with a zone') },
    { line: 5, field: 'sent_at', found: ahead, expected: expect.stringContaining('at most 5 minutes ahead') },
    { line: 6, field: '', found: `a line of ${lines[5]?.length} bytes`, expected: `a line of at most ${LINE_LIMIT_BYTES} bytes` },
    { line: 7, field: 'message_id', found: 'f1-1 with other content', expected: 'the content this message id first came with' },
  ];
  expect(summary['rejected']).toEqual(rejected);
  const after = await everything();
  expect(await textsOf()).toEqual(['f1-1: message f1-1', 'f1-6: message f1-6']);

  const again = await installation.deskfleet('import', 'transcripts', file, '--json');
  expect(again.code).toBe(1);
  expect(JSON.parse(again.stdout)).toMatchObject({ inserted: 0, duplicates: 2, rejected });
  expect(await everything()).toEqual(after);
});

test('a chunk of 5 MB is 413 at the door, and nothing of it goes in', async () => {
  const before = await everything();
  const { importId } = await told(installation, '/imports', { body: { fileName: 'large.ndjson' } });
  const body = line('l1-1', { text: 'x'.repeat(5 * MB) });
  const refused = await refusedInBoth((headers) =>
    ask(installation, `/imports/${String(importId)}/chunks/1`, { body, headers: { ...headers, 'content-type': 'application/x-ndjson' } }),
  );
  expect(refused).toMatchObject({ status: 413, code: 'body-too-large' });
  expect(await everything()).toEqual(before);
});

test('a webhook call that does not prove itself is 401 by name: unsigned, signed by another, too old, ahead of its time, for a shop that is none', async () => {
  const before = await everything();
  const { secret } = shop;
  const body = JSON.stringify(message('w0-1'));
  const call = (fields: object) => refusedInBoth((headers) => webhook(installation, { shop: 'known', body, headers, ...fields }));
  expect(await call({})).toEqual({ status: 401, code: 'signature-missing' });
  expect(await call({ secret: 'another' })).toEqual({ status: 401, code: 'signature-invalid' });
  expect(await call({ secret, timestamp: Date.now() - 5 * MINUTE_MS - 1_000 })).toEqual({ status: 401, code: 'timestamp-too-old' });
  expect(await call({ secret, timestamp: Date.now() + 6 * MINUTE_MS })).toEqual({ status: 401, code: 'timestamp-too-old' });
  expect(await call({ secret, shop: 'nobody' })).toEqual({ status: 401, code: 'signature-invalid' });
  expect(await everything()).toEqual(before);
  // What was refused unproved took no idempotency key: the same call, in order, goes in.
  expect(await webhook(installation, { shop: 'known', body, secret, timestamp: Date.now() - 4 * MINUTE_MS })).toMatchObject({
    status: 200,
    body: { inserted: 1 },
  });
});

test('a webhook call with a bad message is refused whole, and names the message and the field', async () => {
  const { secret } = shop;
  await webhook(installation, { shop: 'known', secret, body: JSON.stringify(message('w1-1')) });
  const before = await everything();
  const call = (body: string) => refusedInBoth((headers) => webhook(installation, { shop: 'known', secret, body, headers }));
  const beside = (bad: Json): string => JSON.stringify([message('w1-2'), bad]);
  const invalid = { status: 422, code: 'webhook-body-invalid' };
  expect(await call('{"messages": [')).toMatchObject({ ...invalid, field: 'body', expected: 'a JSON object with a list of messages' });
  expect(await call(beside(message('w1-3', { sent_at: '2026-03-02T10:00:00' })))).toEqual({
    ...invalid,
    field: 'messages[1].sent_at',
    found: '2026-03-02T10:00:00',
    expected: expect.stringContaining('with a zone'),
  });
  const ahead = inAnHour();
  expect(await call(beside(message('w1-3', { sent_at: ahead })))).toEqual({
    ...invalid,
    field: 'messages[1].sent_at',
    found: ahead,
    expected: 'at most 5 minutes ahead',
  });
  expect(await call(beside(message('w1-1', { text: 'something else' })))).toMatchObject({
    status: 422,
    code: 'message-id-reused',
    field: 'messages[1].message_id',
  });
  expect(await everything()).toEqual(before);
});

test('a webhook call repeated with its key gets the same answer and adds no message; with other content it is 422', async () => {
  const { secret } = shop;
  const body = JSON.stringify(message('w2-1'));
  const first = await webhook(installation, { shop: 'known', secret, body, key: 'call-1' });
  expect(first).toMatchObject({ status: 200, body: { messageIds: ['w2-1'], inserted: 1, duplicates: 0 } });
  const after = await everything();
  expect(await webhook(installation, { shop: 'known', secret, body, key: 'call-1' })).toEqual(first);
  const other = JSON.stringify(message('w2-2'));
  const refused = await refusedInBoth((headers) => webhook(installation, { shop: 'known', secret, body: other, key: 'call-1', headers }));
  expect(refused).toMatchObject({ status: 422, code: 'command-id-reused' });
  expect(await everything()).toEqual(after);
});

test('terms without service window, without counting unit or counted in orders are refused by name, and no contract begins (BR-213)', async () => {
  const { clientId } = await told(installation, '/clients', { body: { name: 'A new client' } });
  const { shopId } = await told(installation, `/clients/${String(clientId)}/shops`, { body: { code: 'new', name: 'A new shop', platform: 'tmall' } });
  await told(installation, '/settle', { body: {} });
  const paper = { body: 'signed on paper', headers: { 'content-type': 'text/plain' } };
  const { fileId } = await told(installation, `/files?name=paper.txt&shopIds=${String(shopId)}`, paper);
  const before = await everything();
  const usage = { unit: 'conversation', exclusions: ['none'], unitPrice: '0.60' };
  const terms = { currency: 'CNY', zone: 'Asia/Shanghai', effectiveOn: '2026-01-01', serviceWindows: [{ from: '00:00', to: '24:00' }], usage };
  const contract = {
    clientId,
    shopIds: [shopId],
    signedOn: '2026-01-01',
    clientConsent: { decidedBy: 'vendor-on-behalf', evidence: 'signed on paper', fileIds: [fileId] },
  };
  const sign = (changed: object) =>
    refusedInBoth((headers) => ask(installation, '/contracts', { body: { ...contract, terms: { ...terms, ...changed } }, headers }));
  expect(await sign({ serviceWindows: [] })).toEqual({
    status: 422,
    code: 'service-window-missing',
    field: 'terms.serviceWindows',
    found: [],
    expected: expect.stringContaining('at least one service window'),
  });
  expect(await sign({ usage: { ...usage, unit: undefined } })).toEqual({
    status: 422,
    code: 'counting-unit-missing',
    field: 'terms.usage.unit',
    found: '',
    expected: 'conversation or buyer-day',
  });
  expect(await sign({ usage: { ...usage, unit: 'order' } })).toEqual({
    status: 422,
    code: 'counting-unit-order-unsupported',
    field: 'terms.usage.unit',
    found: 'order',
    expected: expect.stringContaining('conversation or buyer-day'),
  });
  expect(await everything()).toEqual(before);
  // The shop is as free as it was: the same contract in order is signed.
  expect(await ask(installation, '/contracts', { body: { ...contract, terms } })).toMatchObject({ status: 200 });
});

test('a month that has not ended is refused by name, and no invoice is issued, not even of a month before it', async () => {
  const before = await everything();
  const next = Temporal.PlainYearMonth.from(runningMonth()).add({ months: 1 }).toString();
  for (const through of [runningMonth(), next]) {
    expect(await refusedInBoth((headers) => ask(installation, '/invoices/close', { body: { through }, headers })), through).toEqual({
      status: 409,
      code: 'month-not-ended',
    });
    expect(await installation.deskfleet('invoices', 'close', '--through', through, '--json')).toEqual({ stdout: '', code: 1 });
  }
  expect((await everything())['invoices']).toEqual([]);
  expect(await everything()).toEqual(before);
});

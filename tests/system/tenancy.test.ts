// What one may not see does not exist: every route of the OpenAPI document that takes an id, asked for another client's shop and by another
// vendor; and nothing at all without a token.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shopIdOf } from '@deskfleet/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedInstallation, startInstallation } from '../installation.ts';

/** What needs no sign-in, and why: one's own state, invitations by their secret, a channel by its signature. */
const PUBLIC = ['getMe', 'signOut', 'lookUpInvitation', 'acceptInvitation', 'receiveWebhook', 'receiveStaffing'];
const MONTH = '2020-03';

type Json = Record<string, unknown>;
interface Operation {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: string;
  readonly operationId: string;
  readonly open: boolean;
  readonly query: readonly string[];
}

let installation: StartedInstallation;
let operations: readonly Operation[];
let operator: string;
let otherVendor: string;
/** A user of shop A's client. */
let clientA: string;
let clientB: string;
/** Ids of things of shop B. */
let idsOfB: Readonly<Record<string, string>>;

beforeAll(async () => {
  process.env['DESKFLEET_VENDORS'] = '[{"id":"vendor-1","name":"One"},{"id":"vendor-2","name":"Two"}]';
  installation = await startInstallation({ bus: 'feed' });
  operator = readFileSync(join(installation.dataDir, 'operator-token'), 'utf8');
  otherVendor = readFileSync(join(installation.dataDir, 'operator-token.vendor-2'), 'utf8');
  operations = operationsOf(await json('/openapi.json', ''));
  const file = join(installation.dataDir, 'two-shops.ndjson');
  writeFileSync(file, ['A', 'B'].flatMap((shop) => [1, 2, 3].flatMap((n) => conversation(shop, n))).join('\n'));
  expect((await installation.deskfleet('import', 'transcripts', file, '--create-shops', '--json')).code).toBe(0);
  expect((await installation.deskfleet('invoices', 'close', '--through', MONTH, '--json')).code).toBe(0);
  idsOfB = await thingsOf('B');
  clientA = await invited({ name: 'Owner of A', role: 'client', clientId: (await shopOf('A'))['clientId'] });
  clientB = await invited({ name: 'Owner of B', role: 'client', clientId: (await shopOf('B'))['clientId'] });
});

afterAll(async () => {
  delete process.env['DESKFLEET_VENDORS'];
  await installation?.remove();
});

/** A question answered three hours later: counted, billed, and a breach of the standard terms' hour. */
function conversation(shop: string, n: number): string[] {
  const line = (m: number, sender: string, at: string) =>
    JSON.stringify({
      conversation_id: `${shop}${n}`,
      message_id: `${shop}${n}-${m}`,
      shop,
      channel: 'tmall',
      sent_at: at,
      sender,
      sender_id: `${shop}:${sender}-${n}`,
      text: `${sender} ${n}`,
    });
  return [line(1, 'customer', `2020-03-0${n}T10:00:00+08:00`), line(2, 'agent', `2020-03-0${n}T13:00:00+08:00`)];
}

async function ask(path: string, token: string, method = 'get', body: object = {}): Promise<Response> {
  return fetch(`${installation.url}/api/v1${path}`, {
    method: method.toUpperCase(),
    headers: { ...(token === '' ? {} : { authorization: `Bearer ${token}` }), ...(method === 'post' ? { 'content-type': 'application/json' } : {}) },
    ...(method === 'post' ? { body: JSON.stringify(body) } : {}),
  });
}

async function json(path: string, token: string, method = 'get', body: object = {}): Promise<Json> {
  const response = await ask(path, token, method, body);
  const answer = (await response.json()) as Json;
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

async function first(path: string, list: string, token = operator): Promise<Json> {
  const found = ((await json(path, token))[list] as Json[])[0];
  if (found === undefined) throw new Error(`${path} has no ${list}`);
  return found;
}

async function shopOf(code: string): Promise<Json> {
  const shop = ((await json('/shops', operator))['shops'] as Json[]).find((each) => each['code'] === code);
  if (shop === undefined) throw new Error(`no shop ${code}`);
  return shop;
}

/** Invites someone, accepts for them, and answers a bearer token of theirs. */
async function invited(invitation: object): Promise<string> {
  const { link } = await json('/invitations', operator, 'post', invitation);
  const token = String(link).split('/').at(-1) ?? '';
  const accepted = await ask('/invitations/accept', '', 'post', { token, login: token.slice(3, 20), password: 'correct horse' });
  const cookie = accepted.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
  const issued = await fetch(`${installation.url}/api/v1/tokens`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json' },
    body: '{"days":1}',
  });
  return String(((await issued.json()) as Json)['token']);
}

async function thingsOf(code: string): Promise<Record<string, string>> {
  const { shopId, clientId, contractId } = await shopOf(code);
  const inspector = await invited({ name: 'Inspector', role: 'qa-inspector' });
  const { sampleId } = await json('/samples', operator, 'post', {
    shopIds: [shopId],
    range: { from: '2020-03-01', to: '2020-03-31' },
    ratioBp: 10_000,
    seed: 1,
  });
  const { assignmentId } = await json('/assignments/next', inspector, 'post', { sampleId });
  const scorecard = await json('/scorecard', inspector);
  const items = (scorecard['items'] as Json[]).map(({ key }) => ({ itemKey: key, grade: 'pass' }));
  await json(`/assignments/${String(assignmentId)}/score`, inspector, 'post', { scorecardVersion: scorecard['version'], items });
  await json('/settle', operator, 'post', {});
  const { agentId } = await json('/agents', operator, 'post', { name: 'Agent of B', skills: ['pre-sale'], maxLoad: 5 });
  const { holdId } = await json('/legal-holds', operator, 'post', { shopId, reason: 'a test' });
  await json(`/legal-holds/${String(holdId)}/release`, operator, 'post', { reason: 'a test' });
  await json('/erasures', operator, 'post', { shopId, buyerId: `${code}:customer-1`, reason: 'a test' });
  const together = await livedTogether(String(shopId), String(contractId), String(agentId));
  const breach = await first(`/breaches?shopIds=${String(shopId)}`, 'breaches');
  const event = await first(`/system/events?service=conversations&shopId=${String(shopId)}`, 'events');
  return strings({
    shopId,
    clientId,
    contractId,
    agentId,
    sampleId,
    assignmentId,
    ...together,
    ...(await onTheWay(String(shopId), String(clientId))),
    clauseKey: (breach['clause'] as Json)['key'],
    breachId: breach['breachId'],
    conversationId: (await first(`/conversations?shopIds=${String(shopId)}`, 'conversations'))['conversationId'],
    number: (await first(`/invoices?shopIds=${String(shopId)}`, 'invoices'))['number'],
    setId: (await json('/shop-sets', operator, 'post', { name: 'B', shopIds: [shopId] }))['setId'],
    holdId,
    erasureId: (await first('/erasures', 'erasures'))['erasureId'],
    importId: (await first('/imports', 'imports'))['importId'],
    ...(await quotedTo(code, String(clientId))),
    membershipId: (await first('/members', 'members'))['membershipId'],
    lineKey: 'usage.conversation',
    date: '2020-03-01',
    firstLine: '1',
    source: event['source'],
    position: event['position'],
    // Nothing stands still here, and what a service is named and keeps is nobody's own.
    heldId: 'held-nowhere',
    service: 'billing',
    name: 'invoices',
  });
}

/** A lead with a quote, a file and a webhook. What only a launched contract has goes by names that stand for nothing. */
async function onTheWay(shopId: string, clientId: string): Promise<Json> {
  const { leadId } = await json('/leads', operator, 'post', { clientId, source: 'online' });
  const profile = { code: 'B', name: 'B', platform: 'tmall', category: 'any', agentHeadcount: 1, averageInquiries: 10, campaigns: 'none' };
  await json(`/leads/${String(leadId)}/profiles`, operator, 'post', { profile });
  await json(`/leads/${String(leadId)}/plan`, operator, 'post', { coverage: 'together', engagement: 'long' });
  const steps = [{ key: 'agents', quantity: '1', unitPrice: '100', rule: 'a test' }];
  const quote = { currency: 'CNY', steps, agents: 1, validUntil: '2099-01-01' };
  const { quoteId } = await json(`/leads/${String(leadId)}/quotes`, operator, 'post', quote);
  const stored = await fetch(`${installation.url}/api/v1/files?name=a.txt&shopIds=${shopId}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${operator}`, 'content-type': 'text/plain' },
    body: 'of shop B',
  });
  const { fileId } = (await stored.json()) as Json;
  const { webhookId } = await json('/webhooks', operator, 'post', { url: 'http://127.0.0.1:9/nowhere' });
  const nothing = Object.fromEntries(['subjectId', 'trainingId', 'itemKey', 'batchKey', 'key'].map((name) => [name, 'nowhere']));
  return { leadId, quoteId, fileId, webhookId, ...nothing };
}

/** Something of everything that both sides of a contract live together on. */
async function livedTogether(shopId: string, contractId: string, agentId: string): Promise<Json> {
  const consent = { evidence: 'a test' };
  const contract = `/contracts/${contractId}`;
  const { questionId } = await json(`/shops/${shopId}/questions`, operator, 'post', { text: 'a question' });
  await json(`/questions/${String(questionId)}/answer`, operator, 'post', { text: 'an answer', consent });
  const check = { checkedOn: '2020-03-01', inspector: 'Owner of B', consent, weaknesses: [{ text: 'slow', judged: 'process' }] };
  const { weaknessKeys } = await json(`${contract}/supervision`, operator, 'post', check);
  const { suggestionId } = await json(`${contract}/suggestions`, operator, 'post', { text: 'a suggestion' });
  const actions = [{ text: 'an action', owner: 'vendor', dueOn: '2020-03-02' }];
  const { meetingId } = await json(`${contract}/meetings`, operator, 'post', { heldOn: '2020-03-01', levels: ['manager'], topics: 'a talk', actions });
  await json('/shifts', operator, 'post', { shifts: [{ agentId, shopIds: [shopId], fromAt: 1_600_000_000_000, toAt: 1_600_003_600_000 }] });
  await json('/settle', operator, 'post', {});
  const { shiftId } = await first('/shifts?fromAt=1600000000000&toAt=1600003600000', 'shifts');
  return { questionId, weaknessKey: (weaknessKeys as string[])[0], suggestionId, meetingId, actionKey: 'a-1', shiftId };
}

/** What a command has to say before it is looked at whose thing it is about: a client may use these on their own. */
const BODIES: Readonly<Record<string, Json>> = {
  declineQuote: { reason: 'x' },
  withdrawOffer: { reason: 'x' },
  signText: { textHash: 'x', party: 'client' },
  scheduleTraining: { kind: 'product', topic: 'x', givenBy: 'client', plannedOn: '2099-01-01' },
  recordTraining: { heldOn: '2020-03-01', minutes: 1, results: [] },
  reopenInformation: { reason: 'x' },
  requestRework: { reason: 'x' },
  proposeTrialExtension: { endsOn: '2099-01-01' },
  agreeTrialExtension: { endsOn: '2099-01-01' },
  giveVerdict: { verdict: 'passed' },
  terminateContract: { reason: 'x' },
  addHandbackItem: { key: 'x', title: 'x' },
  removeWebhook: { reason: 'x' },
  answerClarification: { text: 'x' },
  correctKnowledge: { text: 'x', version: 1 },
  recordSupervision: { checkedOn: '2020-03-01', inspector: 'x', weaknesses: [] },
  proposeRemedy: { text: 'x', dueOn: '2099-01-01' },
  makeSuggestion: { text: 'x' },
  replySuggestion: { adopted: true },
  recordMeeting: { heldOn: '2020-03-01', levels: ['manager'], topics: 'x' },
};

/** A lead of the client's with a quote. */
async function quotedTo(code: string, clientId: string): Promise<Json> {
  const { leadId } = await json('/leads', operator, 'post', { clientId, source: 'online' });
  const { platform, name } = await shopOf(code);
  const profile = { code, name, platform, category: 'x', agentHeadcount: 1, averageInquiries: 1, campaigns: 'none' };
  await json(`/leads/${String(leadId)}/profiles`, operator, 'post', { profile });
  await json(`/leads/${String(leadId)}/plan`, operator, 'post', { coverage: 'together', engagement: 'long' });
  const steps = [{ key: 'agents', quantity: '1', unitPrice: '100', rule: 'one agent' }];
  const { quoteId } = await json(`/leads/${String(leadId)}/quotes`, operator, 'post', { currency: 'CNY', steps, agents: 1, validUntil: '2099-12-31' });
  await json('/settle', operator, 'post', {});
  return { leadId, quoteId };
}

function strings(values: Json): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

function operationsOf(document: Json): Operation[] {
  return Object.entries(document['paths'] as Record<string, Record<string, Json>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method === 'post' || method === 'delete' ? method : ('get' as const),
      path: path.replace('/api/v1', ''),
      operationId: String(operation['operationId']),
      open: (operation['security'] as unknown[] | undefined)?.length === 0,
      query: ((operation['parameters'] ?? []) as Json[])
        .filter((each) => each['in'] === 'query' && each['required'] === true)
        .map((each) => String(each['name'])),
    })),
  );
}

/** The operation's address with shop B's ids in it, and what its query must say. */
function addressOf({ path, query }: Operation): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const id = idsOfB[name];
    if (id === undefined) throw new Error(`${path}: the test knows no ${name}`);
    return encodeURIComponent(id);
  });
  const values: Readonly<Record<string, string>> = { month: MONTH, through: MONTH, format: 'xlsx', q: 'B' };
  return query.length === 0 ? filled : `${filled}?${query.map((name) => `${name}=${values[name] ?? ''}`).join('&')}`;
}

const withId = (): readonly Operation[] => operations.filter(({ path, open }) => path.includes('{') && !open);

async function statuses(asked: readonly Operation[], token: string): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const operation of asked)
    found[operation.operationId] = (await ask(addressOf(operation), token, operation.method, BODIES[operation.operationId])).status;
  return found;
}

const all = (asked: readonly Operation[], status: number): Record<string, number> => Object.fromEntries(asked.map(({ operationId }) => [operationId, status]));

test('the ids are real: the vendor opens every one of them', async () => {
  // An assignment is its inspector's, nothing stands still, and a contract that was taken over was never drafted, paid for or tried here.
  const others = ['getAssignment', 'getHeld', 'getDraft', 'getContractText', 'getDeposit', 'getTrial', 'getTrialStanding'];
  const read = withId().filter(({ method, operationId }) => method === 'get' && !others.includes(operationId));
  expect(read.length).toBeGreaterThanOrEqual(15);
  expect(await statuses(read, operator)).toEqual(all(read, 200));
});

test("a client opens their own shop's contract, figures, breach, conversation, invoice and inspection", async () => {
  const own = withId().filter(({ operationId }) =>
    [
      'getContract',
      'getContractSla',
      'listClocks',
      'getBreach',
      'getConversation',
      'getRibbon',
      'getInvoice',
      'listLineDays',
      'listLineUsage',
      'getAccrual',
      'getLead',
      'getQuote',
      'listUsage',
      'getInspection',
      'exportClocks',
      'exportInvoiceLines',
      'exportLineUsage',
      'exportUsage',
      'getQuestion',
      'listKnowledge',
      'getSupervision',
      'listMeetings',
      'getShopDuty',
      'getLead',
      'getQuote',
      'getFile',
    ].includes(operationId),
  );
  expect(await statuses(own, clientB)).toEqual(all(own, 200));
});

test("another client's things are 404 on every route that takes an id", async () => {
  expect(await statuses(withId(), clientA)).toEqual(all(withId(), 404));
});

test("another vendor's things are 404 on every route that reads one", async () => {
  // Who may score no assignment anywhere is told of none here either. How far a service has come is every operator's to know.
  const read = withId().filter(({ method, operationId }) => method === 'get' && operationId !== 'getOperations');
  expect(await statuses(read, otherVendor)).toEqual(all(read, 404));
});

test("a contract's draft is the vendor's alone", async () => {
  const { clientId, shopId } = idsOfB;
  const { contractId } = await json('/contract-drafts', operator, 'post', { clientId, shopIds: [shopId], number: 'draft of B' });
  await json('/settle', operator, 'post', {});
  const draft = `/contract-drafts/${String(contractId)}`;
  expect((await ask(draft, operator)).status).toBe(200);
  for (const token of [clientA, clientB, otherVendor]) expect((await ask(draft, token)).status).toBe(404);
});

test("lists show a client nothing of another's shop, asked for by name or not", async () => {
  const { shopId } = idsOfB;
  for (const [path, list] of [
    ['/shops', 'shops'],
    ['/contracts', 'contracts'],
    ['/conversations', 'conversations'],
    ['/breaches', 'breaches'],
    ['/invoices', 'invoices'],
    [`/accruals?month=${MONTH}`, 'accruals'],
    ['/inspections', 'inspections'],
    ['/questions', 'questions'],
    ['/staffing', 'shops'],
    ['/leads', 'leads'],
    ['/contract-drafts', 'drafts'],
    [`/clauses?from=2020-03-01`, 'clauses'],
    ['/floor', 'hours'],
  ] as const) {
    expect(JSON.stringify((await json(path, clientA))[list]), path).not.toContain(shopId);
    const named = await ask(`${path}${path.includes('?') ? '&' : '?'}shopIds=${shopId}`, clientA);
    expect(await named.text(), path).not.toMatch(new RegExp(`"shopId":"${shopId}"`));
  }
});

test('a search finds what one may open, by name and by pasted number, and nothing of another', async () => {
  const found = async (q: string, token: string) =>
    ((await json(`/search?q=${encodeURIComponent(q)}`, token))['found'] as Json[]).map(({ kind, id }) => [kind, id]);
  const { conversationId = '', number = '', shopId, breachId = '', contractId } = idsOfB;
  const contract = String((await shopOf('B'))['contractNumber']);
  const asked = [conversationId, number, breachId, contract, 'B'];
  const expected = [
    ['conversation', conversationId],
    ['invoice', number],
    ['breach', breachId],
    ['contract', contractId],
    ['shop', shopId],
  ];
  for (const token of [operator, clientB]) {
    for (const [index, q] of asked.entries()) expect(await found(q, token), q).toContainEqual(expected[index]);
  }
  for (const token of [clientA, otherVendor]) for (const q of asked) expect(await found(q, token), q).not.toContainEqual(expected[asked.indexOf(q)]);
  expect(await found('Agent of B', clientB)).toEqual([]); // who is behind an account is not a client's to know
  expect(await found('agentofb', operator)).toEqual([['agent', idsOfB['agentId']]]);
});

test('an export holds the rows of its list, and a client’s only their own', async () => {
  const csv = async (path: string, token: string) => {
    const response = await ask(`/exports/${path}${path.includes('?') ? '&' : '?'}format=csv&lang=en`, token);
    expect([response.status, response.headers.get('content-type')], path).toEqual([200, 'text/csv; charset=utf-8']);
    const text = Buffer.from(await response.arrayBuffer()).toString('utf8');
    expect(text.startsWith('\ufeff'), path).toBe(true);
    return text.slice(1).trimEnd().split('\r\n');
  };
  for (const [path, rows] of [
    ['breaches', 6],
    ['conversations', 6],
    ['invoices', 2],
    [`accruals?month=${MONTH}`, 2],
    ['accounts', 6],
    ['inspections', 1],
    ['findings', 0],
  ] as const) {
    expect((await csv(path, operator)).length - 1, path).toBe(rows);
  }
  const [head, ...own] = await csv('breaches', clientA);
  expect(head?.split(',').slice(0, 3)).toEqual(['Breach', 'Shop', 'Shop code']);
  expect(own.map((line) => line.split(',')[2])).toEqual(['A', 'A', 'A']);
  const lines = await csv(`invoices/${idsOfB['number']}/lines`, clientB);
  expect(lines.slice(1).map((line) => line.split(',').at(-1))).toEqual(['1.80', '-0.09']);
  expect((await ask('/exports/accounts?format=csv', clientA)).status).toBe(403);
  const workbook = await ask(`/exports/breaches?format=xlsx&address=${encodeURIComponent('/breaches?range=2020-03')}`, operator);
  expect(workbook.headers.get('content-disposition')).toMatch(/^attachment; filename="breaches-\d{4}-\d\d-\d\d\.xlsx"$/);
  expect(
    Buffer.from(await workbook.arrayBuffer())
      .subarray(0, 2)
      .toString(),
  ).toBe('PK');
});

test('a saved set is its owner’s alone and holds only shops one may see', async () => {
  const { shopId = '' } = idsOfB;
  expect(((await json('/shop-sets', operator))['sets'] as Json[]).map(({ name, shopIds }) => [name, shopIds])).toEqual([['B', [shopId]]]);
  for (const token of [clientA, clientB, otherVendor]) expect(await json('/shop-sets', token)).toEqual({ sets: [] });
  expect((await ask('/shop-sets', clientA, 'post', { name: 'theirs', shopIds: [shopId] })).status).toBe(404);
  const { setId } = await json('/shop-sets', clientB, 'post', { name: 'mine', shopIds: [shopId] });
  expect((await json('/shop-sets', clientB, 'post', { name: 'mine', shopIds: [shopId] }))['setId']).toBe(setId);
  expect((await ask(`/shop-sets/${String(setId)}`, operator, 'delete')).status).toBe(404);
  expect((await ask(`/shop-sets/${String(setId)}`, clientB, 'delete')).status).toBe(200);
  expect(await json('/shop-sets', clientB)).toEqual({ sets: [] });
});

test('without a token every route but the open ones is 401, before anything is looked at', async () => {
  expect(
    operations
      .filter(({ open }) => open)
      .map(({ operationId }) => operationId)
      .sort(),
  ).toEqual([...PUBLIC].sort());
  const closed = operations.filter(({ open }) => !open);
  expect(await statuses(closed, '')).toEqual(all(closed, 401));
  expect(await statuses(closed, `${operator.slice(0, -4)}AAAA`)).toEqual(all(closed, 401));
});

test('a webhook that proves nothing is 401', async () => {
  expect((await ask('/channels/B/messages', '', 'post', {})).status).toBe(401);
  expect((await ask('/staffing-feed/calls', '', 'post', {})).status).toBe(401);
  expect(idsOfB['shopId']).toBe(shopIdOf('vendor-1', 'B'));
});

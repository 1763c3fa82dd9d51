// What one may not see does not exist: every route of the OpenAPI document that takes an id, asked for another client's shop and by another
// vendor; and nothing at all without a token.
import { shopIdOf } from '@deskfleet/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Json, MONTH, TwoShops } from './two-shops.ts';

/** What needs no sign-in, and why: one's own state, invitations by their secret, a channel by its signature. */
const PUBLIC = ['getMe', 'signOut', 'lookUpInvitation', 'acceptInvitation', 'receiveWebhook', 'receiveStaffing'];

interface Operation {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: string;
  readonly operationId: string;
  readonly open: boolean;
  readonly query: readonly string[];
}

let two: TwoShops;
let operations: readonly Operation[];

beforeAll(async () => {
  two = await TwoShops.start();
  operations = operationsOf(await two.json('/openapi.json', ''));
});
afterAll(() => two?.remove());

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

/** Addresses of what only a lead, a draft and a contract on their way to a verdict have. */
const ON_TRIAL =
  /^\/(leads|quotes|contract-drafts|deposits|onboarding)\/|^\/contracts\/\{contractId\}\/(text|launch|trial|trial-standing|trainings|information|batches|termination|handback)\b/;

/** The operation's address with the ids of shop B or of its client's shop on trial in it, and what its query must say. */
function addressOf({ path, query }: Operation): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const id = (ON_TRIAL.test(path) ? two.onTrialOfB : two.idsOfB)[name];
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
    found[operation.operationId] = (await two.ask(addressOf(operation), token, operation.method, BODIES[operation.operationId])).status;
  return found;
}

const all = (asked: readonly Operation[], status: number): Record<string, number> => Object.fromEntries(asked.map(({ operationId }) => [operationId, status]));

test('the ids are real: the vendor opens every one of them', async () => {
  // An assignment is its inspector's, and nothing stands still.
  const others = ['getAssignment', 'getHeld'];
  const read = withId().filter(({ method, operationId }) => method === 'get' && !others.includes(operationId));
  expect(read.length).toBeGreaterThanOrEqual(15);
  expect(await statuses(read, two.operator)).toEqual(all(read, 200));
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
      'getFile',
      'getDraft',
      'getContractText',
      'getDeposit',
      'getLaunch',
      'getTrial',
      'getTrialStanding',
    ].includes(operationId),
  );
  expect(await statuses(own, two.clientB)).toEqual(all(own, 200));
});

test("another client's things are 404 on every route that takes an id", async () => {
  expect(await statuses(withId(), two.clientA)).toEqual(all(withId(), 404));
});

test("another vendor's things are 404 on every route that reads one", async () => {
  // Who may score no assignment anywhere is told of none here either. How far a service has come is every operator's to know.
  const read = withId().filter(({ method, operationId }) => method === 'get' && operationId !== 'getOperations');
  expect(await statuses(read, two.otherVendor)).toEqual(all(read, 404));
});

test("a contract's draft is the vendor's alone", async () => {
  const { clientId, shopId } = two.idsOfB;
  const { contractId } = await two.json('/contract-drafts', two.operator, 'post', { clientId, shopIds: [shopId], number: 'draft of B' });
  await two.json('/settle', two.operator, 'post', {});
  const draft = `/contract-drafts/${String(contractId)}`;
  expect((await two.ask(draft, two.operator)).status).toBe(200);
  for (const token of [two.clientA, two.clientB, two.otherVendor]) expect((await two.ask(draft, token)).status).toBe(404);
});

test("lists show a client nothing of another's shop, asked for by name or not", async () => {
  const { shopId } = two.idsOfB;
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
    expect(JSON.stringify((await two.json(path, two.clientA))[list]), path).not.toContain(shopId);
    const named = await two.ask(`${path}${path.includes('?') ? '&' : '?'}shopIds=${shopId}`, two.clientA);
    expect(await named.text(), path).not.toMatch(new RegExp(`"shopId":"${shopId}"`));
  }
});

test('sums of a month are of what one may see, beside the contracts; a page of them has none', async () => {
  const accruals = (token: string, page = '') => two.json(`/accruals?month=${MONTH}${page}`, token);
  expect(await accruals(two.operator)).toMatchObject({ all: { contracts: 2, counted: 6 } });
  for (const token of [two.clientA, two.clientB])
    expect(await accruals(token)).toMatchObject({ all: { contracts: 1, counted: 3, totals: [{ currency: 'CNY' }] } });
  expect(await accruals(two.operator, '&size=1')).toMatchObject({ accruals: [{}], nextToken: expect.stringMatching(/./) });
  expect(await accruals(two.operator, '&size=1')).not.toHaveProperty('all');
});

test('a search finds what one may open, by name and by pasted number, and nothing of another', async () => {
  const found = async (q: string, token: string) =>
    ((await two.json(`/search?q=${encodeURIComponent(q)}`, token))['found'] as Json[]).map(({ kind, id }) => [kind, id]);
  const { conversationId = '', number = '', shopId, breachId = '', contractId } = two.idsOfB;
  const contract = String((await two.shopOf('B'))['contractNumber']);
  const asked = [conversationId, number, breachId, contract, 'B'];
  const expected = [
    ['conversation', conversationId],
    ['invoice', number],
    ['breach', breachId],
    ['contract', contractId],
    ['shop', shopId],
  ];
  for (const token of [two.operator, two.clientB]) {
    for (const [index, q] of asked.entries()) expect(await found(q, token), q).toContainEqual(expected[index]);
  }
  for (const token of [two.clientA, two.otherVendor]) for (const q of asked) expect(await found(q, token), q).not.toContainEqual(expected[asked.indexOf(q)]);
  expect(await found('Agent of B', two.clientB)).toEqual([]); // who is behind an account is not a client's to know
  expect(await found('agentofb', two.operator)).toEqual([['agent', two.idsOfB['agentId']]]);
});

test('an export holds the rows of its list, and a client’s only their own', async () => {
  const csv = async (path: string, token: string) => {
    const response = await two.ask(`/exports/${path}${path.includes('?') ? '&' : '?'}format=csv&lang=en`, token);
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
    expect((await csv(path, two.operator)).length - 1, path).toBe(rows);
  }
  const [head, ...own] = await csv('breaches', two.clientA);
  expect(head?.split(',').slice(0, 3)).toEqual(['Breach', 'Shop', 'Shop code']);
  expect(own.map((line) => line.split(',')[2])).toEqual(['A', 'A', 'A']);
  const lines = await csv(`invoices/${two.idsOfB['number']}/lines`, two.clientB);
  expect(lines.slice(1).map((line) => line.split(',').at(-1))).toEqual(['1.80', '-0.09']);
  expect((await two.ask('/exports/accounts?format=csv', two.clientA)).status).toBe(403);
  const workbook = await two.ask(`/exports/breaches?format=xlsx&address=${encodeURIComponent('/breaches?range=2020-03')}`, two.operator);
  expect(workbook.headers.get('content-disposition')).toMatch(/^attachment; filename="breaches-\d{4}-\d\d-\d\d\.xlsx"$/);
  expect(
    Buffer.from(await workbook.arrayBuffer())
      .subarray(0, 2)
      .toString(),
  ).toBe('PK');
});

test('a saved set is its owner’s alone and holds only shops one may see', async () => {
  const { shopId = '' } = two.idsOfB;
  expect(((await two.json('/shop-sets', two.operator))['sets'] as Json[]).map(({ name, shopIds }) => [name, shopIds])).toEqual([['B', [shopId]]]);
  for (const token of [two.clientA, two.clientB, two.otherVendor]) expect(await two.json('/shop-sets', token)).toEqual({ sets: [] });
  expect((await two.ask('/shop-sets', two.clientA, 'post', { name: 'theirs', shopIds: [shopId] })).status).toBe(404);
  const { setId } = await two.json('/shop-sets', two.clientB, 'post', { name: 'mine', shopIds: [shopId] });
  expect((await two.json('/shop-sets', two.clientB, 'post', { name: 'mine', shopIds: [shopId] }))['setId']).toBe(setId);
  expect((await two.ask(`/shop-sets/${String(setId)}`, two.operator, 'delete')).status).toBe(404);
  expect((await two.ask(`/shop-sets/${String(setId)}`, two.clientB, 'delete')).status).toBe(200);
  expect(await two.json('/shop-sets', two.clientB)).toEqual({ sets: [] });
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
  expect(await statuses(closed, `${two.operator.slice(0, -4)}AAAA`)).toEqual(all(closed, 401));
});

test('a webhook that proves nothing is 401', async () => {
  expect((await two.ask('/channels/B/messages', '', 'post', {})).status).toBe(401);
  expect((await two.ask('/staffing-feed/calls', '', 'post', {})).status).toBe(401);
  expect(two.idsOfB['shopId']).toBe(shopIdOf('vendor-1', 'B'));
});

// The board as operations meet it over gRPC: counts, rows, pages and search of one moment, and a client reminded once.
import { Consent, Consent_DecidedBy } from '@deskfleet/protocol/common';
import { BoardServiceDefinition } from '@deskfleet/protocol/onboarding-board';
import { OnboardingServiceDefinition } from '@deskfleet/protocol/onboarding-service';
import { failureOf, type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { standardTerms } from '../src/contract/standard-terms.ts';
import { startOnboarding } from './ground.ts';

const HOUR = 3_600_000;
let now = Date.parse('2026-11-02T10:00:00+08:00');
let service: TestService;
let contractId: string;

const board = (caller = testCaller()) => service.as(caller, BoardServiceDefinition);

beforeAll(async () => {
  service = await startOnboarding({ now: () => now });
  const api = service.as(testCaller(), OnboardingServiceDefinition);
  const clientConsent = Consent.create({ decidedBy: Consent_DecidedBy.DECIDED_BY_VENDOR_ON_BEHALF, evidence: 'paper', fileIds: ['fi_1'] });
  const { clientId } = await api.registerClient({ commandId: 'client', name: '母婴旗舰公司' });
  const shopIds: string[] = [];
  for (const name of ['母婴旗舰', '家居旗舰', '零食旗舰'])
    shopIds.push((await api.addShop({ commandId: name, clientId, code: name, name, platform: 'tmall' })).shopId);
  const sign = (number: string, shops: string[], terms = standardTerms) =>
    api.signContract({ commandId: number, number, clientId, shopIds: shops, terms, signedOn: '2026-11-02', clientConsent });
  const deposit = { $type: 'deskfleet.common.v1.Money' as const, currency: 'CNY', minor: 600_000 };
  const trial = { $type: 'deskfleet.common.v1.TrialTerms' as const, days: 15, clauseKeys: [] };
  contractId = (await sign('C-1', shopIds.slice(0, 2), { ...standardTerms, deposit, trial })).contractId;
  now += HOUR;
  const { at } = await api.importContract({
    commandId: 'C-2',
    number: 'C-2',
    clientId,
    shopIds: shopIds.slice(2),
    terms: standardTerms,
    importedFrom: 'ledger',
  });
  await service.kit.awaitPosition(at);
});
afterAll(() => service?.remove());

test('a row a shop, the longest first; what is live is counted, and listed when it is asked for', async () => {
  const { cards, total, columns } = await board().listBoard({});
  expect(cards.map(({ shopName, step, turn, what, number, clientName }) => [shopName, step, turn, what, number, clientName]).sort()).toEqual([
    ['家居旗舰', 'deposit', 'client', 'deposit-due', 'C-1', '母婴旗舰公司'],
    ['母婴旗舰', 'deposit', 'client', 'deposit-due', 'C-1', '母婴旗舰公司'],
  ]);
  expect(cards[0]?.facts).toContainEqual({ $type: 'deskfleet.onboarding.v1.BoardFact', name: 'short', value: '6000.00' });
  expect(total).toBe(2);
  expect(columns.map(({ step, shops, client }) => [step, shops, client]).filter(([, shops]) => shops !== 0)).toEqual([
    ['deposit', 2, 2],
    ['live', 1, 0],
  ]);
  expect((await board().listBoard({ step: 'live' })).cards.map(({ shopName }) => shopName)).toEqual(['零食旗舰']);
});

test('it is searched by shop, pinyin, client and number, filtered by turn, and paged', async () => {
  const names = async (request: Parameters<ReturnType<typeof board>['listBoard']>[0]) =>
    (await board().listBoard(request)).cards.map(({ shopName }) => shopName);
  expect(await names({ search: 'jjqj' })).toEqual(['家居旗舰']);
  expect(await names({ search: 'c-1' })).toHaveLength(2);
  expect(await names({ search: '母婴旗舰公司' })).toHaveLength(2);
  expect(await names({ turn: 'vendor-operations' })).toEqual([]);
  const first = await board().listBoard({ page: { size: 1 } });
  const second = await board().listBoard({ page: { size: 1, token: first.nextToken } });
  expect([first.total, second.nextToken]).toEqual([2, '']);
  expect(new Set([...first.cards, ...second.cards].map(({ shopName }) => shopName))).toEqual(new Set(['母婴旗舰', '家居旗舰']));
  expect(await failureOf(board().listBoard({ step: 'limbo' }))).toMatchObject({ status: 'INVALID_ARGUMENT', code: 'step-unknown' });
});

test('the client whose turn it is is reminded, on record, and not again on the same day', async () => {
  const { at } = await board().remindClient({ commandId: 'r1', subjectId: contractId, note: '  请打保证金 ' });
  expect((await board().listBoard({ after: at })).cards.map(({ remindedAt }) => remindedAt)).toEqual([now, now]);
  now += 19 * HOUR;
  expect(await failureOf(board().remindClient({ commandId: 'r2', subjectId: contractId }))).toMatchObject({
    code: 'client-reminded-already',
    facts: { hours: 19 },
  });
  now += HOUR;
  await board().remindClient({ commandId: 'r3', subjectId: contractId });
  const live = (await board().listBoard({ step: 'live' })).cards[0];
  expect(await failureOf(board().remindClient({ commandId: 'r4', subjectId: live?.subjectId ?? '' }))).toMatchObject({ code: 'not-the-clients-turn' });
});

test('it is the vendor’s own: a client is refused, another vendor’s is empty, who sees some shops only sees none of it', async () => {
  const client = testCaller({ role: 'client', clientId: 'cl', shopIds: ['sh'] });
  expect(await failureOf(board(client).listBoard({}))).toMatchObject({ status: 'PERMISSION_DENIED' });
  expect(await failureOf(board(client).remindClient({ commandId: 'r5', subjectId: contractId }))).toMatchObject({ status: 'PERMISSION_DENIED' });
  for (const stranger of [testCaller({ vendorId: 'v2' }), testCaller({ role: 'team-lead', shopIds: ['sh'] })]) {
    expect(await board(stranger).listBoard({})).toMatchObject({ cards: [], total: 0 });
  }
  expect(await failureOf(board(testCaller({ vendorId: 'v2' })).remindClient({ commandId: 'r6', subjectId: contractId }))).toMatchObject({
    status: 'NOT_FOUND',
  });
});

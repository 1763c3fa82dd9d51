// client-onboarding as others meet it: over gRPC, on a real database, as the roles of a vendor and its clients.
import { shopIdOf } from '@deskfleet/protocol';
import { Consent, Consent_DecidedBy } from '@deskfleet/protocol/common';
import { OnboardingServiceDefinition } from '@deskfleet/protocol/onboarding-service';
import { ContractTerms } from '@deskfleet/protocol/terms';
import type { Caller } from '@deskfleet/service-kit';
import { failureOf, type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { standardTerms } from '../src/contract/standard-terms.ts';
import { startOnboarding } from './ground.ts';

const NOW = Date.parse('2026-03-02T10:00:00+08:00');
const onBehalf = Consent.create({ decidedBy: Consent_DecidedBy.DECIDED_BY_VENDOR_ON_BEHALF, evidence: 'paper of 2026-03-01', fileIds: ['fi_1'] });

let service: TestService;
beforeAll(async () => {
  service = await startOnboarding({ now: () => NOW });
});
afterAll(() => service?.remove());

const as = (caller: Partial<Caller> = {}) => service.as(testCaller(caller), OnboardingServiceDefinition);
let commands = 0;
const commandId = (): string => `command-${++commands}`;

/** A client with shops of these codes, in a vendor of its own. */
async function clientWith(vendorId: string, ...codes: string[]) {
  const api = as({ vendorId });
  const { clientId } = await api.registerClient({ commandId: commandId(), name: `Client of ${codes.join(', ')}` });
  const shopIds: string[] = [];
  for (const code of codes) shopIds.push((await api.addShop({ commandId: commandId(), clientId, code, name: code, platform: 'tmall' })).shopId);
  return { api, clientId, shopIds };
}

test('a client with its shops and a signed contract is seen with its terms and its consent', async () => {
  const { api, clientId, shopIds } = await clientWith('sign', 'north', 'south');
  const request = { commandId: commandId(), number: 'HT-1', clientId, shopIds, terms: standardTerms, signedOn: '2026-03-02', clientConsent: onBehalf };
  const { contractId, at } = await api.signContract(request);
  const contract = await api.getContract({ contractId, after: at });
  expect(contract).toMatchObject({ number: 'HT-1', clientId, signedOn: '2026-03-02', importedFrom: '', clientConsent: { ...onBehalf, userId: 'user-1' } });
  expect(contract.terms).toEqual(standardTerms);
  expect(contract.shops.map(({ code, contractNumber }) => `${code} ${contractNumber}`)).toEqual(['north HT-1', 'south HT-1']);
  expect((await api.listClients({ after: at })).clients).toMatchObject([{ clientId, shopIds }]);
  expect(await api.signContract(request)).toMatchObject({ contractId });
});

test('the system gives a number where none is given', async () => {
  const { api, clientId, shopIds } = await clientWith('number', 'north');
  const { number } = await api.importContract({ commandId: commandId(), number: '', clientId, shopIds, terms: standardTerms, importedFrom: 'ledger' });
  expect(number).toMatch(/^C-[0-9A-F]{10}$/);
});

test('a shop has one contract on any day; what is refused leaves nothing behind', async () => {
  const { api, clientId, shopIds } = await clientWith('overlap', 'covered', 'free');
  const contract = (number: string, shops: string[], terms: Partial<ContractTerms>) =>
    api.importContract({ commandId: commandId(), number, clientId, shopIds: shops, terms: { ...standardTerms, ...terms }, importedFrom: 'ledger' });
  await contract('A', shopIds.slice(0, 1), { endsOn: '2026-06-30' });
  const refused = await failureOf(contract('B', [...shopIds].reverse(), { effectiveOn: '2026-06-30' }));
  expect(refused).toMatchObject({ code: 'contract-overlaps', status: 'FAILED_PRECONDITION', facts: { code: 'covered', to: '2026-06-30' } });
  const { at } = await contract('C', shopIds, { effectiveOn: '2026-07-01' });
  const { contracts } = await api.listContracts({ after: at });
  expect(contracts.map(({ number }) => number)).toEqual(['A', 'C']);
});

test('of contracts that race for a shop one is made, the others are refused', async () => {
  const { api, clientId, shopIds } = await clientWith('race', 'north');
  const contract = (n: number) =>
    api.importContract({ commandId: commandId(), number: `R-${n}`, clientId, shopIds, terms: standardTerms, importedFrom: 'ledger' });
  const outcomes = await Promise.all(
    [1, 2, 3, 4].map((n) =>
      contract(n).then(
        () => 'made',
        () => 'refused',
      ),
    ),
  );
  expect(outcomes.toSorted()).toEqual(['made', 'refused', 'refused', 'refused']);
});

test('terms without service window and counting unit are refused, both named, nothing half-done', async () => {
  // BR-213
  const { api, clientId, shopIds } = await clientWith('terms', 'north');
  const terms = ContractTerms.fromPartial({ ...standardTerms, serviceWindows: [], usage: { unitPrice: '0.60' } });
  const refused = await failureOf(api.importContract({ commandId: commandId(), number: 'X', clientId, shopIds, terms, importedFrom: 'ledger' }));
  expect(refused).toMatchObject({ code: 'terms-invalid', status: 'INVALID_ARGUMENT' });
  expect(refused.facts['problems']).toMatchObject([
    { code: 'service-window-missing', field: 'terms.serviceWindows' },
    { code: 'counting-unit-missing', field: 'terms.usage.unit' },
    { code: 'exclusions-missing', field: 'terms.usage.exclusions' },
  ]);
  expect((await api.listContracts({})).contracts).toEqual([]);
});

test('unknown shops are taken over on the standard terms, known ones are left alone', async () => {
  const { api } = await clientWith('take-over', 'known');
  const shops = ['known', 'AppleSupport', '北岸', 'AppleSupport'].map((code) => ({ code, platform: 'twitter' }));
  const first = await api.takeOverShops({ commandId: commandId(), shops, importedFrom: 'support-conversations.ndjson' });
  expect(first.createdCodes).toEqual(['AppleSupport', '北岸']);
  const again = await api.takeOverShops({ commandId: commandId(), shops, importedFrom: 'support-conversations.ndjson' });
  expect(again.createdCodes).toEqual([]);
  const { contracts } = await api.listContracts({ after: again.at });
  expect(contracts).toHaveLength(2);
  for (const contract of contracts) expect(contract).toMatchObject({ terms: standardTerms, importedFrom: 'support-conversations.ndjson' });
  expect((await api.listShops({ shopIds: [shopIdOf('take-over', 'AppleSupport')] })).shops).toMatchObject([
    { code: 'AppleSupport', clientName: 'AppleSupport' },
  ]);
});

test('two imports that bring the same unknown shops at once make each of them once', async () => {
  const api = as({ vendorId: 'take-over-race' });
  const shops = Array.from({ length: 20 }, (_, n) => ({ code: `shop-${n}`, platform: 'own' }));
  const answers = await Promise.all([1, 2, 3].map(() => api.takeOverShops({ commandId: commandId(), shops, importedFrom: 'file' })));
  expect(answers.flatMap(({ createdCodes }) => createdCodes)).toHaveLength(20);
});

test('one bad code among the unknown shops takes none over, and is named', async () => {
  const api = as({ vendorId: 'take-over-bad' });
  const shops = [
    { code: 'good', platform: 'own' },
    { code: 'not/good', platform: 'own' },
  ];
  const refused = await failureOf(api.takeOverShops({ commandId: commandId(), shops, importedFrom: 'file' }));
  expect(refused).toMatchObject({ code: 'shop-code-invalid', facts: { field: 'shops[1].code', found: 'not/good' } });
  expect((await api.listShops({})).shops).toEqual([]);
});

test('a shop without a contract waits for the vendor, since it was added; with one it does not', async () => {
  const { api, clientId, shopIds } = await clientWith('waiting', 'north', 'south');
  const { at } = await api.importContract({
    commandId: commandId(),
    number: '',
    clientId,
    shopIds: shopIds.slice(0, 1),
    terms: standardTerms,
    importedFrom: 'ledger',
  });
  await api.listShops({ after: at });
  const { items } = await api.listWaiting({});
  expect(items).toMatchObject([{ kind: 'contract-missing', waitsFor: 'vendor-operations', subject: 'south', since: NOW }]);
});

test("a client's user sees their own shops and contracts; another's read as not existing", async () => {
  const mine = await clientWith('client-view', 'mine');
  const other = await clientWith('client-view', 'other');
  const sign = ({ clientId, shopIds }: typeof mine, number: string) =>
    mine.api.importContract({ commandId: commandId(), number, clientId, shopIds, terms: standardTerms, importedFrom: 'ledger' });
  const own = await sign(mine, 'M-1');
  const foreign = await sign(other, 'O-1');
  const user = as({ vendorId: 'client-view', role: 'client', shopIds: mine.shopIds, clientId: mine.clientId });
  expect((await user.listContracts({ after: foreign.at })).contracts.map(({ number }) => number)).toEqual(['M-1']);
  expect((await user.getContract({ contractId: own.contractId })).clientName).toBe('Client of mine');
  expect(await failureOf(user.getContract({ contractId: foreign.contractId }))).toMatchObject({ code: 'contract-not-found', status: 'NOT_FOUND' });
  expect(await failureOf(user.listShops({ shopIds: other.shopIds }))).toMatchObject({ status: 'NOT_FOUND' });
  expect(await failureOf(user.listClients({}))).toMatchObject({ status: 'PERMISSION_DENIED' });
  expect(await failureOf(user.registerClient({ commandId: commandId(), name: 'X' }))).toMatchObject({ status: 'PERMISSION_DENIED' });
});

test('another vendor sees and touches nothing of it', async () => {
  const { api, clientId, shopIds } = await clientWith('ours', 'north');
  const { contractId, at } = await api.importContract({ commandId: commandId(), number: 'N', clientId, shopIds, terms: standardTerms, importedFrom: 'ledger' });
  const theirs = as({ vendorId: 'theirs' });
  expect((await theirs.listShops({ after: at })).shops).toEqual([]);
  expect(await failureOf(theirs.getContract({ contractId }))).toMatchObject({ status: 'NOT_FOUND' });
  expect(await failureOf(theirs.addShop({ commandId: commandId(), clientId, code: 'north', name: 'north', platform: 'own' }))).toMatchObject({
    code: 'client-not-found',
  });
});

test('every method refuses a call without a token', async () => {
  const anonymous = service.withHeader(undefined, OnboardingServiceDefinition);
  for (const [name, method] of Object.entries(anonymous)) {
    expect(await failureOf(method({})), name).toMatchObject({ status: 'UNAUTHENTICATED' });
  }
});

test('every table is held by a forced policy', async () => expect(await service.unprotectedTables()).toEqual([]));

test('shops and clients are found by name, code, pinyin and initials, by whoever may see them', async () => {
  const api = as({ vendorId: 'search' });
  const { clientId } = await api.registerClient({ commandId: commandId(), name: '禾苗母婴' });
  const add = async (code: string, name: string) => {
    const { shopId, at } = await api.addShop({ commandId: commandId(), clientId, code, name, platform: 'tmall' });
    await api.listShops({ after: at });
    return shopId;
  };
  const flagship = await add('tm-1', '天猫旗舰店');
  const snacks = await add('pdd-7', '山野零食专营店');
  await add('jd-2', '云上天猫代购');
  const found = async (search: string, caller = {}) => (await as({ vendorId: 'search', ...caller }).listShops({ search })).shops.map(({ code }) => code);
  expect(await found('tmqjd')).toEqual(['tm-1']);
  expect(await found('TIAN MAO')).toEqual(['tm-1', 'jd-2']); // at the beginning before inside
  expect(await found('零食')).toEqual(['pdd-7']);
  expect(await found('dd-7')).toEqual(['pdd-7']);
  expect(await found("%' or true")).toEqual([]);
  expect((await api.listClients({ search: 'hmmy' })).clients).toMatchObject([{ clientId, name: '禾苗母婴' }]);
  const client = { role: 'client' as const, clientId, shopIds: [snacks] };
  expect(await found('tmqjd', client)).toEqual([]);
  expect(await found('lszyd', client)).toEqual(['pdd-7']);
  expect(await failureOf(as({ vendorId: 'search', ...client }).listShops({ search: 'tm', shopIds: [flagship] }))).toMatchObject({ status: 'NOT_FOUND' });
});

test('shops, contracts and clients come by pages that hold every one once', async () => {
  const codes = Array.from({ length: 7 }, (_, index) => `s-${index}`);
  const { api, clientId, shopIds } = await clientWith('pages', ...codes);
  for (const [index, shopId] of shopIds.entries()) {
    await api.importContract({ commandId: commandId(), number: `P-${index}`, clientId, shopIds: [shopId], terms: standardTerms, importedFrom: 'ledger' });
  }
  const { at } = await api.registerClient({ commandId: commandId(), name: 'Another' });
  await api.listClients({ after: at }); // everything before it is applied too
  const walk = async (ask: (token: string) => Promise<{ names: string[]; nextToken: string; total: number }>) => {
    const names: string[] = [];
    for (let token = ''; ; ) {
      const page = await ask(token);
      names.push(...page.names);
      token = page.nextToken;
      if (token === '') return [names.length, page.total, names] as const;
    }
  };
  const shops = (token: string) =>
    api
      .listShops({ page: { size: 3, token } })
      .then(({ shops: rows, ...page }) => ({ ...page, names: rows.map((row) => `${row.code} ${row.contractNumber} ${row.zone}`) }));
  expect(await walk(shops)).toEqual([7, 7, codes.map((code, index) => `${code} P-${index} Asia/Shanghai`)]);
  const contracts = (token: string) =>
    api.listContracts({ page: { size: 2, token } }).then(({ contracts: rows, ...page }) => ({ ...page, names: rows.map(({ number }) => number) }));
  expect((await walk(contracts))[2].toSorted()).toEqual(codes.map((_, index) => `P-${index}`));
  expect((await api.listContracts({ shopIds: shopIds.slice(2, 3) })).contracts).toMatchObject([
    { number: 'P-2', shops: [{ code: 's-2', contractNumber: 'P-2' }] },
  ]);
  const clients = (token: string) =>
    api
      .listClients({ page: { size: 1, token } })
      .then(({ clients: rows, ...page }) => ({ ...page, names: rows.map((row) => `${row.name} ${row.shopIds.length}`) }));
  expect((await walk(clients))[2]).toEqual(['Another 0', `Client of ${codes.join(', ')} 7`]);
});

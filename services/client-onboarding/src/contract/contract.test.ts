import { specify } from '@deskfleet/event-store/testing';
import { Consent, Consent_DecidedBy } from '@deskfleet/protocol/common';
import { ContractImported, ContractSigned } from '@deskfleet/protocol/onboarding';
import { type ContractTerms, CountingUnit, CreditBase, Metric, UsageExclusion } from '@deskfleet/protocol/terms';
import { expect, test } from 'vitest';
import { type ContractCommand, contract } from './contract.ts';
import { standardTerms } from './standard-terms.ts';

const { given } = specify(contract);
const agreement = { contractId: 'ct_1', number: 'HT-2026-001', clientId: 'cl_1', shopIds: ['sh_1', 'sh_2'], terms: standardTerms };
const onBehalf = Consent.create({
  decidedBy: Consent_DecidedBy.DECIDED_BY_VENDOR_ON_BEHALF,
  userId: 'user-1',
  evidence: 'signed paper of 2026-03-01',
  fileIds: ['fi_17'],
});
const byClient = Consent.create({ decidedBy: Consent_DecidedBy.DECIDED_BY_CLIENT, userId: 'user-9' });
const sign: Extract<ContractCommand, { kind: 'sign' }> = {
  kind: 'sign',
  ...agreement,
  signedOn: '2026-03-01',
  today: '2026-03-02',
  consent: onBehalf,
  agreesFor: '',
};
const signed = ContractSigned.create({ ...agreement, signedOn: '2026-03-01', clientConsent: onBehalf });
const takeOver = { kind: 'import', ...agreement, importedFrom: 'the ledger of 2025' } as const;

/** The standard terms but for these. */
const terms = (change: Partial<ContractTerms>): ContractTerms => ({ ...standardTerms, ...change });
const usage = (change: Partial<NonNullable<ContractTerms['usage']>>): ContractTerms => {
  if (standardTerms.usage === undefined) throw new Error('the standard terms price usage');
  return terms({ usage: { ...standardTerms.usage, ...change } });
};
const clause = (change: Partial<ContractTerms['clauses'][number]>): ContractTerms =>
  terms({ clauses: standardTerms.clauses.map((one) => ({ ...one, ...change })) });

test('a contract is signed with its terms and who agreed for the client', () => given().when(sign).then(signed));

test('the same contract again changes nothing, another one under its number is refused', () => {
  given(signed).when(sign).thenNothing();
  given(signed)
    .when({ ...sign, shopIds: ['sh_3'] })
    .thenRefused('contract-number-taken', { number: 'HT-2026-001' });
});

test('a running contract is taken over with where it comes from', () => {
  given()
    .when(takeOver)
    .then(ContractImported.create({ ...agreement, importedFrom: 'the ledger of 2025' }));
  given()
    .when({ ...takeOver, importedFrom: ' ' })
    .thenRefused('imported-from-missing', { field: 'importedFrom' });
});

test("agreement on the client's behalf needs a note and the paper as a file", () => {
  given()
    .when({ ...sign, consent: Consent.create({ ...onBehalf, evidence: ' ' }) })
    .thenRefused('evidence-missing', { field: 'clientConsent.evidence' });
  given()
    .when({ ...sign, consent: Consent.create({ ...onBehalf, fileIds: [] }) })
    .thenRefused('evidence-file-missing', { field: 'clientConsent.fileIds' });
});

test("only the client's own user agrees as the client", () => {
  given()
    .when({ ...sign, consent: byClient })
    .thenRefused('consent-not-by-client', { field: 'clientConsent.decidedBy' });
  given()
    .when({ ...sign, consent: byClient, agreesFor: 'cl_2' })
    .thenRefused('consent-not-by-client');
  given()
    .when({ ...sign, consent: byClient, agreesFor: 'cl_1' })
    .then(ContractSigned.create({ ...signed, clientConsent: byClient }));
});

test('a contract that nobody agreed to for the client is refused', () =>
  given()
    .when({ ...sign, consent: undefined })
    .thenRefused('consent-missing', { field: 'clientConsent' }));

test('a contract is signed today or before, on a day that exists', () => {
  given()
    .when({ ...sign, signedOn: '2026-03-02' })
    .then(ContractSigned.create({ ...signed, signedOn: '2026-03-02' }));
  given()
    .when({ ...sign, signedOn: '2026-03-03' })
    .thenRefused('signed-on-in-the-future', { field: 'signedOn', found: '2026-03-03' });
  given()
    .when({ ...sign, signedOn: '2026-02-29' })
    .thenRefused('signed-on-invalid', { field: 'signedOn' });
});

test('a contract names its shops, each once', () => {
  given()
    .when({ ...sign, shopIds: [] })
    .thenRefused('shops-missing', { field: 'shopIds' });
  given()
    .when({ ...sign, shopIds: ['sh_1', 'sh_1'] })
    .thenRefused('shop-repeated', { found: 'sh_1' });
});

test('a per-inquiry fee without counting unit or without exclusions is refused', () => {
  // BR-213
  given()
    .when({ ...sign, terms: usage({ unit: CountingUnit.COUNTING_UNIT_UNSPECIFIED }) })
    .thenRefused('counting-unit-missing', { field: 'terms.usage.unit' });
  given()
    .when({ ...sign, terms: usage({ exclusions: [] }) })
    .thenRefused('exclusions-missing', { field: 'terms.usage.exclusions' });
  given()
    .when({ ...takeOver, terms: usage({ exclusions: [] }) })
    .thenRefused('exclusions-missing');
});

test('buyer-day is a counting unit; order is refused until orders exist', () => {
  // BR-213
  expect(given().when({ ...sign, terms: usage({ unit: CountingUnit.COUNTING_UNIT_BUYER_DAY }) }).decision.accepted).toBe(true);
  given()
    .when({ ...sign, terms: usage({ unit: CountingUnit.COUNTING_UNIT_ORDER }) })
    .thenRefused('counting-unit-order-unsupported', { field: 'terms.usage.unit' });
});

test('a contract without usage fee needs no counting unit', () =>
  // BR-213
  expect(
    given().when({
      ...sign,
      terms: terms({ usage: undefined, monthlyFee: { $type: 'deskfleet.common.v1.Money', currency: 'CNY', minor: 300_000 }, clauses: [] }),
    }).decision.accepted,
  ).toBe(true));

test('terms without service window are refused', () =>
  given()
    .when({ ...sign, terms: terms({ serviceWindows: [] }) })
    .thenRefused('service-window-missing', { field: 'terms.serviceWindows' }));

test.each([
  ['currency-unknown', 'terms.currency', terms({ currency: 'cny' })],
  ['zone-unknown', 'terms.zone', terms({ zone: 'Asia/Peking' })],
  ['zone-unknown', 'terms.zone', terms({ zone: '+08:00' })],
  ['effective-on-invalid', 'terms.effectiveOn', terms({ effectiveOn: '2026-02-30' })],
  ['ends-on-invalid', 'terms.endsOn', terms({ endsOn: '31.12.2026' })],
  ['ends-before-it-begins', 'terms.endsOn', terms({ effectiveOn: '2026-05-02', endsOn: '2026-05-01' })],
  ['service-window-invalid', 'terms.serviceWindows[0].from', window({ from: '9:00' })],
  ['service-window-invalid', 'terms.serviceWindows[0].from', window({ from: '24:00' })],
  ['service-window-invalid', 'terms.serviceWindows[0].to', window({ to: '24:01' })],
  ['service-window-invalid', 'terms.serviceWindows[0].weekdays', window({ weekdays: [0] })],
  ['service-window-invalid', 'terms.serviceWindows[0].weekdays', window({ weekdays: [1, 1] })],
  ['holiday-calendar-missing', 'terms.serviceWindows[0].holidays', window({ holidays: 1 })],
  ['holiday-calendar-unknown', 'terms.holidayCalendar', terms({ holidayCalendar: 'XX' })],
  ['scope-unknown', 'terms.scope', terms({ scope: [0] })],
  ['amount-negative', 'terms.monthlyFee.amount', terms({ monthlyFee: { $type: 'deskfleet.common.v1.Money', currency: 'CNY', minor: -1 } })],
  ['amount-in-other-currency', 'terms.deposit.currency', terms({ deposit: { $type: 'deskfleet.common.v1.Money', currency: 'USD', minor: 1 } })],
  ['unit-price-invalid', 'terms.usage.unitPrice', usage({ unitPrice: '' })],
  ['unit-price-invalid', 'terms.usage.unitPrice', usage({ unitPrice: '-0.60' })],
  ['included-negative', 'terms.usage.included', usage({ included: -1 })],
  ['exclusions-contradictory', 'terms.usage.exclusions', usage({ exclusions: [UsageExclusion.USAGE_EXCLUSION_NONE, UsageExclusion.USAGE_EXCLUSION_BOT_ONLY] })],
  ['clause-key-invalid', 'terms.clauses[0].key', clause({ key: 'First response' })],
  ['clause-metric-missing', 'terms.clauses[0].metric', clause({ metric: Metric.METRIC_UNSPECIFIED })],
  ['clause-metric-version-unknown', 'terms.clauses[0].metricVersion', clause({ metricVersion: 2 })],
  ['clause-allowance-invalid', 'terms.clauses[0].allowanceMs', clause({ allowanceMs: 0 })],
  ['clause-target-invalid', 'terms.clauses[0].targetBp', clause({ targetBp: 10_001 })],
  ['clause-clock-missing', 'terms.clauses[0].clock', clause({ clock: 0 })],
  [
    'credit-base-not-agreed',
    'terms.clauses[0].credit.base',
    clause({ credit: { $type: 'deskfleet.common.v1.SlaCredit', base: CreditBase.CREDIT_BASE_MONTHLY_FEE, rateBp: 500 } }),
  ],
  [
    'credit-rate-invalid',
    'terms.clauses[0].credit.rateBp',
    clause({ credit: { $type: 'deskfleet.common.v1.SlaCredit', base: CreditBase.CREDIT_BASE_USAGE_FEE, rateBp: 0 } }),
  ],
  ['clause-key-repeated', 'terms.clauses[1].key', terms({ clauses: [...standardTerms.clauses, ...standardTerms.clauses] })],
] as const)('%s names %s', (code, field, wrong) =>
  given()
    .when({ ...sign, terms: wrong })
    .thenRefused(code, { field }),
);

test('several problems are told together, each with its name and field', () => {
  const { decision } = given().when({ ...sign, signedOn: '', terms: { ...usage({ unit: 0, exclusions: [] }), serviceWindows: [], zone: '' } });
  expect(decision).toMatchObject({ accepted: false, code: 'terms-invalid' });
  const problems = decision.accepted ? [] : (decision.facts['problems'] as { code: string; field: string }[]);
  expect(problems.map(({ code, field }) => `${code} ${field}`)).toEqual([
    'zone-unknown terms.zone',
    'service-window-missing terms.serviceWindows',
    'counting-unit-missing terms.usage.unit',
    'exclusions-missing terms.usage.exclusions',
    'signed-on-invalid signedOn',
  ]);
});

function window(change: Partial<ContractTerms['serviceWindows'][number]>): ContractTerms {
  return terms({ serviceWindows: standardTerms.serviceWindows.map((one) => ({ ...one, ...change })) });
}

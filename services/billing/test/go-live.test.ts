// Service begins when a shop goes live (P-06): usage and fee alike, in what has accrued, in what a deposit would keep, and in the invoice.
import { toProto } from '@deskfleet/money';
import { DepositServiceDefinition } from '@deskfleet/protocol/billing-deposits';
import { ContractSigned, ServiceEndSet, ShopWentLive, TrialFailed, TrialStarted } from '@deskfleet/protocol/onboarding';
import { ContractTerms, CountingUnit, UsageExclusion } from '@deskfleet/protocol/terms';
import { testCaller } from '@deskfleet/service-kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ground, NOW, startGround } from './ground.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await startGround();
});
afterAll(() => ground?.remove());

const cny = (yuan: number) => toProto({ currency: 'CNY', minor: BigInt(Math.round(yuan * 100)) });
const deposits = () => ground.billing.as(testCaller({ role: 'finance' }), DepositServiceDefinition);
const onLaunch = (contractId: string, ...events: Parameters<Ground['upstream']['record']>[3][]) =>
  ground.happened(...events.map((event) => ground.upstream.record('client-onboarding', `launch-${contractId}`, '', event)));
const instant = (text: string): number => Temporal.Instant.from(text).epochMilliseconds;
const standing = (contractId: string) => deposits().getTrialStanding({ contractId });
const accrual = async (contractId: string, month = '2026-03') => {
  const { accruals } = await ground.api().listAccruals({ month });
  return accruals.find((one) => one.contractId === contractId);
};
const reasons = async (contractId: string) => Object.fromEntries((await accrual(contractId))?.reasons.map(({ reason, count }) => [reason, count]) ?? []);

/** 3,100.00 a month and 0.50 a conversation, from 1 March on. */
async function signed(contractId: string, shopIds: string[], more: { awaitsGoLive: boolean; effectiveOn?: string }): Promise<void> {
  const { awaitsGoLive, effectiveOn = '2026-03-01' } = more;
  const terms = ContractTerms.create({
    currency: 'CNY',
    zone: 'Asia/Shanghai',
    serviceWindows: [{ from: '00:00', to: '24:00' }],
    effectiveOn,
    monthlyFee: cny(3_100),
    usage: { unit: CountingUnit.COUNTING_UNIT_CONVERSATION, exclusions: [UsageExclusion.USAGE_EXCLUSION_NONE], unitPrice: '0.50' },
    deposit: cny(6_000),
  });
  const event = ContractSigned.create({ contractId, number: contractId, clientId: `client-${contractId}`, shopIds, terms, textHash: 'ab', awaitsGoLive });
  await ground.happened(ground.upstream.record('client-onboarding', `contract-${contractId}`, '', event));
}

const asked = (shopId: string, ...at: string[]) =>
  ground.happened(...at.flatMap((when, n) => ground.upstream.conversation(shopId, `cv-${shopId}-${n}`, when, ['seat-1'])));

test('a conversation before the first go-live is listed and costs nothing; what accrues, what the deposit keeps and the invoice are one figure', async () => {
  await signed('G-1', ['sh-g1'], { awaitsGoLive: true });
  await asked('sh-g1', '2026-03-03T10:00:00+08:00', '2026-03-22T08:59:59+08:00', '2026-03-22T09:00:00+08:00', '2026-03-30T10:00:00+08:00');
  expect(await accrual('G-1')).toMatchObject({ counted: 0, notCounted: 4, total: cny(0) });
  expect(await reasons('G-1')).toEqual({ 'before-go-live': 4 });
  expect(await standing('G-1')).toMatchObject({ fees: cny(0) });
  // The news of the go-live may come after the conversations.
  await onLaunch(
    'G-1',
    ShopWentLive.create({ contractId: 'G-1', shopId: 'sh-g1', liveAt: instant('2026-03-22T09:00:00+08:00') }),
    TrialStarted.create({ contractId: 'G-1', startsOn: '2026-03-22', endsOn: '2026-04-20', endsAt: NOW + 1 }),
  );
  // 10 of 31 days of 3,100.00, and 2 conversations; in April 10 of 30 days.
  const march = cny(1_000 + 1);
  expect(await accrual('G-1')).toMatchObject({ counted: 2, notCounted: 2, total: march });
  expect(await reasons('G-1')).toEqual({ 'before-go-live': 2 });
  expect(await standing('G-1')).toMatchObject({ fees: cny(1_001 + 1_033.33) });
  const { invoices } = await ground.api().closeThrough({ commandId: 'close-g1', through: '2026-03', contractId: 'G-1' });
  expect(invoices).toMatchObject([
    {
      total: march,
      lines: [
        { key: 'fee.monthly', amount: cny(1_000) },
        { key: 'usage.conversation', quantity: '2' },
      ],
    },
  ]);
  expect(await standing('G-1')).toMatchObject({ fees: cny(1_001 + 1_033.33) });
  await onLaunch(
    'G-1',
    TrialFailed.create({ contractId: 'G-1', decidedAt: NOW, serviceEndsAt: NOW }),
    ServiceEndSet.create({ contractId: 'G-1', shopIds: ['sh-g1'], serviceEndsAt: NOW }),
  );
  await expect
    .poll(async () => (await ground.api().listInvoices({ contractId: 'G-1' })).invoices.map(({ total }) => total), { timeout: 30_000 })
    .toEqual([march, cny(1_033.33)]);
});

test('each shop is served from its own go-live on; the fee runs from the first', async () => {
  await signed('G-2', ['sh-g2a', 'sh-g2b'], { awaitsGoLive: true });
  await asked('sh-g2a', '2026-03-25T10:00:00+08:00');
  await asked('sh-g2b', '2026-03-25T10:00:00+08:00', '2026-03-29T10:00:00+08:00');
  await onLaunch('G-2', ShopWentLive.create({ contractId: 'G-2', shopId: 'sh-g2a', liveAt: instant('2026-03-22T09:00:00+08:00') }));
  expect(await accrual('G-2')).toMatchObject({ counted: 1, notCounted: 2, total: cny(1_000.5) });
  await onLaunch('G-2', ShopWentLive.create({ contractId: 'G-2', shopId: 'sh-g2b', liveAt: instant('2026-03-27T09:00:00+08:00') }));
  expect(await accrual('G-2')).toMatchObject({ counted: 2, notCounted: 1, total: cny(1_001) });
});

test('what runs already is charged from its first day on: a renewal, or what was signed on paper without a trial or batches', async () => {
  await signed('G-3', ['sh-g3'], { awaitsGoLive: false, effectiveOn: '2026-03-22' });
  await asked('sh-g3', '2026-03-22T00:00:00+08:00');
  expect(await accrual('G-3')).toMatchObject({ counted: 1, total: cny(1_000.5) });
});

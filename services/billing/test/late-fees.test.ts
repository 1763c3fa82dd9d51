// Late fees on the real service: an unpaid invoice costs what the terms say, as lines of later invoices that lead back to it.
import { toProto } from '@deskfleet/money';
import { DepositServiceDefinition } from '@deskfleet/protocol/billing-deposits';
import { ContractTerminated, ServiceEndSet } from '@deskfleet/protocol/onboarding';
import { ContractTerms } from '@deskfleet/protocol/terms';
import { testCaller } from '@deskfleet/service-kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ground, NOW, startGround } from './ground.ts';

let ground: Ground;
let clock = NOW;
beforeAll(async () => {
  ground = await startGround(() => clock);
});
afterAll(() => ground?.remove());

const cny = (yuan: number) => toProto({ currency: 'CNY', minor: BigInt(Math.round(yuan * 100)) });
const day = (date: string): number => Temporal.Instant.from(`${date}T12:00:00+08:00`).epochMilliseconds;
let commands = 0;
const commandId = () => `late-${++commands}`;
const close = async (through: string, contractId: string) => (await ground.api().closeThrough({ commandId: commandId(), through, contractId })).invoices;
const pay = async (number: string, yuan: number, paidOn: string) => {
  const api = ground.billing.as(testCaller({ role: 'finance' }), DepositServiceDefinition);
  const { at } = await api.recordInvoicePayment({ commandId: commandId(), number, amount: cny(yuan), paidOn, reference: `bank-${++commands}` });
  await ground.billing.kit.awaitPosition(at);
};
const agreed = (contractId: string, more: Parameters<typeof ContractTerms.create>[0] = {}) => {
  const terms = ContractTerms.create({
    currency: 'CNY',
    zone: 'Asia/Shanghai',
    serviceWindows: [{ from: '09:00', to: '18:00' }],
    effectiveOn: '2026-03-01',
    monthlyFee: cny(9_000),
    paymentDays: 10,
    lateFee: { rateBpPerDay: 5, graceDays: 3 },
    ...more,
  });
  return ground.happened(ground.upstream.contract(contractId, [`sh-${contractId}`], terms));
};
const accrued = async (contractId: string, month: string) =>
  (await ground.api().listAccruals({ month })).accruals.find((one) => one.contractId === contractId)?.total;

test('an invoice that is not paid costs 0.05 % a day after its days of grace, on the invoices of the months in which it is open, to the cent', async () => {
  clock = NOW; // 10 April
  await agreed('L-1');
  const [march] = await close('2026-03', 'L-1');
  expect(march).toMatchObject({ total: cny(9_000), dueOn: '2026-04-20', lines: [{ key: 'fee.monthly' }] });
  const number = march?.number ?? '';
  clock = day('2026-04-24');
  expect(await accrued('L-1', '2026-04')).toEqual(cny(9_000));
  // The first day that costs something is over.
  clock = day('2026-04-25');
  expect(await accrued('L-1', '2026-04')).toEqual(cny(9_004.5));
  await pay(number, 3_000, '2026-04-25');
  clock = day('2026-05-02');
  // 24 April at 9,000.00, 25 to 30 April at 6,000.00: 4.50 + 6 x 3.00.
  const [, april] = await close('2026-04', 'L-1');
  const key = `late-fee.${number}`;
  expect(april).toMatchObject({ period: '2026-04', total: cny(9_022.5), lines: [{ key: 'fee.monthly' }, { key, invoiceNumber: number, amount: cny(22.5) }] });
  const { days, spreadRule } = await ground.api().listLineDays({ number: april?.number ?? '', lineKey: key });
  expect(spreadRule).toBe('open-amounts');
  expect(days.map(({ date, amount }) => [date.slice(8), amount?.minor])).toEqual([
    ['24', 450],
    ...['25', '26', '27', '28', '29', '30'].map((date) => [date, 300]),
  ]);
  // A payment of 27 April is learned only now: of what was charged, 27 to 30 April come back, and 1 May cost nothing.
  await pay(number, 6_000, '2026-04-27');
  clock = day('2026-06-02');
  const [, , may] = await close('2026-05', 'L-1');
  const own = (may?.lines ?? []).filter((line) => line.invoiceNumber !== '');
  // April's invoice was due on 12 May: 16 to 31 May are 16 days of its 9,000.00 (no fee on the fee in it).
  expect(own.map((line) => [line.invoiceNumber, line.amount?.minor])).toEqual([
    [number, -1_200],
    [april?.number, 7_200],
  ]);
});

test('months that are closed together charge each day once', async () => {
  clock = NOW;
  await agreed('L-2');
  const [march] = await close('2026-03', 'L-2');
  clock = day('2026-07-02');
  const [, ...later] = await close('2026-06', 'L-2');
  const late = later.map(({ lines }) => lines.filter((line) => line.invoiceNumber === march?.number).map(({ amount }) => amount?.minor));
  // 7 days of April, 31 of May, 30 of June, 4.50 each.
  expect(late).toEqual([[3_150], [13_950], [13_500]]);
});

test('after the end of service what is still open goes on costing, a month at a time; what was charged too much becomes the client’s credit', async () => {
  clock = NOW;
  await agreed('L-3');
  const [march] = await close('2026-03', 'L-3');
  const serviceEndsAt = Temporal.Instant.from('2026-04-11T00:00:00+08:00').epochMilliseconds;
  const launch = (event: Parameters<Ground['upstream']['record']>[3]) => ground.upstream.record('client-onboarding', 'launch-L-3', '', event);
  clock = day('2026-04-12');
  await ground.happened(
    launch(ContractTerminated.create({ contractId: 'L-3', serviceEndsAt })),
    launch(ServiceEndSet.create({ contractId: 'L-3', shopIds: ['sh-L-3'], serviceEndsAt })),
  );
  await expect.poll(async () => (await ground.api().listInvoices({ contractId: 'L-3' })).invoices.length, { timeout: 30_000 }).toBe(2);
  const [, april] = (await ground.api().listInvoices({ contractId: 'L-3' })).invoices;
  expect(april).toMatchObject({ total: cny(3_000), dueOn: '2026-04-22' });
  await pay(april?.number ?? '', 3_000, '2026-04-12');
  clock = day('2026-06-02');
  const [, , may] = await close('2026-05', 'L-3');
  // 24 April to 31 May: 38 days; nothing but the late fee is charged.
  expect(may).toMatchObject({ period: '2026-05', total: cny(171), lines: [{ invoiceNumber: march?.number, amount: cny(171) }] });
  await pay(may?.number ?? '', 171, '2026-06-02');
  // It had been paid in time.
  await pay(march?.number ?? '', 9_000, '2026-04-20');
  clock = day('2026-07-02');
  const [, , , june] = await close('2026-06', 'L-3');
  expect(june).toMatchObject({ period: '2026-06', total: cny(-171), open: cny(0) });
  const { balance } = await ground.billing.as(testCaller({ role: 'finance' }), DepositServiceDefinition).getClientCredit({ clientId: 'c1' });
  expect(balance).toEqual([cny(171)]);
  expect(await close('2026-06', 'L-3')).toHaveLength(4);
});

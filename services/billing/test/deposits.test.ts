// Deposits on the real service: asked for by a contract, received in parts, and gone by the one way that the trial's end leaves open.
import { Upstream } from '@deskfleet/conversation-facts/testing';
import { toProto } from '@deskfleet/money';
import { DepositRequested, SettledBy } from '@deskfleet/protocol/billing';
import { DepositServiceDefinition } from '@deskfleet/protocol/billing-deposits';
import { BillingServiceDefinition } from '@deskfleet/protocol/billing-service';
import { ContractSigned, ContractTerminated, ServiceEndSet, ShopWentLive, TrialFailed, TrialPassed, TrialStarted } from '@deskfleet/protocol/onboarding';
import { ContractTerms } from '@deskfleet/protocol/terms';
import type { Caller } from '@deskfleet/service-kit';
import { failureOf, testCaller } from '@deskfleet/service-kit/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { depositStream } from '../src/invoice/streams.ts';
import { type Ground, NOW, startGround } from './ground.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await startGround();
});
afterAll(() => ground?.remove());

const cny = (yuan: number) => toProto({ currency: 'CNY', minor: BigInt(Math.round(yuan * 100)) });
const deposits = (caller: Partial<Caller> = {}) => ground.billing.as(testCaller({ role: 'finance', ...caller }), DepositServiceDefinition);
let commands = 0;
const commandId = () => `command-${++commands}`;
const receipt = async (contractId: string, receiptId: string, yuan: number) => {
  const answer = await deposits().confirmReceipt({
    commandId: commandId(),
    contractId,
    receiptId,
    amount: cny(yuan),
    receivedOn: '2026-04-01',
    reference: 'bank',
  });
  await ground.billing.kit.awaitPosition(answer.at);
  return answer;
};
const onLaunch = (contractId: string, ...events: Parameters<Ground['upstream']['record']>[3][]) =>
  ground.happened(...events.map((event) => ground.upstream.record('client-onboarding', `launch-${contractId}`, '', event)));

/** 9,000.00 a month and a deposit of 6,000.00. */
async function signed(contractId: string, effectiveOn: string, trial?: { days: number }): Promise<void> {
  const terms = ContractTerms.create({
    currency: 'CNY',
    zone: 'Asia/Shanghai',
    serviceWindows: [{ from: '09:00', to: '18:00' }],
    effectiveOn,
    monthlyFee: cny(9_000),
    deposit: cny(6_000),
    paymentDays: 10,
    ...(trial === undefined ? {} : { trial }),
  });
  const event = ContractSigned.create({
    contractId,
    number: contractId,
    clientId: `client-${contractId}`,
    shopIds: [`sh-${contractId}`],
    terms,
    signedOn: '2026-02-20',
    awaitsGoLive: trial !== undefined,
  });
  await ground.happened(ground.upstream.record('client-onboarding', `contract-${contractId}`, '', event));
}

test('a signed contract asks for its deposit; part payments add up, and a receipt counts once', async () => {
  await signed('D-1', '2026-03-01');
  expect(await deposits().getDeposit({ contractId: 'D-1' })).toMatchObject({ status: 'awaited', ledger: { required: cny(6_000), missing: cny(6_000) } });
  expect(await receipt('D-1', 'r1', 5_999.99)).toMatchObject({ ledger: { received: cny(5_999.99), missing: cny(0.01) } });
  const { deposits: listed } = await deposits().listDeposits({ status: 'awaited' });
  expect(listed).toMatchObject([{ contractId: 'D-1', contractNumber: 'D-1', ledger: { missing: cny(0.01) } }]);
  await receipt('D-1', 'r2', 0.01);
  const { at } = await receipt('D-1', 'r2', 0.01);
  expect(await deposits().getDeposit({ contractId: 'D-1', after: at })).toMatchObject({
    status: 'held',
    ledger: { received: cny(6_000), held: cny(6_000), missing: cny(0) },
    entries: [{ kind: 'requested' }, { kind: 'received', userId: 'user-1', reference: 'bank' }, { kind: 'received' }],
  });
});

test('BR-009: a passed trial sets the deposit against the invoice of the verdict’s month', async () => {
  await onLaunch(
    'D-1',
    TrialStarted.create({ contractId: 'D-1', startsOn: '2026-03-10', endsOn: '2026-03-24', endsAt: 1 }),
    TrialPassed.create({ contractId: 'D-1', decidedAt: NOW - 864_000_000, month: '2026-03' }),
  );
  expect(
    await failureOf(deposits().recordPayout({ commandId: commandId(), contractId: 'D-1', payoutId: 'p1', amount: cny(6_000), paidOn: '2026-04-02' })),
  ).toMatchObject({
    code: 'deposit-set-off', // BR-011
  });
  const { invoices } = await ground.api().closeThrough({ commandId: commandId(), through: '2026-03', contractId: 'D-1' });
  expect(invoices).toMatchObject([{ total: cny(9_000), settled: cny(6_000), open: cny(3_000), dueOn: '2026-04-20', dueAtVerdict: false }]);
  const number = invoices[0]?.number ?? '';
  const paid = await deposits().recordInvoicePayment({ commandId: commandId(), number, amount: cny(3_000), paidOn: '2026-04-10', reference: 'bank' });
  await ground.billing.kit.awaitPosition(paid.at);
  expect(await ground.api().getInvoice({ number })).toMatchObject({
    open: cny(0),
    settlements: [
      { by: SettledBy.SETTLED_BY_DEPOSIT, amount: cny(6_000) },
      { by: SettledBy.SETTLED_BY_PAYMENT, amount: cny(3_000), reference: 'bank' },
    ],
  });
  expect(await deposits().getDeposit({ contractId: 'D-1' })).toMatchObject({ status: 'set-off', ledger: { setOff: cny(6_000), held: cny(0) } });
  // The same line of the bank's statement, recorded by two: it counts once.
  await deposits().recordInvoicePayment({ commandId: commandId(), number, amount: cny(3_000), paidOn: '2026-04-10', reference: 'bank' });
  const again = deposits().recordInvoicePayment({ commandId: commandId(), number, amount: cny(1), paidOn: '2026-04-10', reference: 'bank 2' });
  expect(await failureOf(again)).toMatchObject({ code: 'payment-exceeds-open', status: 'INVALID_ARGUMENT' });
});

test('BR-208: day 10 of 30, 9,000 a month: a failed trial keeps 3,000 from billing’s own accrual and owes back 3,000, which finance pays out', async () => {
  await signed('D-2', '2026-04-01');
  await receipt('D-2', 'r1', 6_000);
  await onLaunch('D-2', TrialStarted.create({ contractId: 'D-2', startsOn: '2026-04-01', endsOn: '2026-04-30', endsAt: NOW + 1 }));
  expect(await deposits().getTrialStanding({ contractId: 'D-2' })).toMatchObject({
    fees: cny(3_000),
    kept: cny(3_000),
    refund: cny(3_000),
    receivable: cny(0),
  });
  await onLaunch(
    'D-2',
    TrialFailed.create({ contractId: 'D-2', decidedAt: NOW, serviceEndsAt: NOW }),
    ServiceEndSet.create({ contractId: 'D-2', shopIds: ['sh-D-2'], serviceEndsAt: NOW }),
  );
  await expect.poll(async () => (await deposits().getDeposit({ contractId: 'D-2' })).status, { timeout: 30_000 }).toBe('refund-owed');
  // Invoices are another read model.
  await expect
    .poll(async () => (await ground.api().listInvoices({ contractId: 'D-2' })).invoices, { timeout: 15_000 })
    .toMatchObject([{ period: '2026-04', total: cny(3_000), settled: cny(3_000), open: cny(0) }]);
  const refund = (payoutId: string, yuan: number) =>
    deposits().recordPayout({ commandId: commandId(), contractId: 'D-2', payoutId, amount: cny(yuan), paidOn: '2026-04-10', reference: 'out' });
  expect(await failureOf(refund('p1', 3_000.01))).toMatchObject({ code: 'refund-exceeds-owed' });
  const { at } = await refund('p1', 3_000);
  expect(await deposits().getDeposit({ contractId: 'D-2', after: at })).toMatchObject({
    status: 'closed',
    ledger: { received: cny(6_000), kept: cny(3_000), refunded: cny(3_000), refundOwed: cny(0), held: cny(0) },
  });
});

test('ended before go-live: there are no fees, all of it is owed back', async () => {
  await signed('D-3', '2026-04-01');
  await receipt('D-3', 'r1', 6_000);
  await onLaunch(
    'D-3',
    ContractTerminated.create({ contractId: 'D-3', serviceEndsAt: NOW, beforeGoLive: true, beforeVerdict: true }),
    ServiceEndSet.create({ contractId: 'D-3', shopIds: ['sh-D-3'], serviceEndsAt: NOW }),
  );
  await expect.poll(async () => (await deposits().getDeposit({ contractId: 'D-3' })).ledger?.refundOwed, { timeout: 30_000 }).toEqual(cny(6_000));
  expect((await ground.api().listInvoices({ contractId: 'D-3' })).invoices).toEqual([]);
});

test('an invoice of trial days waits for the verdict, and falls due with it', async () => {
  await signed('D-4', '2026-03-01');
  await receipt('D-4', 'r1', 6_000);
  await onLaunch('D-4', TrialStarted.create({ contractId: 'D-4', startsOn: '2026-03-20', endsOn: '2026-04-20', endsAt: NOW + 1 }));
  const { invoices } = await ground.api().closeThrough({ commandId: commandId(), through: '2026-03', contractId: 'D-4' });
  expect(invoices).toMatchObject([{ dueOn: '', dueAtVerdict: true, open: cny(9_000) }]);
  await onLaunch('D-4', TrialPassed.create({ contractId: 'D-4', decidedAt: NOW, month: '2026-04' }));
  expect(await ground.api().getInvoice({ number: invoices[0]?.number ?? '' })).toMatchObject({ dueOn: '2026-04-10', open: cny(9_000) });
});

test('a day before the first go-live costs nothing, whatever the contract’s first day says; a contract that ends before it is never invoiced', async () => {
  await signed('D-6', '2026-03-01', { days: 30 });
  await receipt('D-6', 'r1', 6_000);
  expect(await deposits().getTrialStanding({ contractId: 'D-6' })).toMatchObject({ fees: cny(0), kept: cny(0), refund: cny(6_000) });
  expect((await ground.api().getClosePlan({ through: '2026-03' })).candidates.map(({ contractId }) => contractId)).not.toContain('D-6');
  const liveAt = Temporal.Instant.from('2026-04-06T09:00:00+08:00').epochMilliseconds;
  await onLaunch('D-6', ShopWentLive.create({ contractId: 'D-6', shopId: 'sh-D-6', liveAt }));
  // 6 to 10 April: 5 of 30 days.
  expect(await deposits().getTrialStanding({ contractId: 'D-6' })).toMatchObject({ fees: cny(1_500), refund: cny(4_500) });
});

test('a verdict that is told after its month was closed is set against that invoice all the same; overdue, it waits for the client', async () => {
  await signed('D-7', '2026-03-01');
  await receipt('D-7', 'r1', 6_000);
  await onLaunch('D-7', TrialStarted.create({ contractId: 'D-7', startsOn: '2026-03-01', endsOn: '2026-04-09', endsAt: NOW + 1 }));
  const { invoices } = await ground.api().closeThrough({ commandId: commandId(), through: '2026-03', contractId: 'D-7' });
  const decidedAt = Temporal.Instant.from('2026-03-31T18:00:00+08:00').epochMilliseconds;
  await onLaunch('D-7', TrialPassed.create({ contractId: 'D-7', decidedAt, month: '2026-03' }));
  const number = invoices[0]?.number ?? '';
  expect(await ground.api().getInvoice({ number })).toMatchObject({ total: cny(9_000), open: cny(3_000), dueOn: '2026-03-31', lines: invoices[0]?.lines });
  expect((await ground.api().listWaiting({})).items.find(({ kind }) => kind === 'invoice-overdue')).toMatchObject({ subject: number, waitsFor: 'client' });
});

test('BR-010, BR-228: a contract that ends after its trial was passed closes at its end; what its invoices leave of the deposit waits to be paid out', async () => {
  await signed('D-8', '2026-04-01');
  await receipt('D-8', 'r1', 6_000);
  await onLaunch(
    'D-8',
    TrialStarted.create({ contractId: 'D-8', startsOn: '2026-04-01', endsOn: '2026-04-05', endsAt: NOW }),
    TrialPassed.create({ contractId: 'D-8', decidedAt: NOW - 1000, month: '2026-04' }),
    ContractTerminated.create({ contractId: 'D-8', serviceEndsAt: NOW }),
    ServiceEndSet.create({ contractId: 'D-8', shopIds: ['sh-D-8'], serviceEndsAt: NOW }),
  );
  await expect
    .poll(async () => (await deposits().getDeposit({ contractId: 'D-8' })).ledger, { timeout: 30_000 })
    .toMatchObject({ setOff: cny(3_000), credited: cny(3_000), held: cny(0), refundOwed: cny(0) });
  const waiting = async () => (await ground.api().listWaiting({})).items.find(({ kind, contractId }) => kind === 'credit-owed' && contractId === 'D-8');
  await expect.poll(waiting, { timeout: 15_000 }).toMatchObject({ waitsFor: 'finance', path: '/deposits/D-8' });
  const payout = { commandId: commandId(), clientId: 'client-D-8', payoutId: 'c1', amount: cny(3_000), paidOn: '2026-04-10', reference: 'out' };
  const { at } = await deposits().payOutCredit(payout);
  await ground.billing.kit.awaitPosition(at);
  expect(await deposits().getClientCredit({ clientId: 'client-D-8' })).toMatchObject({ balance: [] });
  expect(await waiting()).toBeUndefined();
  const more = deposits().payOutCredit({ ...payout, commandId: commandId(), payoutId: 'c2', amount: cny(1) });
  expect(await failureOf(more)).toMatchObject({ code: 'credit-exceeded' });
  expect(await failureOf(deposits({ role: 'client', clientId: 'client-D-1', shopIds: ['sh-D-1'] }).getClientCredit({ clientId: 'client-D-8' }))).toMatchObject({
    code: 'client-not-found',
  });
  expect(await failureOf(deposits().getClientCredit({ clientId: 'client-none' }))).toMatchObject({ code: 'client-not-found' });
});

test('a client sees their own deposit and moves no money; another’s does not exist', async () => {
  const client = deposits({ role: 'client', shopIds: ['sh-D-1'], clientId: 'client-D-1', mayAgree: true });
  expect((await client.listDeposits({})).deposits.map(({ contractId }) => contractId)).toEqual(['D-1']);
  expect(await failureOf(client.getDeposit({ contractId: 'D-2' }))).toMatchObject({ code: 'deposit-not-found' });
  const asked = { commandId: commandId(), contractId: 'D-1', receiptId: 'r9', amount: cny(1), receivedOn: '2026-04-01' };
  expect(await failureOf(client.confirmReceipt(asked))).toMatchObject({ status: 'PERMISSION_DENIED', code: 'not-allowed' });
  expect(await failureOf(client.recordPayout({ ...asked, payoutId: 'p9', paidOn: '2026-04-01' }))).toMatchObject({ code: 'not-allowed' });
});

test('what is missing waits for the client, what is owed back for finance', async () => {
  const waiting = async (caller: Partial<Caller>) =>
    (await ground.billing.as(testCaller(caller), BillingServiceDefinition).listWaiting({})).items
      .filter(({ kind }) => kind.startsWith('deposit'))
      .map(({ kind, contractId, waitsFor }) => `${contractId} ${kind} ${waitsFor}`);
  await signed('D-5', '2026-05-01');
  expect((await waiting({ role: 'finance' })).sort()).toEqual(['D-3 deposit-refund-owed finance', 'D-5 deposit-awaited client']);
  expect(await waiting({ role: 'client', shopIds: ['sh-D-5'], clientId: 'client-D-5' })).toEqual(['D-5 deposit-awaited client']);
  expect(await waiting({ role: 'client', shopIds: ['sh-D-3'], clientId: 'client-D-3' })).toEqual([]);
});

test('what is not so is refused by name and place', async () => {
  const asked = { commandId: commandId(), contractId: 'D-4', receiptId: 'r9', amount: cny(1), receivedOn: '2026-04-01' };
  expect(await failureOf(deposits().confirmReceipt({ ...asked, receivedOn: '2026-13-01' }))).toMatchObject({
    code: 'date-invalid',
    facts: { field: 'receivedOn' },
  });
  expect(await failureOf(deposits().confirmReceipt({ ...asked, commandId: commandId(), receivedOn: '2027-01-01' }))).toMatchObject({ code: 'date-ahead' });
  expect(await failureOf(deposits().confirmReceipt({ ...asked, commandId: commandId(), amount: undefined }))).toMatchObject({ code: 'amount-missing' });
  expect(await failureOf(deposits().confirmReceipt({ ...asked, commandId: commandId(), contractId: 'K-2' }))).toMatchObject({ code: 'deposit-not-agreed' });
  expect(await failureOf(deposits().confirmReceipt({ ...asked, commandId: commandId(), contractId: 'none' }))).toMatchObject({ code: 'contract-not-found' });
});

test('what is refused of one contract is set aside for finance and holds up no other, of another vendor least of all; news of it has it tried again', async () => {
  // Its deposit was agreed otherwise than the contract now says, and its stream is the first that the work comes to.
  const agreed = DepositRequested.create({ contractId: 'A-1', clientId: 'client-A-1', shopIds: ['sh-A-1'], required: cny(5_000) });
  await ground.happenedAt(ground.billing, depositStream('A-1'), agreed);
  await signed('A-1', '2026-03-01');
  const other = new Upstream('v2');
  const elsewhere = ContractSigned.create({
    contractId: 'Z-1',
    number: 'Z-1',
    clientId: 'client-Z-1',
    shopIds: ['sh-Z-1'],
    terms: ContractTerms.create({ currency: 'CNY', zone: 'Asia/Shanghai', effectiveOn: '2026-03-01', deposit: cny(6_000) }),
  });
  await ground.happened(other.record('client-onboarding', 'contract-Z-1', '', elsewhere));
  await expect
    .poll(async () => (await deposits({ vendorId: 'v2' }).listDeposits({})).deposits.map(({ contractId }) => contractId), { timeout: 30_000 })
    .toEqual(['Z-1']);
  const refused = async () => (await ground.api().listWaiting({})).items.filter(({ kind }) => kind === 'engagement-refused');
  expect(await refused()).toMatchObject([{ contractId: 'A-1', waitsFor: 'finance', since: NOW, path: '/contracts/A-1' }]);
  expect((await ground.api({ vendorId: 'v2' }).listWaiting({})).items.filter(({ kind }) => kind === 'engagement-refused')).toEqual([]);

  await ground.billing.kit.work((tx) => sql`update engagements set deposit_minor = 500000 where contract_id = 'A-1'`.execute(tx)); // as the news had it
  await onLaunch('A-1', TrialStarted.create({ contractId: 'A-1', startsOn: '2026-03-01', endsOn: '2026-03-31', endsAt: NOW + 1 }));
  await expect.poll(refused, { timeout: 30_000 }).toEqual([]);
  expect(await deposits().getDeposit({ contractId: 'A-1' })).toMatchObject({ status: 'awaited', ledger: { required: cny(5_000) } });
}, 60_000);

test('an operator who has put right what stood against it has it tried again, once, and says why; what is refused again is set aside again', async () => {
  await ground.happenedAt(
    ground.billing,
    depositStream('A-2'),
    DepositRequested.create({ contractId: 'A-2', clientId: 'client-A-2', shopIds: ['sh-A-2'], required: cny(5_000) }),
  );
  await signed('A-2', '2026-03-01');
  const setAside = () => deposits().getSetAside({ contractId: 'A-2' });
  await expect.poll(setAside, { timeout: 30_000 }).toMatchObject({ code: 'deposit-already-requested', factsJson: '{"required":"5000.00"}', since: NOW });
  const retry = (reason: string, contractId = 'A-2') => deposits().retrySetAside({ commandId: commandId(), contractId, reason });
  expect(await failureOf(retry('  '))).toMatchObject({ code: 'reason-missing' });
  expect(await failureOf(retry('x', 'D-1'))).toMatchObject({ code: 'not-set-aside', status: 'FAILED_PRECONDITION' });
  expect(await failureOf(retry('x', 'none'))).toMatchObject({ code: 'contract-not-found' });
  for (const role of ['client', 'team-lead'] as const)
    expect(
      await failureOf(
        ground.billing.as(testCaller({ role }), DepositServiceDefinition).retrySetAside({ commandId: commandId(), contractId: 'A-2', reason: 'x' }),
      ),
    ).toMatchObject({ code: 'not-allowed' });

  await retry('try it'); // nothing was put right
  await expect.poll(async () => (await setAside()).retries.length, { timeout: 30_000 }).toBe(1);
  await expect.poll(setAside, { timeout: 30_000 }).toMatchObject({ code: 'deposit-already-requested', retries: [{ reason: 'try it', userId: 'user-1' }] });

  await ground.billing.kit.work((tx) => sql`update engagements set deposit_minor = 500000 where contract_id = 'A-2'`.execute(tx)); // put right
  const both = await Promise.all([retry('5,000 is right'), retry('5,000 is right').catch(() => undefined)]);
  expect(both.filter((one) => one !== undefined)).toHaveLength(1);
  await expect.poll(setAside, { timeout: 30_000 }).toMatchObject({ code: '', retries: [{ reason: '5,000 is right' }, { reason: 'try it' }] });
  expect((await ground.api().listWaiting({})).items.filter(({ kind }) => kind === 'engagement-refused')).toEqual([]);
  expect(await failureOf(retry('again'))).toMatchObject({ code: 'not-set-aside' });
  await expect
    .poll(() => ground.billing.kit.work((tx) => sql`select deposit_requested, refused from engagements where contract_id = 'A-2'`.execute(tx)), {
      timeout: 30_000,
    })
    .toMatchObject({ rows: [{ deposit_requested: true, refused: '' }] });
}, 60_000);

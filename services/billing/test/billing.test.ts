// The whole service on real PostgreSQL: what a month comes to, its close, and every invoiced figure down to its conversations.
import { AccountParty } from '@deskfleet/protocol/agents';
import type { Accrual } from '@deskfleet/protocol/billing-service';
import { ConsumptionServiceDefinition, HeldState } from '@deskfleet/protocol/feed';
import { ContractImported } from '@deskfleet/protocol/onboarding';
import { failureOf, testCaller } from '@deskfleet/service-kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ground, startGround } from './ground.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await startGround();
});
afterAll(() => ground?.remove());

let commands = 0;
const close = (through: string) => ground.api().closeThrough({ commandId: `close-${++commands}`, through });
const minor = (amounts: readonly { amount?: { minor: number } | undefined }[]): number => amounts.reduce((sum, { amount }) => sum + (amount?.minor ?? 0), 0);
const numbersOf = ({ invoices }: { invoices: readonly { number: string; contractNumber: string }[] }) =>
  invoices.map(({ number, contractNumber }) => `${number} ${contractNumber}`);

test('every table of the service is held by row level security', async () => expect(await ground.billing.unprotectedTables()).toEqual([]));

test('BR-212: what is not ours or not answered is not counted, and each is listed with its reason', async () => {
  const accrual = await ground.api().getAccrual({ contractId: 'K-2', month: '2026-03' });
  expect(accrual).toMatchObject({ contractNumber: 'K-2', currency: 'CNY', counted: 4, notCounted: 3, invoiceNumber: '', total: { minor: 100_140 } });
  expect(accrual.reasons.map(({ reason, count }) => [reason, count])).toEqual([
    ['out-of-scope', 1],
    ['shop-staff', 1],
    ['unanswered', 1],
  ]);
  expect(accrual.lines.map(({ key, quantity, amount }) => [key, quantity, amount?.minor])).toEqual([
    ['fee.monthly', '1', 100_000],
    ['usage.conversation', '2', 140],
  ]);
  expect(accrual.days).toHaveLength(31);
  expect(minor(accrual.days)).toBe(100_140);
});

test('BR-213: three chats of one buyer on a day are one buyer-day', async () => {
  const { accruals, all, rest } = await ground.api().listAccruals({ month: '2026-03' });
  const summed = (of: (accrual: Accrual) => number) => accruals.reduce((n, accrual) => n + of(accrual), 0);
  expect(all).toMatchObject({
    contracts: 2,
    counted: summed(({ counted }) => counted),
    notCounted: summed(({ notCounted }) => notCounted),
    totals: [{ currency: 'CNY', minor: summed(({ total }) => total?.minor ?? 0) }],
  });
  expect(rest).toMatchObject({ contracts: 0, totals: [] });
  const first = await ground.api().listAccruals({ month: '2026-03', page: { size: 1 } });
  const second = await ground.api().listAccruals({ month: '2026-03', page: { size: 1, token: first.nextToken } });
  expect([first.accruals, second.accruals, second.nextToken]).toEqual([accruals.slice(0, 1), accruals.slice(1), '']);
  expect(accruals.map(({ contractId }) => contractId)).toEqual(['K-1', 'K-2']);
  expect(accruals[0]).toMatchObject({ counted: 2, notCounted: 2, reasons: [{ reason: 'same-buyer-day', count: 2 }], total: { minor: 67 } });
  const february = await ground.api().getAccrual({ contractId: 'K-1', month: '2026-02' });
  expect(february).toMatchObject({ counted: 1, total: { minor: 33 } });
});

test('a month that has not ended is refused by name and nothing is issued', async () => {
  expect(await failureOf(close('2026-05'))).toMatchObject({ status: 'FAILED_PRECONDITION', code: 'month-not-ended' });
  const { code, facts } = await failureOf(close('2026-04'));
  expect([code, facts['held']]).toMatchObject(['month-not-ended', [{ contract: 'K-2', shops: ['Alpha'], month: '2026-04' }]]);
  expect((await ground.api().listInvoices({})).invoices).toEqual([]);
});

test('a contract that is not there is not closed in silence', async () => {
  const { code } = await failureOf(ground.api().closeThrough({ commandId: 'nowhere', through: '2026-03', contractId: 'K-9' }));
  expect(code).toBe('contract-not-found');
});

test('BR-216: clocks not yet due hold their month by name, and no other month is issued either', async () => {
  ground.sla.notYetDue = 3;
  const { code, facts } = await failureOf(close('2026-03'));
  expect([code, facts['held']]).toMatchObject(['clocks-not-yet-due', [{ contract: 'K-2', month: '2026-03', count: 3 }]]);
  expect(
    (await ground.api().getClosePlan({ through: '2026-03' })).candidates.map(({ contractId, month, heldBy, count }) => [contractId, month, heldBy, count]),
  ).toEqual([
    ['K-1', '2026-02', '', 0],
    ['K-2', '2026-03', 'clocks-not-yet-due', 3],
    ['K-1', '2026-03', '', 0],
  ]);
  expect((await ground.api().listInvoices({})).invoices).toEqual([]);
  const { items } = await ground.api().listWaiting({});
  expect(items.map(({ kind, contractId, subject, waitsFor }) => [kind, contractId, subject, waitsFor])).toEqual([
    ['month-not-closed', 'K-1', '2026-02', 'finance'],
    ['month-not-closed', 'K-2', '2026-03', 'finance'],
    ['month-not-closed', 'K-1', '2026-03', 'finance'],
  ]);
  ground.sla.notYetDue = 0;
});

test('months are closed month by month, then by shop, with gapless numbers; closed twice at once or again, the list is the same', async () => {
  const numbers = ['DF-202602-0001 K-1', 'DF-202603-0001 K-2', 'DF-202603-0002 K-1'];
  const [one, other] = await Promise.all([close('2026-03'), close('2026-03')]);
  expect([numbersOf(one), numbersOf(other), numbersOf(await close('2026-03'))]).toEqual([numbers, numbers, numbers]);
  expect(numbersOf(await close('2026-02'))).toEqual(numbers.slice(0, 1));
  const invoice = one.invoices[1];
  expect(invoice?.lines.map(({ key, amount }) => [key, amount?.minor])).toEqual([
    ['fee.monthly', 100_000],
    ['usage.conversation', 140],
    ['sla.credit', -10_014],
  ]);
  expect(invoice).toMatchObject({ period: '2026-03', total: { minor: 90_126 }, attainment: [{ met: 1, missed: 3, targetBp: 9_000, kept: false }] });
  // Settled first: all of that log, wanted here or not, was counted before.
  expect(invoice?.knownThrough).toMatchObject({ 'sla-monitoring/0/test': 7, [ground.onboarding.kit.store.source]: 1 });
  expect((await ground.api().getClosePlan({ through: '2026-03' })).candidates).toEqual([]);
  expect(await ground.api().getAccrual({ contractId: 'K-2', month: '2026-03' })).toMatchObject({ invoiceNumber: invoice?.number, total: { minor: 90_126 } });
});

test('while something that may count cannot be applied, a close is refused by name; once it is skipped with a reason, it goes on', async () => {
  const broken = ContractImported.create({ contractId: 'K-9', shopIds: ['sh-9'] }); // without terms
  await ground.happenedAt(ground.onboarding, 'contract-K-9', broken);
  const { code, facts } = await failureOf(close('2026-03'));
  expect([code, facts['service'], facts['reason']]).toEqual(['not-settled', 'billing', expect.stringMatching(/parked: .*contract-K-9 .*has no terms/)]);

  const desk = ground.billing.as(testCaller(), ConsumptionServiceDefinition);
  const { streams } = await desk.listHeldStreams({ state: HeldState.HELD_STATE_PARKED });
  expect(streams).toMatchObject([{ group: 'billing', streamId: 'contract-K-9', attempts: 3, events: 1, firstType: ContractImported.$type }]);
  const { group = '', source = '', streamId = '', firstPosition = 0 } = streams[0] ?? {};
  const held = { group, source, streamId, position: firstPosition };
  const { events } = await desk.listHeldEvents(held);
  expect(events.map(({ data }) => ContractImported.decode(data).contractId)).toEqual(['K-9']);
  expect(await failureOf(desk.skipHeld({ ...held, reason: ' ' }))).toMatchObject({ status: 'INVALID_ARGUMENT', code: 'reason-missing' });
  const asFinance = ground.billing.as(testCaller({ role: 'finance' }), ConsumptionServiceDefinition);
  expect(await failureOf(asFinance.skipHeld({ ...held, reason: 'sent twice' }))).toMatchObject({ code: 'not-allowed' });
  const ofAnother = ground.billing.as(testCaller({ vendorId: 'v2' }), ConsumptionServiceDefinition);
  expect((await ofAnother.listHeldStreams({})).streams).toEqual([]);
  expect(await failureOf(ofAnother.skipHeld({ ...held, reason: 'sent twice' }))).toMatchObject({ code: 'held-stream-not-found' });
  expect(await ofAnother.retryHeld({})).toMatchObject({ streams: 0 });

  expect(await desk.retryHeld({ group })).toMatchObject({ streams: 1 }); // it fails again
  expect((await failureOf(close('2026-03'))).code).toBe('not-settled');
  const { skipped } = await desk.skipHeld({ ...held, reason: 'a contract without terms, entered again as K-10' });
  expect(skipped).toMatchObject({ skippedBy: { id: 'user-1', role: 'vendor-operations' }, reason: 'a contract without terms, entered again as K-10' });
  expect((await desk.listSkippedEvents({})).events).toEqual([skipped]);
  expect((await ofAnother.listSkippedEvents({})).events).toEqual([]);
  expect(numbersOf(await close('2026-03'))).toHaveLength(3);
  expect(await desk.listRestores({})).toMatchObject({ restores: [], nextToken: '' });
  expect(await desk.listOrphanedEvents({})).toMatchObject({ events: [], nextToken: '' });
}, 60_000);

/** An invoice down to its conversations: each level sums to the one above. */
async function expectToAddUp(number: string): Promise<void> {
  const invoice = await ground.api().getInvoice({ number });
  expect(minor(invoice.lines)).toBe(invoice.total?.minor);
  for (const { key, amount } of invoice.lines) {
    const { days } = await ground.api().listLineDays({ number, lineKey: key });
    expect(minor(days)).toBe(amount?.minor);
    if (!key.startsWith('usage.')) continue;
    for (const day of days) {
      const usage = await ground.api().listUsage({ number, date: day.date });
      expect([usage.amount?.minor, minor(usage.items)]).toEqual([day.amount?.minor, day.amount?.minor]);
    }
    expect(minor((await ground.api().listUsage({ number, counted: 'yes' })).items)).toBe(amount?.minor);
  }
}

test('the days of a line sum to the line and the conversations of a day to the day', async () => {
  for (const { number } of (await ground.api().listInvoices({})).invoices) await expectToAddUp(number);
  const { days, spreadRule } = await ground.api().listLineDays({ number: 'DF-202603-0001', lineKey: 'usage.conversation' });
  expect(days.map(({ date, quantity, amount }) => [date, quantity, amount?.minor])).toEqual([
    ['2026-03-02', 1, 70],
    ['2026-03-05', 1, 70],
  ]);
  expect(spreadRule).toBe('included-first');
});

test('a list of usage goes on page by page', async () => {
  const seen: string[] = [];
  for (let token = ''; ; ) {
    const page = await ground.api().listUsage({ number: 'DF-202603-0001', page: { size: 3, token } });
    expect(page.total).toBe(7);
    seen.push(...page.items.map(({ conversationId }) => conversationId));
    token = page.nextToken;
    if (token === '') break;
  }
  expect(seen).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7']);
});

test('BR-179: an account learned later to be the shop leaves the issued invoice as it was and shows as not yet adjusted', async () => {
  const number = 'DF-202603-0001';
  const issued = await ground.api().getInvoice({ number });
  const usage = await ground.api().listUsage({ number });
  await ground.happened(ground.upstream.mapped('sh-2', 'seat-2', AccountParty.ACCOUNT_PARTY_SHOP_STAFF));

  expect(await ground.api().getInvoice({ number })).toEqual({ ...issued, notYetAdjusted: 1 });
  expect(await ground.api().listUsage({ number })).toEqual(usage);
  await expectToAddUp(number);
  const now = await ground.api().listUsage({ contractId: 'K-2', month: '2026-03', counted: 'yes' });
  expect([now.items.map(({ conversationId }) => conversationId), now.amount?.minor]).toEqual([['a1', 'a2', 'a3'], 70]);
  expect(await ground.api().getAccrual({ contractId: 'K-2', month: '2026-03' })).toMatchObject({ counted: 3, notYetAdjusted: 1, total: { minor: 90_126 } });
  expect(numbersOf(await close('2026-03'))).toHaveLength(3);
});

test('a credit whose breaches were all withdrawn since still stands on days that sum to it', async () => {
  ground.sla.missedOn = [];
  await expectToAddUp('DF-202603-0001');
});

test("a client sees its own shop's months and invoices, and another's are not there", async () => {
  const client = ground.api({ role: 'client', clientId: 'c1', shopIds: ['sh-1'] });
  expect((await client.listInvoices({})).invoices.map(({ number }) => number)).toEqual(['DF-202602-0001', 'DF-202603-0002']);
  expect((await client.listAccruals({ month: '2026-03' })).accruals.map(({ contractId }) => contractId)).toEqual(['K-1']);
  expect((await client.listUsage({ number: 'DF-202603-0002' })).total).toBe(4);
  const foreign = { number: 'DF-202603-0001' };
  const calls = [
    () => client.getInvoice(foreign),
    () => client.listLineDays({ ...foreign, lineKey: 'fee.monthly' }),
    () => client.listUsage(foreign),
    () => client.getAccrual({ contractId: 'K-2', month: '2026-03' }),
    () => client.listUsage({ contractId: 'K-2', month: '2026-03' }),
    () => client.listInvoices({ shopIds: ['sh-2'] }),
    () => ground.api({ vendorId: 'v2' }).getInvoice(foreign),
  ];
  for (const call of calls) expect((await failureOf(call())).status).toBe('NOT_FOUND');
  expect((await failureOf(client.closeThrough({ commandId: 'x', through: '2026-03' }))).code).toBe('not-allowed');
});

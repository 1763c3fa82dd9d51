// However receipts, verdicts, ends, invoices, payments and payouts follow each other, no money is lost and none is made.
import { fold } from '@deskfleet/event-store';
import { fromProto, type Money, money, parseMoney, subtract, sum, toProto, zero } from '@deskfleet/money';
import { InvoiceIssued, SettledBy } from '@deskfleet/protocol/billing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { balanceOf, type CreditEvent, credit } from '../credit/credit.ts';
import { type DepositCommand, type DepositEvent, deposit } from '../deposit/deposit.ts';
import { type InvoiceCommand, type InvoiceEvent, invoice, openAmount } from '../invoice/invoice.ts';
import { issueSettled, keepForUnpaid, settleRouted } from './settlement.ts';

const cny = (minor: number): Money => money('CNY', BigInt(minor));
const CLIENT = 'cl_1';
const CONTRACTS = ['ct_1', 'ct_2'] as const;

/** A client with two contracts: what each stream holds, and what went through our hands at the bank. */
class Books {
  readonly deposits = new Map<string, DepositEvent[]>(CONTRACTS.map((id) => [id, []]));
  readonly invoices = new Map<string, InvoiceEvent[]>();
  readonly credit: CreditEvent[] = [];
  inAtBank = cny(0);
  outAtBank = cny(0);

  deposit(contractId: string) {
    return fold(deposit, this.deposits.get(contractId) ?? []);
  }

  onDeposit(contractId: string, command: DepositCommand): boolean {
    const decision = deposit.decide(this.deposit(contractId), command);
    if (decision.accepted) this.deposits.get(contractId)?.push(...decision.events);
    return decision.accepted && decision.events.length > 0;
  }

  onInvoice(id: string, command: InvoiceCommand): boolean {
    const events = this.invoices.get(id);
    const decision = events === undefined ? undefined : invoice.decide(fold(invoice, events), command);
    if (decision?.accepted !== true) return false;
    events?.push(...decision.events);
    return decision.events.length > 0;
  }

  issue(contractId: string, month: string, total: number): void {
    const invoiceId = `${contractId} ${month}`;
    const last = [...this.invoices.keys()].filter((id) => id.startsWith(contractId)).at(-1);
    if (last !== undefined && invoiceId <= last) return; // a contract's months are issued in their order, once
    const document = InvoiceIssued.create({ invoiceId, contractId, period: month, currency: 'CNY', total: toProto(cny(total)), issuedOn: `${month}-28` });
    const happened = issueSettled({ document, clientId: CLIENT, deposit: this.deposit(contractId), credit: fold(credit, this.credit) });
    this.invoices.set(invoiceId, [...happened.invoice]);
    this.deposits.get(contractId)?.push(...happened.deposit);
    this.credit.push(...happened.credit);
  }

  /** The verdict told after its month was closed, or, without a month, no invoice to wait for any more. */
  applyRouted(contractId: string, month: string): void {
    const events = this.invoices.get(`${contractId} ${month}`);
    const state = this.deposit(contractId);
    if (month !== '' && (events === undefined || state.status !== 'routed' || state.route.month !== month)) return;
    const happened = settleRouted(state, events === undefined ? invoice.initial : fold(invoice, events), fold(credit, this.credit), '2026-09-30');
    this.deposits.get(contractId)?.push(...happened.deposit);
    events?.push(...happened.invoice);
    this.credit.push(...happened.credit);
  }

  keep(contractId: string): void {
    const state = this.deposit(contractId);
    if (state.status !== 'routed' || state.route.month !== '') return;
    const own = [...this.invoices].filter(([id]) => id.startsWith(contractId));
    const kept = keepForUnpaid(
      state,
      own.map(([, events]) => fold(invoice, events)),
      '2026-09-30',
    );
    this.deposits.get(contractId)?.push(...kept.deposit);
    for (const [id, events] of kept.invoices) this.invoices.get(id)?.push(...events);
  }

  payOutCredit(payoutId: string, amount: Money): boolean {
    const decision = credit.decide(fold(credit, this.credit), { kind: 'pay-out', clientId: CLIENT, payoutId, amount, paidOn: '2026-09-30', reference: '' });
    if (decision.accepted) this.credit.push(...decision.events);
    return decision.accepted && decision.events.length > 0;
  }

  /** received = held + set off + credited + kept + refund owed + refunded, for each; and what came in is where it was put or went out again. */
  check(): void {
    const parts: Money[] = [];
    let settledByDeposit = cny(0);
    let creditedByDeposits = cny(0);
    for (const contractId of CONTRACTS) {
      const state = this.deposit(contractId);
      if (state.status === 'none') continue;
      const { received, ...where } = state.ledger;
      expect(sum('CNY', Object.values(where))).toEqual(received);
      for (const amount of Object.values(where)) expect(amount.minor >= 0n).toBe(true);
      expect(where.held.minor <= state.required.minor).toBe(true);
      expect(where.setOff.minor > 0n && where.kept.minor > 0n).toBe(false); // BR-011
      settledByDeposit = sum('CNY', [settledByDeposit, where.setOff, where.kept]);
      creditedByDeposits = sum('CNY', [creditedByDeposits, where.credited]);
      parts.push(where.held, where.refundOwed);
    }
    const settlements = [...this.invoices.values()].flat().flatMap((event) => ('by' in event ? [event] : []));
    const settledBy = (by: SettledBy) =>
      sum(
        'CNY',
        settlements.filter((event) => event.by === by).map(({ amount }) => fromProto(amount ?? toProto(cny(0)))),
      );
    expect(settledBy(SettledBy.SETTLED_BY_DEPOSIT)).toEqual(settledByDeposit);
    const spent = this.credit
      .filter(({ $type }) => $type === 'deskfleet.billing.v1.ClientCreditApplied')
      .map(({ amount }) => fromProto(amount ?? toProto(cny(0))));
    expect(settledBy(SettledBy.SETTLED_BY_CLIENT_CREDIT)).toEqual(sum('CNY', spent));
    const granted = this.credit
      .filter(({ $type }) => $type === 'deskfleet.billing.v1.ClientCreditGranted')
      .map(({ amount }) => fromProto(amount ?? toProto(cny(0))));
    expect(sum('CNY', granted)).toEqual(creditedByDeposits);
    const balance = balanceOf(fold(credit, this.credit), 'CNY');
    expect(balance.minor >= 0n).toBe(true);
    const settled = sum(
      'CNY',
      [...this.invoices.values()].map((events) => {
        const state = fold(invoice, events);
        if (state.status === 'open') throw new Error('an invoice that was not issued');
        expect(state.settled.minor <= (state.invoice.total?.minor ?? 0)).toBe(true);
        expect(openAmount(state)).toEqual(subtract(fromProto(state.invoice.total ?? toProto(cny(0))), state.settled));
        return state.settled;
      }),
    );
    expect(sum('CNY', [...parts, balance, settled])).toEqual(subtract(this.inAtBank, this.outAtBank));
  }
}

const contract = fc.constantFrom(...CONTRACTS);
const amount = fc.integer({ min: 1, max: 900_000 });
const month = fc.constantFrom('2026-03', '2026-04', '2026-05', '2026-06');

type Step = (books: Books) => void;
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(contract, fc.integer({ min: 0, max: 5 }), amount).map(
    ([contractId, n, minor]): Step =>
      (books) => {
        if (books.onDeposit(contractId, { kind: 'receive', receiptId: `r${n}`, amount: cny(minor), receivedOn: '2026-03-01', reference: '' }))
          books.inAtBank = sum('CNY', [books.inAtBank, cny(minor)]);
      },
  ),
  fc.tuple(contract, month).map(
    ([contractId, of]): Step =>
      (books) =>
        void books.onDeposit(contractId, { kind: 'route-to-invoice', month: of, decidedAt: 1 }),
  ),
  contract.map(
    (contractId): Step =>
      (books) =>
        void books.onDeposit(contractId, { kind: 'route-to-refund', decidedAt: 1 }),
  ),
  fc.tuple(contract, month, fc.integer({ min: 0, max: 900_000 })).map(
    ([contractId, of, total]): Step =>
      (books) =>
        books.issue(contractId, of, total),
  ),
  contract.map(
    (contractId): Step =>
      (books) =>
        books.keep(contractId),
  ),
  fc.tuple(contract, fc.option(month, { nil: '' })).map(
    ([contractId, of]): Step =>
      (books) =>
        books.applyRouted(contractId, of),
  ),
  fc.tuple(contract, fc.integer({ min: 0, max: 3 }), amount).map(
    ([contractId, n, minor]): Step =>
      (books) => {
        if (books.onDeposit(contractId, { kind: 'refund', payoutId: `p${n}`, amount: cny(minor), paidOn: '2026-06-01', reference: '' }))
          books.outAtBank = sum('CNY', [books.outAtBank, cny(minor)]);
      },
  ),
  fc.tuple(contract, month, fc.integer({ min: 0, max: 3 }), amount).map(
    ([contractId, of, n, minor]): Step =>
      (books) => {
        const payment = { kind: 'settle', by: SettledBy.SETTLED_BY_PAYMENT, amount: cny(minor), settledOn: '2026-06-01', reference: `b${n}` } as const;
        if (books.onInvoice(`${contractId} ${of}`, payment)) books.inAtBank = sum('CNY', [books.inAtBank, cny(minor)]);
      },
  ),
  fc.tuple(fc.integer({ min: 0, max: 3 }), amount).map(
    ([n, minor]): Step =>
      (books) => {
        if (books.payOutCredit(`c${n}`, cny(minor))) books.outAtBank = sum('CNY', [books.outAtBank, cny(minor)]);
      },
  ),
);

test('no order of events loses money or doubles it', () =>
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      const books = new Books();
      for (const contractId of CONTRACTS)
        books.onDeposit(contractId, { kind: 'request', contractId, clientId: CLIENT, shopIds: [], required: parseMoney('CNY', '6000.00') });
      for (const does of steps) {
        does(books);
        books.check();
      }
    }),
    { numRuns: 2_000 },
  ));

test('a deposit of 6,000 against a fee of 9,000 leaves 3,000 to pay', () => {
  // BR-009, BR-175
  const books = passed(900_000);
  expect(openOf(books, 'ct_1 2026-03')).toEqual(parseMoney('CNY', '3000.00'));
});

test('a fee of 4,500 leaves nothing to pay, and 1,500 that the next invoice uses first', () => {
  // BR-010
  const books = passed(450_000);
  expect(openOf(books, 'ct_1 2026-03')).toEqual(zero('CNY'));
  expect(balanceOf(fold(credit, books.credit), 'CNY')).toEqual(parseMoney('CNY', '1500.00'));
  books.issue('ct_1', '2026-04', 450_000);
  expect(openOf(books, 'ct_1 2026-04')).toEqual(parseMoney('CNY', '3000.00'));
});

test('a month with nothing to charge lets the deposit be the client’s credit', () => {
  const books = new Books();
  receiveAll(books);
  books.onDeposit('ct_1', { kind: 'route-to-invoice', month: '2026-03', decidedAt: 1 });
  books.issue('ct_1', '2026-04', 100_000);
  expect(balanceOf(fold(credit, books.credit), 'CNY')).toEqual(parseMoney('CNY', '5000.00'));
});

test('a verdict that is told after its month was closed is set against that invoice all the same', () => {
  const books = new Books();
  receiveAll(books);
  books.issue('ct_1', '2026-03', 450_000);
  books.onDeposit('ct_1', { kind: 'route-to-invoice', month: '2026-03', decidedAt: 1 });
  books.applyRouted('ct_1', '2026-03');
  expect(openOf(books, 'ct_1 2026-03')).toEqual(zero('CNY'));
  expect(balanceOf(fold(credit, books.credit), 'CNY')).toEqual(parseMoney('CNY', '1500.00'));
});

test('credit is spent once, whichever contract’s invoice comes first, and what is left is paid out once', () => {
  // BR-228
  const books = passed(450_000);
  books.issue('ct_2', '2026-03', 100_000);
  books.issue('ct_1', '2026-04', 20_000);
  expect([openOf(books, 'ct_2 2026-03'), openOf(books, 'ct_1 2026-04')]).toEqual([zero('CNY'), zero('CNY')]);
  expect(books.payOutCredit('c1', parseMoney('CNY', '300.01'))).toBe(false);
  expect(books.payOutCredit('c1', parseMoney('CNY', '300.00'))).toBe(true);
  expect(books.payOutCredit('c1', parseMoney('CNY', '300.00'))).toBe(false);
  expect(balanceOf(fold(credit, books.credit), 'CNY')).toEqual(zero('CNY'));
});

test('fees of 6,400 on a failed trial use up the deposit and leave 400 to pay', () => {
  // BR-008
  const books = new Books();
  receiveAll(books);
  books.onDeposit('ct_1', { kind: 'route-to-refund', decidedAt: 1 });
  books.issue('ct_1', '2026-03', 640_000);
  books.keep('ct_1');
  expect(openOf(books, 'ct_1 2026-03')).toEqual(parseMoney('CNY', '400.00'));
});

function passed(fee: number): Books {
  const books = new Books();
  receiveAll(books);
  books.onDeposit('ct_1', { kind: 'route-to-invoice', month: '2026-03', decidedAt: 1 });
  books.issue('ct_1', '2026-03', fee);
  return books;
}

function receiveAll(books: Books): void {
  const required = parseMoney('CNY', '6000.00');
  books.onDeposit('ct_1', { kind: 'request', contractId: 'ct_1', clientId: CLIENT, shopIds: [], required });
  books.onDeposit('ct_1', { kind: 'receive', receiptId: 'r0', amount: required, receivedOn: '2026-03-01', reference: '' });
}

function openOf(books: Books, id: string): Money {
  const state = fold(invoice, books.invoices.get(id) ?? []);
  if (state.status === 'open') throw new Error(`${id} was not issued`);
  return openAmount(state);
}

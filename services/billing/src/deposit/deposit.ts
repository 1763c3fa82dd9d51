// The deposit (保证金) a client pays before the trial. It leaves by exactly one of two ways: a passed trial sets it against the invoice of the
// verdict's month, and what that leaves becomes the client's credit; a failed or ended one keeps what unpaid fees need and owes the rest back.
// At every instant: received = held + set off + turned into client credit + kept + refund owed + refunded.
// Source: domain.md P-04, BR-005 to BR-011, BR-208; N-232, N-233.
import { accept, type Decider, type Decision, type EpochMs, refuse } from '@deskfleet/event-store';
import { add, formatAmount, fromProto, type Money, subtract, toProto, zero } from '@deskfleet/money';
import {
  DepositApplied,
  DepositCredited,
  DepositKept,
  DepositReceived,
  DepositRefunded,
  DepositRefundOwed,
  DepositRequested,
  DepositRoute,
  DepositRouted,
} from '@deskfleet/protocol/billing';

export type DepositEvent =
  | DepositRequested
  | DepositReceived
  | DepositRouted
  | DepositApplied
  | DepositCredited
  | DepositKept
  | DepositRefundOwed
  | DepositRefunded;

/** Where the money is. Every field an amount of the contract's currency, none below zero. */
export interface DepositLedger {
  readonly received: Money;
  readonly held: Money;
  readonly setOff: Money;
  readonly credited: Money;
  readonly kept: Money;
  readonly refundOwed: Money;
  readonly refunded: Money;
}

export type Deposit =
  | { readonly status: 'none' }
  /** Agreed: `required` is awaited until it is received, then held. */
  | ({ readonly status: 'agreed' } & Agreed)
  /** The verdict or the end has fixed which way it leaves; it has not left yet. */
  | ({ readonly status: 'routed'; readonly route: DepositRouted } & Agreed)
  /** It has left; a refund may still be owed. */
  | ({ readonly status: 'settled'; readonly route: DepositRouted } & Agreed);

interface Agreed {
  readonly contractId: string;
  readonly clientId: string;
  readonly required: Money;
  readonly ledger: DepositLedger;
  readonly receipts: readonly string[];
  readonly payouts: readonly string[];
}

/** What an invoice still asks for. */
export interface OpenInvoice {
  readonly invoiceId: string;
  readonly open: Money;
}

export type DepositCommand =
  | { readonly kind: 'request'; readonly contractId: string; readonly clientId: string; readonly shopIds: readonly string[]; readonly required: Money }
  | { readonly kind: 'receive'; readonly receiptId: string; readonly amount: Money; readonly receivedOn: string; readonly reference: string }
  /** The trial was passed: against the invoice of this month. */
  | { readonly kind: 'route-to-invoice'; readonly month: string; readonly decidedAt: EpochMs }
  /** The trial failed, or the contract ended before a verdict. */
  | { readonly kind: 'route-to-refund'; readonly decidedAt: EpochMs }
  /** That month's invoice is issued, or, without one, had nothing to charge. */
  | { readonly kind: 'apply'; readonly invoice: OpenInvoice | undefined }
  /** Service has ended and all its months are invoiced: these are unpaid, in the order in which they are to be settled. */
  | { readonly kind: 'keep'; readonly invoices: readonly OpenInvoice[] }
  | { readonly kind: 'refund'; readonly payoutId: string; readonly amount: Money; readonly paidOn: string; readonly reference: string };

export type DepositRefusal =
  | 'deposit-not-agreed'
  | 'deposit-already-requested'
  | 'deposit-already-routed'
  | 'deposit-not-routed'
  | 'deposit-set-off'
  | 'amount-not-positive'
  | 'currency-differs'
  | 'refund-exceeds-owed';

export const deposit: Decider<DepositCommand, DepositEvent, Deposit, DepositRefusal> = {
  initial: { status: 'none' },

  evolve(state, event) {
    if (event.$type === DepositRequested.$type) return requested(event);
    if (state.status === 'none') return state;
    const { ledger } = state;
    switch (event.$type) {
      case DepositReceived.$type:
        return {
          ...state,
          receipts: [...state.receipts, event.receiptId],
          ledger: { ...ledger, received: add(ledger.received, of(event)), held: add(ledger.held, of(event)) },
        };
      case DepositRouted.$type:
        return { ...state, status: ledger.held.minor === 0n ? 'settled' : 'routed', route: event };
      case DepositApplied.$type:
        return settledBy(state, { setOff: add(ledger.setOff, of(event)) }, event);
      case DepositCredited.$type:
        return settledBy(state, { credited: add(ledger.credited, of(event)) }, event);
      case DepositKept.$type:
        return settledBy(state, { kept: add(ledger.kept, of(event)) }, event);
      case DepositRefundOwed.$type:
        return settledBy(state, { refundOwed: add(ledger.refundOwed, of(event)) }, event);
      case DepositRefunded.$type:
        return {
          ...state,
          payouts: [...state.payouts, event.payoutId],
          ledger: { ...ledger, refundOwed: subtract(ledger.refundOwed, of(event)), refunded: add(ledger.refunded, of(event)) },
        };
    }
  },

  decide(state, command) {
    if (command.kind === 'request') return request(state, command);
    if (state.status === 'none') return refuse('deposit-not-agreed');
    switch (command.kind) {
      case 'receive':
        return receive(state, command);
      case 'route-to-invoice':
        return route(state, DepositRoute.DEPOSIT_ROUTE_INVOICE, command.month, command.decidedAt);
      case 'route-to-refund':
        return route(state, DepositRoute.DEPOSIT_ROUTE_REFUND, '', command.decidedAt);
      case 'apply':
        return apply(state, command.invoice);
      case 'keep':
        return keep(state, command.invoices);
      case 'refund':
        return refund(state, command);
    }
  },
};

type Some = Exclude<Deposit, { status: 'none' }>;
type Command<Kind extends DepositCommand['kind']> = Extract<DepositCommand, { kind: Kind }>;
type Decided = Decision<DepositEvent, DepositRefusal>;

function request(state: Deposit, { contractId, clientId, shopIds, required }: Command<'request'>): Decided {
  if (state.status !== 'none')
    return state.required.minor === required.minor ? accept() : refuse('deposit-already-requested', { required: formatAmount(state.required) });
  return accept(DepositRequested.create({ contractId, clientId, shopIds: [...shopIds], required: toProto(required) }));
}

/** What is received beyond what is required, or after the deposit has left, is owed back: money that came is never refused. */
function receive(state: Some, { receiptId, amount, receivedOn, reference }: Command<'receive'>): Decided {
  if (state.receipts.includes(receiptId)) return accept();
  const wrong = amountRefusal(state, amount);
  if (wrong !== undefined) return wrong;
  const { contractId, required, ledger } = state;
  const received = DepositReceived.create({
    contractId,
    receiptId,
    amount: toProto(amount),
    receivedOn,
    reference,
    received: toProto(add(ledger.received, amount)),
    required: toProto(required),
  });
  const missing = state.status === 'settled' ? zero(required.currency) : atLeastZero(subtract(required, ledger.held));
  const excess = atLeastZero(subtract(amount, missing));
  return excess.minor === 0n ? accept(received) : accept<DepositEvent>(received, DepositRefundOwed.create({ contractId, amount: toProto(excess) }));
}

/** Fixed once: the other way is closed from here (BR-011). */
function route(state: Some, to: DepositRoute, month: string, decidedAt: EpochMs): Decided {
  if (state.status === 'agreed') return accept(DepositRouted.create({ contractId: state.contractId, route: to, month, decidedAt }));
  return state.route.route === to ? accept() : refuse('deposit-already-routed', routeFacts(state.route));
}

function apply(state: Some, invoice: OpenInvoice | undefined): Decided {
  if (state.status === 'settled') return accept();
  if (state.status !== 'routed') return refuse('deposit-not-routed');
  if (state.route.route !== DepositRoute.DEPOSIT_ROUTE_INVOICE) return refuse('deposit-already-routed', routeFacts(state.route));
  const { contractId, clientId, ledger } = state;
  const used = invoice === undefined ? zero(ledger.held.currency) : smaller(ledger.held, invoice.open);
  const left = subtract(ledger.held, used);
  return accept<DepositEvent>(
    ...(invoice !== undefined && used.minor > 0n ? [DepositApplied.create({ contractId, invoiceId: invoice.invoiceId, amount: toProto(used) })] : []),
    ...(left.minor > 0n ? [DepositCredited.create({ contractId, clientId, amount: toProto(left) })] : []),
  );
}

function keep(state: Some, invoices: readonly OpenInvoice[]): Decided {
  if (state.status === 'settled') return accept();
  if (state.status !== 'routed') return refuse('deposit-not-routed');
  if (state.route.route !== DepositRoute.DEPOSIT_ROUTE_REFUND) return refuse('deposit-already-routed', routeFacts(state.route));
  const { contractId } = state;
  let left = state.ledger.held;
  const events: DepositEvent[] = [];
  for (const { invoiceId, open } of invoices) {
    const kept = smaller(left, open);
    if (kept.minor <= 0n) continue;
    events.push(DepositKept.create({ contractId, invoiceId, amount: toProto(kept) }));
    left = subtract(left, kept);
  }
  if (left.minor > 0n) events.push(DepositRefundOwed.create({ contractId, amount: toProto(left) }));
  return accept(...events);
}

function refund(state: Some, { payoutId, amount, paidOn, reference }: Command<'refund'>): Decided {
  if (state.payouts.includes(payoutId)) return accept();
  const wrong = amountRefusal(state, amount);
  if (wrong !== undefined) return wrong;
  const owed = state.ledger.refundOwed;
  if (owed.minor === 0n && state.status !== 'agreed' && state.route.route === DepositRoute.DEPOSIT_ROUTE_INVOICE)
    return refuse('deposit-set-off', routeFacts(state.route));
  if (amount.minor > owed.minor)
    return refuse('refund-exceeds-owed', { field: 'amount', found: formatAmount(amount), expected: `at most ${formatAmount(owed)}` });
  return accept(DepositRefunded.create({ contractId: state.contractId, payoutId, amount: toProto(amount), paidOn, reference }));
}

function requested({ contractId, clientId, required = toProto(zero('CNY')) }: DepositRequested): Deposit {
  const none = zero(required.currency);
  return {
    status: 'agreed',
    contractId,
    clientId,
    required: fromProto(required),
    ledger: { received: none, held: none, setOff: none, credited: none, kept: none, refundOwed: none, refunded: none },
    receipts: [],
    payouts: [],
  };
}

/** Money leaves `held` for where `to` says. Only a refund owed before the route is fixed leaves the deposit as it is: it was received beyond what is required. */
function settledBy(state: Some, to: Partial<DepositLedger>, event: { readonly amount: DepositReceived['amount'] }): Deposit {
  const ledger = { ...state.ledger, ...to, held: subtract(state.ledger.held, of(event)) };
  return state.status === 'agreed' ? { ...state, ledger } : { ...state, status: ledger.held.minor === 0n ? 'settled' : state.status, ledger };
}

function amountRefusal(state: Some, amount: Money) {
  if (amount.currency !== state.required.currency)
    return refuse('currency-differs' as const, { field: 'amount', found: amount.currency, expected: state.required.currency });
  if (amount.minor <= 0n) return refuse('amount-not-positive' as const, { field: 'amount', found: formatAmount(amount), expected: 'more than 0' });
  return undefined;
}

function routeFacts({ route, month, decidedAt }: DepositRouted): Record<string, unknown> {
  return { by: route === DepositRoute.DEPOSIT_ROUTE_INVOICE ? 'invoice' : 'refund', month, decidedAt };
}

function of({ amount }: { readonly amount: DepositReceived['amount'] }): Money {
  if (amount === undefined) throw new Error('an event of the deposit has no amount');
  return fromProto(amount);
}

export function smaller(a: Money, b: Money): Money {
  return a.minor <= b.minor ? a : b;
}

export function atLeastZero(amount: Money): Money {
  return amount.minor < 0n ? zero(amount.currency) : amount;
}

// One invoice a contract and month. Issued once, its document never edited: what is learned later becomes a note, not another invoice, and what is
// paid stands beside it. What it still asks for is its total less what settled it, never below zero.
// Its number comes from the legal entity's own stream, appended in the same all-or-nothing call. Source: domain.md P-34, BR-009, BR-179.
import { accept, type Decider, refuse } from '@deskfleet/event-store';
import { add, formatAmount, fromProto, type Money, subtract, toProto, zero } from '@deskfleet/money';
import { InvoiceFellDue, InvoiceIssued, InvoiceNumberTaken, InvoiceSettled, SettledBy } from '@deskfleet/protocol/billing';

export type InvoiceEvent = InvoiceIssued | InvoiceSettled | InvoiceFellDue;

export type Invoice =
  | { readonly status: 'open' }
  | {
      readonly status: 'issued';
      readonly invoice: InvoiceIssued;
      readonly settled: Money;
      readonly dueOn: string;
      /** The bank's references of what was paid. */
      readonly payments: readonly string[];
    };

export type InvoiceCommand =
  | { readonly kind: 'issue'; readonly invoice: InvoiceIssued }
  /** A payment's reference counts once. */
  | { readonly kind: 'settle'; readonly by: SettledBy; readonly amount: Money; readonly settledOn: string; readonly reference: string }
  /** The trial's verdict has come. */
  | { readonly kind: 'fall-due'; readonly dueOn: string };

export type InvoiceRefusal = 'invoice-not-found' | 'amount-not-positive' | 'currency-differs' | 'payment-exceeds-open';

export const invoice: Decider<InvoiceCommand, InvoiceEvent, Invoice, InvoiceRefusal> = {
  initial: { status: 'open' },

  evolve(state, event) {
    if (event.$type === InvoiceIssued.$type) return { status: 'issued', invoice: event, settled: zero(event.currency), dueOn: event.dueOn, payments: [] };
    if (state.status === 'open') return state;
    switch (event.$type) {
      case InvoiceSettled.$type:
        return {
          ...state,
          settled: add(state.settled, event.amount === undefined ? zero(state.settled.currency) : fromProto(event.amount)),
          payments: event.by === SettledBy.SETTLED_BY_PAYMENT ? [...state.payments, event.reference] : state.payments,
        };
      case InvoiceFellDue.$type:
        return { ...state, dueOn: event.dueOn };
    }
  },

  decide(state, command) {
    if (command.kind === 'issue') return state.status === 'issued' ? accept() : accept(command.invoice);
    if (state.status === 'open') return refuse('invoice-not-found');
    const { invoiceId, dueAtVerdict } = state.invoice;
    if (command.kind === 'fall-due') return dueAtVerdict && state.dueOn === '' ? accept(InvoiceFellDue.create({ invoiceId, dueOn: command.dueOn })) : accept();
    const { by, amount, settledOn, reference } = command;
    if (by === SettledBy.SETTLED_BY_PAYMENT && state.payments.includes(reference)) return accept();
    const open = openAmount(state);
    if (amount.currency !== open.currency) return refuse('currency-differs', { field: 'amount', found: amount.currency, expected: open.currency });
    if (amount.minor <= 0n) return refuse('amount-not-positive', { field: 'amount', found: formatAmount(amount), expected: 'more than 0' });
    if (amount.minor > open.minor)
      return refuse('payment-exceeds-open', { field: 'amount', found: formatAmount(amount), expected: `at most ${formatAmount(open)}` });
    return accept(InvoiceSettled.create({ invoiceId, by, amount: toProto(amount), settledOn, reference }));
  },
};

/** What an issued invoice still asks for. */
export function openAmount({ invoice: { total, currency }, settled }: Extract<Invoice, { status: 'issued' }>): Money {
  const open = subtract(total === undefined ? zero(currency) : fromProto(total), settled);
  return open.minor < 0n ? zero(currency) : open;
}

/** How many numbers a legal entity has given out in a period. Gapless: the ordinal is the stream's next version. */
export interface Numbers {
  readonly taken: number;
}

export interface TakeNumber {
  readonly kind: 'take';
  readonly legalEntity: string;
  readonly period: string;
  readonly invoiceId: string;
}

export const numbers: Decider<TakeNumber, InvoiceNumberTaken, Numbers, never> = {
  initial: { taken: 0 },

  evolve: (_numbers, event) => ({ taken: event.ordinal }),

  decide(state, { legalEntity, period, invoiceId }) {
    const ordinal = state.taken + 1;
    return accept(InvoiceNumberTaken.create({ legalEntity, ordinal, number: invoiceNumber(period, ordinal), invoiceId }));
  },
};

/** DF-202603-0142 */
export function invoiceNumber(period: string, ordinal: number): string {
  return `DF-${period.replace('-', '')}-${ordinal.toString().padStart(4, '0')}`;
}

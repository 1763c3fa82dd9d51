// One invoice a contract and month. Issued once, never edited: what is learned later becomes a note, not another invoice.
// Its number comes from the legal entity's own stream, appended in the same all-or-nothing call. Source: domain.md P-34, BR-179.
import { accept, type Decider } from '@deskfleet/event-store';
import { type InvoiceIssued, InvoiceNumberTaken } from '@deskfleet/protocol/billing';

export type Invoice = { readonly status: 'open' } | { readonly status: 'issued'; readonly invoice: InvoiceIssued };

export interface IssueInvoice {
  readonly kind: 'issue';
  readonly invoice: InvoiceIssued;
}

export const invoice: Decider<IssueInvoice, InvoiceIssued, Invoice, never> = {
  initial: { status: 'open' },

  evolve: (_invoice, event) => ({ status: 'issued', invoice: event }),

  decide: (state, command) => (state.status === 'issued' ? accept() : accept(command.invoice)),
};

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

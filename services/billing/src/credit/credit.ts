// What a client has with us beyond any one invoice: a deposit its invoice did not use up (BR-010). Later invoices use it first, and at the end
// what is left is paid out (BR-228). One stream a client, so that two contracts cannot spend it twice.
import { accept, type Decider, refuse } from '@deskfleet/event-store';
import { add, formatAmount, fromProto, type Money, subtract, toProto, zero } from '@deskfleet/money';
import { ClientCreditApplied, ClientCreditGranted, ClientCreditPaidOut } from '@deskfleet/protocol/billing';

export type CreditEvent = ClientCreditGranted | ClientCreditApplied | ClientCreditPaidOut;

export interface Credit {
  /** What can be spent, by currency. */
  readonly balance: ReadonlyMap<string, Money>;
  readonly payouts: readonly string[];
}

export type CreditCommand =
  | { readonly kind: 'grant'; readonly clientId: string; readonly contractId: string; readonly amount: Money; readonly reason: string }
  /** As much as there is, at most what the invoice asks for. */
  | { readonly kind: 'apply'; readonly clientId: string; readonly invoiceId: string; readonly open: Money }
  | {
      readonly kind: 'pay-out';
      readonly clientId: string;
      readonly payoutId: string;
      readonly amount: Money;
      readonly paidOn: string;
      readonly reference: string;
    };

export type CreditRefusal = 'amount-not-positive' | 'credit-exceeded';

export const credit: Decider<CreditCommand, CreditEvent, Credit, CreditRefusal> = {
  initial: { balance: new Map(), payouts: [] },

  evolve(state, event) {
    const amount = amountOf(event);
    const before = balanceOf(state, amount.currency);
    switch (event.$type) {
      case ClientCreditGranted.$type:
        return { ...state, balance: new Map(state.balance).set(amount.currency, add(before, amount)) };
      case ClientCreditApplied.$type:
        return { ...state, balance: new Map(state.balance).set(amount.currency, subtract(before, amount)) };
      case ClientCreditPaidOut.$type:
        return { balance: new Map(state.balance).set(amount.currency, subtract(before, amount)), payouts: [...state.payouts, event.payoutId] };
    }
  },

  decide(state, command) {
    switch (command.kind) {
      case 'grant': {
        const { clientId, contractId, amount, reason } = command;
        if (amount.minor <= 0n) return notPositive(amount);
        return accept(ClientCreditGranted.create({ clientId, contractId, amount: toProto(amount), reason }));
      }
      case 'apply': {
        const { clientId, invoiceId, open } = command;
        const has = balanceOf(state, open.currency);
        const used = has.minor < open.minor ? has : open;
        return used.minor <= 0n ? accept() : accept(ClientCreditApplied.create({ clientId, invoiceId, amount: toProto(used) }));
      }
      case 'pay-out': {
        const { clientId, payoutId, amount, paidOn, reference } = command;
        if (state.payouts.includes(payoutId)) return accept();
        if (amount.minor <= 0n) return notPositive(amount);
        const has = balanceOf(state, amount.currency);
        if (amount.minor > has.minor)
          return refuse('credit-exceeded', { field: 'amount', found: formatAmount(amount), expected: `at most ${formatAmount(has)}` });
        return accept(ClientCreditPaidOut.create({ clientId, payoutId, amount: toProto(amount), paidOn, reference }));
      }
    }
  },
};

export function balanceOf(state: Credit, currency: string): Money {
  return state.balance.get(currency) ?? zero(currency);
}

function notPositive(amount: Money) {
  return refuse('amount-not-positive' as const, { field: 'amount', found: formatAmount(amount), expected: 'more than 0' });
}

function amountOf({ amount }: CreditEvent): Money {
  if (amount === undefined) throw new Error('an event of the credit has no amount');
  return fromProto(amount);
}

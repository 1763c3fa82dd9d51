// How money meets an invoice: what an issued one takes from the deposit and from the client's credit, and what an ended trial's deposit keeps.
// Pure, over the three deciders, so that what leaves one stream arrives in another in the same append. Source: BR-007 to BR-010, BR-175, BR-208.
import type { Decider, Decision } from '@deskfleet/event-store';
import { fromProto, negate } from '@deskfleet/money';
import type { UnknownMessage } from '@deskfleet/protocol';
import { DepositApplied, DepositCredited, DepositKept, DepositRoute, type InvoiceIssued, SettledBy } from '@deskfleet/protocol/billing';
import { type Credit, type CreditEvent, credit } from '../credit/credit.ts';
import { type Deposit, type DepositEvent, deposit } from '../deposit/deposit.ts';
import { type Invoice, type InvoiceEvent, invoice, openAmount } from '../invoice/invoice.ts';

export interface Issuing {
  readonly document: InvoiceIssued;
  readonly clientId: string;
  readonly deposit: Deposit;
  readonly credit: Credit;
}

export interface IssuedWith {
  readonly invoice: readonly InvoiceEvent[];
  readonly deposit: readonly DepositEvent[];
  readonly credit: readonly CreditEvent[];
}

/** An invoice with what it takes at once: the deposit, where the trial was passed in its month, then the client's credit. */
export function issueSettled({ document, clientId, deposit: held, credit: has }: Issuing): IssuedWith {
  const invoiced = recorder(invoice, invoice.initial);
  invoiced.does({ kind: 'issue', invoice: document });
  const credited = recorder(credit, has);
  const { period, issuedOn, invoiceId } = document;
  // A deposit of an earlier month had nothing to be set against.
  const taken = toInvoice(held) && held.route.month <= period ? applyDeposit(held, held.route.month === period ? invoiced : undefined, credited, issuedOn) : [];
  // Late fees taken back, and nothing to set them against.
  const { contractId, total } = document;
  if (total !== undefined && total.minor < 0)
    credited.does({ kind: 'grant', clientId, contractId, amount: negate(fromProto(total)), reason: 'late-fee-taken-back' });
  const open = openOf(invoiced.state);
  if (open !== undefined && open.minor > 0n) {
    const [used] = credited.does({ kind: 'apply', clientId, invoiceId, open });
    if (used?.amount !== undefined)
      invoiced.does({ kind: 'settle', by: SettledBy.SETTLED_BY_CLIENT_CREDIT, amount: fromProto(used.amount), settledOn: issuedOn, reference: '' });
  }
  return { invoice: invoiced.events, deposit: taken, credit: credited.events };
}

/**
 * A deposit whose way to the invoice was fixed when that invoice was issued already, or, `invoice` open, will never be: it is set against it
 * as at its issue, and the rest becomes the client's credit.
 */
export function settleRouted(held: Deposit, of: Invoice, has: Credit, settledOn: string): IssuedWith {
  const invoiced = recorder(invoice, of);
  const credited = recorder(credit, has);
  const taken = toInvoice(held) ? applyDeposit(held, of.status === 'issued' ? invoiced : undefined, credited, settledOn) : [];
  return { invoice: invoiced.events, deposit: taken, credit: credited.events };
}

type Routed = Extract<Deposit, { status: 'routed' }>;

function toInvoice(held: Deposit): held is Routed {
  return held.status === 'routed' && held.route.route === DepositRoute.DEPOSIT_ROUTE_INVOICE;
}

/** What leaves the deposit arrives in the invoice or in the credit. */
function applyDeposit(
  held: Routed,
  invoiced: Recorder<typeof invoice> | undefined,
  credited: Recorder<typeof credit>,
  settledOn: string,
): readonly DepositEvent[] {
  const { contractId, clientId } = held;
  const [state, open] = [invoiced?.state, invoiced === undefined ? undefined : openOf(invoiced.state)];
  const own = state?.status === 'issued' && open !== undefined ? { invoiceId: state.invoice.invoiceId, open } : undefined;
  const taken = accepted(deposit.decide(held, { kind: 'apply', invoice: own }));
  for (const event of taken) {
    if (event.$type === DepositApplied.$type && event.amount !== undefined)
      invoiced?.does({ kind: 'settle', by: SettledBy.SETTLED_BY_DEPOSIT, amount: fromProto(event.amount), settledOn, reference: '' });
    if (event.$type === DepositCredited.$type && event.amount !== undefined)
      credited.does({ kind: 'grant', clientId, contractId, amount: fromProto(event.amount), reason: 'deposit-not-used' });
  }
  return taken;
}

export interface Kept {
  readonly deposit: readonly DepositEvent[];
  /** By invoice id. */
  readonly invoices: ReadonlyMap<string, readonly InvoiceEvent[]>;
}

/** After service has ended: the unpaid invoices take what they need of the deposit, in their order; the rest is owed back. */
export function keepForUnpaid(held: Deposit, invoices: readonly Invoice[], settledOn: string): Kept {
  const unpaid = invoices.flatMap((state) => (state.status === 'issued' ? [{ state, invoiceId: state.invoice.invoiceId, open: openAmount(state) }] : []));
  const events = accepted(deposit.decide(held, { kind: 'keep', invoices: unpaid }));
  const settled = new Map<string, readonly InvoiceEvent[]>();
  for (const event of events) {
    if (event.$type !== DepositKept.$type || event.amount === undefined) continue;
    const of = unpaid.find(({ invoiceId }) => invoiceId === event.invoiceId);
    if (of === undefined) throw new Error(`${event.invoiceId} is not among the invoices`);
    const command = { kind: 'settle', by: SettledBy.SETTLED_BY_DEPOSIT, amount: fromProto(event.amount), settledOn, reference: '' } as const;
    settled.set(event.invoiceId, accepted(invoice.decide(of.state, command)));
  }
  return { deposit: events, invoices: settled };
}

function openOf(state: Invoice) {
  return state.status === 'issued' ? openAmount(state) : undefined;
}

interface Recording<Command, Event, State> {
  readonly events: readonly Event[];
  readonly state: State;
  does(command: Command): readonly Event[];
}
type Recorder<Of> = Of extends Decider<infer Command, infer Event, infer State, infer _Code> ? Recording<Command, Event, State> : never;

/** Gives a decider one command after the other and keeps what happened. */
function recorder<Command, Event extends UnknownMessage, State, Code extends string>(
  decider: Decider<Command, Event, State, Code>,
  from: State,
): Recording<Command, Event, State> {
  const events: Event[] = [];
  return {
    events,
    get state(): State {
      return events.reduce((state, event) => decider.evolve(state, event), from);
    },
    does(command: Command): readonly Event[] {
      const happened = accepted(decider.decide(this.state, command));
      events.push(...happened);
      return happened;
    },
  };
}

/** What the amounts above are made so that it cannot be refused. */
function accepted<Event>(decision: Decision<Event>): readonly Event[] {
  if (!decision.accepted) throw new Error(`settling was refused: ${decision.code} ${JSON.stringify(decision.facts)}`);
  return decision.events;
}

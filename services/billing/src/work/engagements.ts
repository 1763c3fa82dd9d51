// What follows in money from what onboarding decided. A signed contract asks for its deposit; a verdict or an end fixes the deposit's way and lets
// the trial's invoices fall due. When service has ended its months are closed at once, the last one as far as it went, and what they leave
// unpaid is kept from the deposit; the rest is owed back. Every step may be done again: streams decide once. Source: BR-007 to BR-011, BR-208.
import { fold, type Refused, type Tx } from '@deskfleet/event-store';
import { money } from '@deskfleet/money';
import {
  ClientCreditApplied,
  ClientCreditGranted,
  DepositApplied,
  DepositCredited,
  DepositKept,
  DepositRefundOwed,
  DepositRequested,
  DepositRouted,
  InvoiceFellDue,
  InvoiceIssued,
  InvoiceNumberTaken,
  InvoiceSettled,
  SetAsideRetried,
} from '@deskfleet/protocol/billing';
import { CommandReceipt, LogPosition } from '@deskfleet/protocol/common';
import { ContractSigned, ContractTerminated, TrialFailed, TrialPassed } from '@deskfleet/protocol/onboarding';
import { dateOf, monthOf } from '@deskfleet/service-hours';
import { type BackgroundWork, type Kit, refusalOf, serviceCaller, unwrap } from '@deskfleet/service-kit';
import { credit } from '../credit/credit.ts';
import { deposit } from '../deposit/deposit.ts';
import { invoice } from '../invoice/invoice.ts';
import { creditStream, depositStream, invoiceStream, streamsOf } from '../invoice/streams.ts';
import { type After, type Engagement, endedEngagements, engagementsToDo, markDone, markRefused, readmit, retriedEngagements } from '../queries/engagements.ts';
import { invoicesOfContract, type StoredInvoice } from '../queries/invoices.ts';
import { keepForUnpaid, settleRouted } from '../settlement/settlement.ts';
import { closeThrough } from './closing.ts';

/** Contracts a page; a slice goes through all there are, so that those which fail or rest never stand before the others. */
const PAGE = 20;
const COUNTED = 1_000;

export function depositWork(kit: Kit): BackgroundWork {
  return {
    name: 'billing:deposits',
    after: [ContractSigned, TrialPassed, TrialFailed, ContractTerminated, SetAsideRetried],
    appends: [DepositRequested, DepositRouted, DepositApplied, DepositCredited, ClientCreditGranted, InvoiceSettled, InvoiceFellDue],
    async slice() {
      await eachByItself(kit, engagementsToDo, async (engagement) => {
        if (engagement.depositMinor > 0 && !engagement.depositRequested) await requestDeposit(kit, engagement);
        if (engagement.outcome !== '') await applyOutcome(kit, engagement);
      });
      return false;
    },
    pending: () => kit.work(async (tx) => (await engagementsToDo(tx, COUNTED)).length + (await retriedEngagements(tx))),
  };
}

/** It settles what it closes itself, and closing waits for all other work: counted as pending it would wait for itself. */
export function finalSettlements(kit: Kit): BackgroundWork {
  const rest = new Rest();
  const ended = (tx: Tx, limit: number, after: After | undefined): Promise<Engagement[]> => endedEngagements(tx, kit.now(), limit, after);
  return {
    name: 'billing:final-settlements',
    after: [TrialFailed, ContractTerminated, SetAsideRetried], // after a passed trial too: the last month, and a deposit whose month had nothing to charge
    appends: [
      InvoiceIssued,
      InvoiceNumberTaken,
      InvoiceSettled,
      DepositKept,
      DepositRefundOwed,
      DepositApplied,
      DepositCredited,
      ClientCreditGranted,
      ClientCreditApplied,
    ],
    async slice() {
      await eachByItself(kit, ended, async (engagement) => {
        if (rest.resting(engagement.contractId)) return;
        if (await settleFinally(kit, engagement)) rest.done(engagement.contractId);
        else rest.tired(engagement.contractId);
      });
      return false;
    },
    pending: async () => 0,
  };
}

/** A refusal that only means "not now". */
const PASSING: ReadonlySet<string> = new Set(['overloaded', 'busy']);

/**
 * Does what there is to do of each contract, page by page. One that is refused is set aside until onboarding says more of it, or an operator has it tried
 * again; one that fails is told to whoever runs the work, and tried again with it. Neither holds the others up, of other vendors least of all.
 */
async function eachByItself(
  kit: Kit,
  page: (tx: Tx, limit: number, after: After | undefined) => Promise<Engagement[]>,
  task: (engagement: Engagement) => Promise<void>,
): Promise<void> {
  await kit.work(readmit);
  const faults: unknown[] = [];
  for (let after: After | undefined; ; ) {
    const found = await kit.work((tx) => page(tx, PAGE, after));
    for (const engagement of found) {
      try {
        await task(engagement);
      } catch (error) {
        const refused = refusalOf(error);
        if (refused === undefined || PASSING.has(refused.code)) faults.push(error);
        else await setAside(kit, engagement, refused);
      }
    }
    after = found.at(-1);
    if (found.length < PAGE) break;
  }
  if (faults.length > 0) throw faults[0];
}

async function setAside(kit: Kit, engagement: Engagement, refused: Refused): Promise<void> {
  const { vendorId, contractId } = engagement;
  const { code, facts } = refused;
  kit.log.error({ vendorId, contractId, code, facts }, 'what follows of a contract in money was refused, and is set aside');
  await kit.work((tx) => markRefused(tx, engagement, refused, kit.now()));
}

const FIRST_REST_MS = 500;
const LONGEST_REST_MS = 60_000;

/** A settlement that is held asks the whole house each time: it is tried again after a while that doubles. */
class Rest {
  readonly #until = new Map<string, { readonly at: number; readonly ms: number }>();

  resting(contractId: string): boolean {
    return (this.#until.get(contractId)?.at ?? 0) > performance.now();
  }

  tired(contractId: string): void {
    const ms = Math.min(LONGEST_REST_MS, (this.#until.get(contractId)?.ms ?? FIRST_REST_MS / 2) * 2);
    this.#until.set(contractId, { at: performance.now() + ms, ms });
  }

  done(contractId: string): void {
    this.#until.delete(contractId);
  }
}

/** What follows a refusal is another command: the one refused keeps its answer. */
function again({ refusals }: Engagement): string {
  return refusals === 0 ? '' : `:${refusals}`;
}

async function requestDeposit(kit: Kit, engagement: Engagement): Promise<void> {
  const { vendorId, contractId, clientId, shopIds, currency, depositMinor } = engagement;
  await onDeposit(kit, engagement, 'request', { kind: 'request', contractId, clientId, shopIds, required: money(currency, BigInt(depositMinor)) });
  await kit.work((tx) => markDone(tx, { ...engagement, vendorId }, 'deposit_requested'));
}

async function applyOutcome(kit: Kit, engagement: Engagement): Promise<void> {
  const { outcome, month, decidedAt, depositMinor, outcomeApplied } = engagement;
  if (depositMinor > 0 && !outcomeApplied) {
    await onDeposit(kit, engagement, 'route', outcome === 'passed' ? { kind: 'route-to-invoice', month, decidedAt } : { kind: 'route-to-refund', decidedAt });
    // The verdict may have been told after its month was closed.
    if (outcome === 'passed') await applyRouted(kit, engagement, month);
  }
  await fallDue(kit, engagement);
  await kit.work((tx) => markDone(tx, engagement, 'outcome_applied'));
}

async function onDeposit(kit: Kit, engagement: Engagement, step: string, command: Parameters<typeof deposit.decide>[1]): Promise<void> {
  const { vendorId, contractId, shopIds } = engagement;
  unwrap(
    await kit.command({
      caller: serviceCaller('billing', vendorId),
      commandId: `deposit:${step}:${contractId}${again(engagement)}`,
      content: Buffer.from(contractId),
      answer: CommandReceipt,
      streams: [depositStream(contractId)],
      decide(loaded, now) {
        const streams = streamsOf(loaded, now);
        const decision = deposit.decide(fold(deposit, streams.deposit(contractId)), command);
        if (!decision.accepted) return decision;
        return { appends: [streams.append(depositStream(contractId), decision.events, onlyShop(shopIds))], answer: CommandReceipt.create() };
      },
    }),
  );
}

/** The trial's invoices waited for the outcome: they are due on its day. */
async function fallDue(kit: Kit, engagement: Engagement): Promise<void> {
  const { vendorId, contractId, zone, decidedAt, shopIds } = engagement;
  const waiting = (await invoicesNow(kit, vendorId, contractId)).filter(({ issued, dueOn }) => issued.dueAtVerdict && dueOn === '');
  for (const { issued } of waiting) {
    const streamId = invoiceStream(contractId, issued.period);
    unwrap(
      await kit.command({
        caller: serviceCaller('billing', vendorId),
        commandId: `fall-due:${issued.invoiceId}${again(engagement)}`,
        content: Buffer.from(issued.invoiceId),
        answer: CommandReceipt,
        streams: [streamId],
        decide(loaded, now) {
          const streams = streamsOf(loaded, now);
          const decision = invoice.decide(fold(invoice, streams.invoice(streamId)), { kind: 'fall-due', dueOn: dateOf(Math.min(decidedAt, now), zone) });
          if (!decision.accepted) return decision;
          return { appends: [streams.append(streamId, decision.events, onlyShop(shopIds))], answer: CommandReceipt.create() };
        },
      }),
    );
  }
}

/** What the passed trial's deposit finds of its month's invoice where that was issued before; without a month it has no invoice to wait for any more. */
async function applyRouted(kit: Kit, engagement: Engagement, month: string): Promise<void> {
  const { vendorId, contractId, clientId, zone, shopIds } = engagement;
  const invoiceId = month === '' ? '' : invoiceStream(contractId, month);
  unwrap(
    await kit.command({
      caller: serviceCaller('billing', vendorId),
      commandId: `deposit:apply:${contractId}:${month}${again(engagement)}`,
      content: Buffer.from(contractId),
      answer: CommandReceipt,
      streams: [depositStream(contractId), creditStream(clientId), ...(invoiceId === '' ? [] : [invoiceId])],
      decide(loaded, now) {
        const streams = streamsOf(loaded, now);
        const of = invoiceId === '' ? invoice.initial : fold(invoice, streams.invoice(invoiceId));
        if (month !== '' && of.status === 'open') return { appends: [], answer: CommandReceipt.create() };
        const happened = settleRouted(fold(deposit, streams.deposit(contractId)), of, fold(credit, streams.credit(clientId)), dateOf(now, zone));
        return {
          appends: [
            streams.append(depositStream(contractId), happened.deposit, onlyShop(shopIds)),
            streams.append(creditStream(clientId), happened.credit, ''),
            ...(invoiceId === '' ? [] : [streams.append(invoiceId, happened.invoice, onlyShop(shopIds))]),
          ],
          answer: CommandReceipt.create(),
        };
      },
    }),
  );
}

/** False while something holds the close: clocks that are not due yet, or what is on its way. */
async function settleFinally(kit: Kit, engagement: Engagement): Promise<boolean> {
  const { vendorId, contractId, serviceEndsAt, zone, beforeGoLive, depositMinor, shopIds, outcome } = engagement;
  const caller = serviceCaller('billing', vendorId);
  if (!beforeGoLive) {
    const held = await closeThrough(kit, caller, monthOf(serviceEndsAt - 1, zone), contractId);
    if (held !== undefined) {
      kit.log.info({ contractId, code: held.code, facts: held.facts }, 'the final settlement waits');
      return false;
    }
  }
  if (depositMinor > 0 && outcome === 'passed') await applyRouted(kit, engagement, '');
  else if (depositMinor > 0) {
    const months = await invoicesNow(kit, vendorId, contractId);
    const streamIds = months.map(({ issued }) => invoiceStream(contractId, issued.period));
    unwrap(
      await kit.command({
        caller,
        commandId: `deposit:keep:${contractId}${again(engagement)}`,
        content: Buffer.from(contractId),
        answer: CommandReceipt,
        streams: [depositStream(contractId), ...streamIds],
        decide(loaded, now) {
          const streams = streamsOf(loaded, now);
          const invoices = streamIds.map((streamId) => fold(invoice, streams.invoice(streamId)));
          const kept = keepForUnpaid(fold(deposit, streams.deposit(contractId)), invoices, dateOf(now, zone));
          return {
            appends: [
              streams.append(depositStream(contractId), kept.deposit, onlyShop(shopIds)),
              ...months.map(({ issued }, index) => streams.append(streamIds[index] ?? '', kept.invoices.get(issued.invoiceId) ?? [], onlyShop(shopIds))),
            ],
            answer: CommandReceipt.create(),
          };
        },
      }),
    );
  }
  await kit.work((tx) => markDone(tx, engagement, 'finally_settled'));
  return true;
}

/** A contract's invoices with those issued a moment ago: one that is not seen yet would be paid back instead of kept for. */
async function invoicesNow(kit: Kit, vendorId: string, contractId: string): Promise<StoredInvoice[]> {
  await kit.awaitPosition(LogPosition.create({ source: kit.store.source, position: (await kit.store.head()).position }));
  return kit.work((tx) => invoicesOfContract(tx, vendorId, contractId));
}

/** An event of a contract with one shop is that shop's; others are told by their contract. */
export function onlyShop(shopIds: readonly string[]): string {
  return shopIds.length === 1 ? (shopIds[0] ?? '') : '';
}

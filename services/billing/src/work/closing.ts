// Closing: every contract's month up to and including one becomes an invoice, month by month, then by shop. What holds a month is named
// before anything is issued; issued again, the same invoices come back. Source: domain.md P-34, BR-176 to BR-179, BR-216.
import { NotSettled } from '@deskfleet/event-bus';
import { fold, type Refused, refuse } from '@deskfleet/event-store';
import { toProto } from '@deskfleet/money';
import { AttainmentUsed, type InvoiceIssued, InvoiceIssued as InvoiceIssuedMessage } from '@deskfleet/protocol/billing';
import { CommandReceipt, LogPosition } from '@deskfleet/protocol/common';
import { type ClauseAttainment, type GetAttainmentResponse, SlaServiceDefinition } from '@deskfleet/protocol/sla-service';
import { dateOf, monthBounds, monthOf } from '@deskfleet/service-hours';
import { type Caller, type Kit, unwrap } from '@deskfleet/service-kit';
import { credit } from '../credit/credit.ts';
import { deposit } from '../deposit/deposit.ts';
import { invoice, numbers } from '../invoice/invoice.ts';
import { creditStream, depositStream, invoiceStream, numberStream, streamsOf } from '../invoice/streams.ts';
import { type BillingContract, contractsOf } from '../queries/contracts.ts';
import { type Engagement, engagementOf, trialPending } from '../queries/engagements.ts';
import { issuedMonths } from '../queries/invoices.ts';
import { type FallenDue, fallenDue, overdueIn } from '../queries/late-fees.ts';
import { monthsWithUsage, unitsByDay } from '../queries/usage.ts';
import { monthsBetween, serviceDays } from '../rating/calendar.ts';
import { type Charges, charges, type MonthUsage } from '../rating/charges.ts';
import { lateFeeLines } from '../rating/late-fees.ts';
import { issueSettled } from '../settlement/settlement.ts';

/** A contract's month that has something to charge and no invoice yet. */
export interface Candidate {
  readonly contract: BillingContract;
  readonly month: string;
  readonly heldBy: '' | 'month-not-ended' | 'clocks-not-yet-due';
  /** Clocks not yet due. */
  readonly count: number;
  readonly charges: Charges;
  readonly attainment: GetAttainmentResponse;
  /** The position of billing's own log that the usage was read at. */
  readonly asOf: number;
  /** Up to where everything in the logs that both come from was counted before. */
  readonly settled: KnownThrough;
}

/** Positions by source. */
type KnownThrough = Readonly<Record<string, number>>;

/** How long a close waits for what is on its way. */
const SETTLE_MS = 20_000;

/** A contract's months without an invoice, in the order they would be issued: nothing is asked of other services for it. */
export async function openMonths(kit: Kit, caller: Caller, through: string, contractId: string): Promise<Pick<Candidate, 'contract' | 'month'>[]> {
  const open = await kit.read(caller, async (tx) => {
    const contracts = (await contractsOf(tx, caller.vendorId)).filter((contract) => contractId === '' || contract.contractId === contractId);
    const used = await monthsWithUsage(tx, caller.vendorId);
    const issued = await issuedMonths(tx, caller.vendorId);
    const due = await fallenDue(tx, caller.vendorId, contracts, undefined);
    return contracts.flatMap((contract) =>
      chargeableMonths(contract, used.get(contract.contractId) ?? [], due.get(contract.contractId), through, kit.now())
        .filter((month) => !issued.has(`${contract.contractId} ${month}`))
        .map((month) => ({ contract, month })),
    );
  });
  return open.sort(
    (a, b) => compare(a.month, b.month) || compare(a.contract.shopCodes.join(), b.contract.shopCodes.join()) || compare(a.contract.number, b.contract.number),
  );
}

/**
 * Everything that could be issued up to a month, in the order it would be. `settled` says up to which positions of the logs that usage and
 * attainment come from everything is known to be counted; a preview knows of none.
 */
export async function candidates(kit: Kit, caller: Caller, through: string, contractId: string, settled: KnownThrough = {}): Promise<Candidate[]> {
  const asOf = (await kit.store.head()).position;
  await kit.awaitPosition(LogPosition.create({ source: kit.store.source, position: asOf }));
  const found: Candidate[] = [];
  for (const { contract, month } of await openMonths(kit, caller, through, contractId))
    found.push(await candidate(kit, caller, contract, month, asOf, settled));
  return found.filter(({ charges: { lines } }) => lines.length > 0);
}

async function candidate(kit: Kit, caller: Caller, contract: BillingContract, month: string, asOf: number, settled: KnownThrough): Promise<Candidate> {
  const ended = closesAt(contract, month) <= kit.now();
  const attainment = await kit.client('sla-monitoring', SlaServiceDefinition, caller).getAttainment({ contractId: contract.contractId, month });
  const notYetDue = attainment.clauses.reduce((n, clause) => n + (clause.attainment?.notYetDue ?? 0), 0);
  const { usage, due } = await kit.read(caller, async (tx) => ({
    usage: await monthUsage(tx, caller.vendorId, contract, month, asOf),
    due: (await fallenDue(tx, caller.vendorId, [contract], asOf)).get(contract.contractId),
  }));
  const overdue = overdueIn(due, contract.terms.zone, month, kit.now());
  return {
    contract,
    month,
    heldBy: ended ? (notYetDue > 0 ? 'clocks-not-yet-due' : '') : 'month-not-ended',
    count: notYetDue,
    charges: charges(contract.terms, month, contract.shopIds, usage, ended ? attainment.clauses.map(resultOf) : [], overdue),
    attainment,
    asOf,
    settled,
  };
}

/**
 * Settles what it counts, then issues what can be issued, in order; refuses the whole when one month is held, or when something that may still
 * count is not applied: an invoice never names a position beyond what it counted.
 */
export async function closeThrough(kit: Kit, caller: Caller, through: string, contractId: string): Promise<Refused | undefined> {
  const settled = await settleFirst(kit);
  if ('accepted' in settled) return settled;
  const due = await candidates(kit, caller, through, contractId, settled.heads);
  const held = due.filter(({ heldBy }) => heldBy !== '');
  const first = held[0];
  if (first !== undefined)
    return refuse(first.heldBy, {
      through,
      held: held.slice(0, 10).map(({ contract, month, heldBy, count }) => ({ contract: contract.number, shops: contract.shopCodes, month, heldBy, count })),
    });
  // A month that runs on may still bring something to charge, though nothing has come yet.
  const contracts = (await kit.read(caller, (tx) => contractsOf(tx, caller.vendorId))).filter((each) => contractId === '' || each.contractId === contractId);
  if (contracts.some((contract) => !servesNoMore(contract, through) && closesAt(contract, through) > kit.now())) return refuse('month-not-ended', { through });
  for (const candidateMonth of due) await issue(kit, caller, candidateMonth);
  return undefined;
}

async function settleFirst(kit: Kit): Promise<{ readonly heads: KnownThrough } | Refused> {
  try {
    const { heads } = await kit.settle(['billing', 'sla-monitoring'], SETTLE_MS);
    return { heads: Object.fromEntries(heads.map(({ source, position }) => [source, position])) };
  } catch (error) {
    if (!(error instanceof NotSettled)) throw error;
    return refuse('not-settled', { service: error.service, reason: error.message });
  }
}

/** A month is over when it ends, or when service did in it. */
function closesAt({ terms, serviceEndsAt }: BillingContract, month: string): number {
  const { from, to } = monthBounds(month, terms.zone);
  return serviceEndsAt > from ? Math.min(to, serviceEndsAt) : to;
}

/** Only what is overdue can still be charged in a month after service has ended. */
function servesNoMore({ terms, serviceEndsAt }: BillingContract, month: string): boolean {
  return serviceEndsAt > 0 && serviceEndsAt <= monthBounds(month, terms.zone).from;
}

async function issue(kit: Kit, caller: Caller, { contract, month, charges: charged, attainment, asOf, settled }: Candidate): Promise<void> {
  const invoiceId = `in_${contract.contractId}_${month}`;
  const { contractId } = contract;
  const engagement = await kit.read(caller, (tx) => engagementOf(tx, caller.vendorId, contractId));
  const clientId = engagement?.clientId ?? '';
  const ids = { invoice: invoiceStream(contractId, month), numbers: numberStream(caller.vendorId, month), credit: creditStream(clientId) };
  unwrap(
    await kit.command({
      caller,
      commandId: `close:${contractId}:${month}`,
      content: Buffer.from(invoiceId),
      answer: CommandReceipt,
      streams: [ids.invoice, ids.numbers, depositStream(contractId), ids.credit],
      decide(loaded, now) {
        const streams = streamsOf(loaded, now);
        if (fold(invoice, streams.invoice(ids.invoice)).status === 'issued') return { appends: [], answer: CommandReceipt.create() };
        const taken = numbers.decide(fold(numbers, streams.numbers(ids.numbers)), { kind: 'take', legalEntity: caller.vendorId, period: month, invoiceId });
        if (!taken.accepted) return taken;
        const known = { contract, month, charges: charged, attainment, asOf, settled };
        const happened = issueSettled({
          document: documentOf(kit, known, invoiceId, taken.events[0]?.number ?? '', dueOf(contract, month, engagement, now)),
          clientId,
          deposit: fold(deposit, streams.deposit(contractId)),
          credit: fold(credit, streams.credit(clientId)),
        });
        const shopId = contract.shopIds.length === 1 ? (contract.shopIds[0] ?? '') : '';
        return {
          appends: [
            streams.append(ids.invoice, happened.invoice, shopId),
            streams.append(ids.numbers, taken.events, shopId),
            streams.append(depositStream(contractId), happened.deposit, shopId),
            streams.append(ids.credit, happened.credit, ''),
          ],
          answer: CommandReceipt.create(),
        };
      },
    }),
  );
}

type Due = Pick<InvoiceIssued, 'issuedOn' | 'dueOn' | 'dueAtVerdict'>;

/** An invoice of trial days falls due at the verdict; any other when the days agreed are over, where some are. */
function dueOf({ terms }: BillingContract, month: string, engagement: Engagement | undefined, now: number): Due {
  const issuedOn = dateOf(now, terms.zone);
  if (engagement !== undefined && trialPending(engagement, month)) return { issuedOn, dueOn: '', dueAtVerdict: true };
  return { issuedOn, dueOn: terms.paymentDays > 0 ? Temporal.PlainDate.from(issuedOn).add({ days: terms.paymentDays }).toString() : '', dueAtVerdict: false };
}

function documentOf(kit: Kit, of: Omit<Candidate, 'heldBy' | 'count'>, invoiceId: string, number: string, due: Due): InvoiceIssued {
  const { contract, month, charges: charged, attainment, asOf, settled } = of;
  const slaAt = attainment.at === undefined ? {} : { [attainment.at.source]: attainment.at.position };
  return InvoiceIssuedMessage.create({
    ...due,
    invoiceId,
    number,
    contractId: contract.contractId,
    shopIds: [...contract.shopIds],
    period: month,
    currency: contract.terms.currency,
    lines: [...charged.lines],
    total: toProto(charged.total),
    knownThrough: { ...settled, ...slaAt, [kit.store.source]: asOf },
    attainment: attainment.clauses.map((clause) =>
      AttainmentUsed.create({
        ...resultOf(clause),
        targetBp: contract.terms.clauses.find(({ key }) => key === clause.clauseKey)?.targetBp ?? 0,
      }),
    ),
  });
}

/** Months from the first with usage, a monthly fee or a late fee up to `through` (the running month at the latest). */
function chargeableMonths(contract: BillingContract, used: readonly string[], due: FallenDue | undefined, through: string, now: number): string[] {
  const fee = (contract.terms.monthlyFee?.minor ?? 0) > 0;
  const running = monthOf(now, contract.terms.zone);
  const last = compare(through, running) < 0 ? through : running;
  const feeMonths = fee ? monthsBetween(contract.terms.effectiveOn.slice(0, 7), last).filter((month) => serviceDays(contract.terms, month).service > 0) : [];
  return [...new Set([...feeMonths, ...used.filter((month) => month <= last), ...lateMonths(contract, due, last, now)])].sort();
}

/** Months in which something overdue costs something. */
function lateMonths({ terms }: BillingContract, due: FallenDue | undefined, last: string, now: number): string[] {
  const first = due?.invoices.map(({ dueOn }) => dueOn.slice(0, 7)).sort()[0];
  if (first === undefined) return [];
  return monthsBetween(first, last).filter((month) => {
    const overdue = overdueIn(due, terms.zone, month, now);
    return overdue !== undefined && lateFeeLines(terms, overdue).length > 0;
  });
}

export async function monthUsage(
  tx: Parameters<typeof unitsByDay>[0],
  vendorId: string,
  contract: Pick<BillingContract, 'contractId'>,
  month: string,
  asOf: number | undefined,
): Promise<MonthUsage[]> {
  const byShop = new Map<string, bigint>();
  for (const day of await unitsByDay(tx, { vendorId, contractId: contract.contractId, month, asOf }))
    byShop.set(day.shopId, (byShop.get(day.shopId) ?? 0n) + BigInt(day.counted));
  return [...byShop].map(([shopId, counted]) => ({ shopId, counted }));
}

function resultOf(clause: ClauseAttainment): { clauseKey: string; shopId: string; met: number; missed: number; kept: boolean } {
  const { met = 0, missed = 0 } = clause.attainment ?? {};
  return { clauseKey: clause.clauseKey, shopId: clause.shopId, met, missed, kept: clause.kept };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// gRPC methods -> commands and queries; nothing else.

import type { Tx } from '@deskfleet/event-store';
import { fromProto, money, subtract, sum, toProto, zero } from '@deskfleet/money';
import {
  BillingServiceDefinition,
  type BillingServiceImplementation,
  CloseCandidate,
  CloseThroughResponse,
  GetClosePlanResponse,
  Invoice,
  ListInvoicesResponse,
  ListLineDaysResponse,
  ListUsageResponse,
  ReasonCount,
} from '@deskfleet/protocol/billing-service';
import { ListWaitingResponse, LogPosition, WaitingItem } from '@deskfleet/protocol/common';
import { SlaServiceDefinition } from '@deskfleet/protocol/sla-service';
import { monthBounds, monthOf } from '@deskfleet/service-hours';
import {
  allow,
  type Caller,
  type CallerContext,
  type GrpcService,
  grpcService,
  type Kit,
  keyset,
  listedAt,
  notFound,
  pageOf,
  RefusedError,
  refuseCall,
  visibleShops,
  WAITING_SHOWN,
} from '@deskfleet/service-kit';
import { accrualOf, amountOf } from './queries/accrual.ts';
import { accrualPage, largestAccruals, totalsByCurrency } from './queries/accruals.ts';
import { type BillingContract, contractsOf } from './queries/contracts.ts';
import { conversationsOf, daysOfLine, type MissedByDay } from './queries/drill-down.ts';
import { invoiceByNumber, invoicePage, type StoredInvoice, settlementsOf } from './queries/invoices.ts';
import { fallenDue, overdueIn } from './queries/late-fees.ts';
import { reasons, unitsByDay, unitsChangedSince } from './queries/usage.ts';
import { type MoneyWaits, moneyWaiting } from './queries/waiting.ts';
import { isMonth, serviceDays } from './rating/calendar.ts';
import { charges } from './rating/charges.ts';
import { lateFeeLines } from './rating/late-fees.ts';
import { candidates, closeThrough, monthUsage, openMonths } from './work/closing.ts';

/** Months a plan lists; the others are counts. */
const PLAN_SHOWN = 50;

export function billingApi(kit: Kit): GrpcService {
  return grpcService(BillingServiceDefinition, implementation(kit));
}

function implementation(kit: Kit): BillingServiceImplementation<CallerContext> {
  const { source } = kit.store;
  return {
    async getAccrual(request, { caller }) {
      allow(caller, 'finance', 'client');
      const month = monthOfRequest('month', request.month);
      await kit.awaitPosition(request.after);
      return kit.read(caller, async (tx) => accrualOf(tx, caller.vendorId, await contractById(tx, caller, request.contractId), month, source, kit.now()));
    },

    async listAccruals(request, { caller }) {
      allow(caller, 'finance', 'client');
      const month = monthOfRequest('month', request.month);
      const shops = visibleShops(caller, request.shopIds);
      const page = request.page === undefined ? undefined : keyset(request.page, 1);
      return kit.read(caller, async (tx) => {
        const contracts = await contractsOf(tx, caller.vendorId);
        const seen = contracts.filter(({ shopIds }) => shops === 'all' || shopIds.some((id) => shops.includes(id)));
        // In force in the month, or costing something in it all the same: what is overdue does so after service has ended.
        const due = await fallenDue(tx, caller.vendorId, seen, undefined);
        const wanted = seen.filter(({ contractId, terms, inForce }) => {
          const overdue = overdueIn(due.get(contractId), terms.zone, month, kit.now());
          return serviceDays(inForce, month).service > 0 || (overdue !== undefined && lateFeeLines(terms, overdue).length > 0);
        });
        const at = { vendorId: caller.vendorId, month, source, now: kit.now() };
        return page === undefined ? largestAccruals(tx, at, wanted) : accrualPage(tx, at, wanted, page);
      });
    },

    async closeThrough(request, { caller }) {
      allow(caller, 'finance');
      const through = monthOfRequest('through', request.through);
      if (monthBounds(through, 'UTC').from > kit.now()) refuseCall('month-not-ended', { through });
      if (request.contractId !== '') await kit.read(caller, (tx) => contractById(tx, caller, request.contractId));
      const refused = await closeThrough(kit, caller, through, request.contractId);
      if (refused !== undefined) throw new RefusedError(refused);
      const at = LogPosition.create({ source, position: (await kit.store.head()).position });
      await kit.awaitPosition(at);
      const invoices = await kit.read(caller, async (tx) => {
        const contracts = await contractsById(tx, caller);
        const all: Invoice[] = [];
        for (let after = ''; ; ) {
          const page = await invoicePage(tx, caller.vendorId, { shopIds: [], contractId: request.contractId, through }, after, 200);
          for (const stored of page) all.push(invoiceOf(stored, contracts, source));
          after = page.at(-1)?.issued.number ?? '';
          if (page.length < 200) return all;
        }
      });
      return CloseThroughResponse.create({ invoices, at });
    },

    async getClosePlan(request, { caller }) {
      allow(caller, 'finance');
      const due = await candidates(kit, caller, monthOfRequest('through', request.through), '');
      // What is held comes first: it is what keeps the month from closing.
      const shown = due.length <= PLAN_SHOWN ? due : [...due].sort((a, b) => Number(a.heldBy === '') - Number(b.heldBy === '')).slice(0, PLAN_SHOWN);
      return GetClosePlanResponse.create({
        total: due.length,
        held: due.filter(({ heldBy }) => heldBy !== '').length,
        totals: totalsByCurrency(due.map(({ charges: { total } }) => total)),
        candidates: shown.map(({ contract, month, heldBy, count, charges: charged }) =>
          CloseCandidate.create({
            contractId: contract.contractId,
            contractNumber: contract.number,
            shopIds: [...contract.shopIds],
            month,
            heldBy,
            count,
            total: toProto(charged.total),
          }),
        ),
      });
    },

    async listInvoices(request, { caller }) {
      allow(caller, 'finance', 'client');
      const page = keyset(request.page, 1);
      const shops = visibleShops(caller, request.shopIds);
      const filter = { shopIds: shops === 'all' ? [] : shops, contractId: request.contractId, through: request.through };
      const { stored, contracts } = await kit.read(caller, async (tx) => ({
        stored: await invoicePage(tx, caller.vendorId, filter, String(page.after?.[0] ?? ''), page.size + 1),
        contracts: await contractsById(tx, caller),
      }));
      const { rows, nextToken } = pageOf(stored, page, ({ issued }) => [issued.number]);
      return ListInvoicesResponse.create({ invoices: rows.map((row) => invoiceOf(row, contracts, source)), nextToken });
    },

    async getInvoice(request, { caller }) {
      allow(caller, 'finance', 'client');
      return kit.read(caller, async (tx) => {
        const stored = await invoiceNumbered(tx, caller, request.number);
        const scope = scopeOf(caller, stored, source);
        const units = await unitsByDay(tx, scope);
        return Invoice.create({
          ...invoiceOf(stored, await contractsById(tx, caller), source),
          settlements: await settlementsOf(tx, caller.vendorId, stored.issued),
          notYetAdjusted: await unitsChangedSince(tx, scope),
          counted: units.reduce((n, day) => n + day.counted, 0),
          notCounted: units.reduce((n, day) => n + day.notCounted, 0),
          reasons: (await reasons(tx, scope)).map((row) => ReasonCount.create(row)),
        });
      });
    },

    async listLineDays(request, { caller }) {
      allow(caller, 'finance', 'client');
      const stored = await kit.read(caller, (tx) => invoiceNumbered(tx, caller, request.number));
      const line = stored.issued.lines.find(({ key }) => key === request.lineKey);
      if (line === undefined) return notFound('line', request.lineKey);
      const missed = line.clauseKey === '' ? [] : await missedByDay(kit, caller, stored, line.clauseKey, line.shopId);
      const { days, rule } = await kit.read(caller, async (tx) => {
        const contract = await contractById(tx, caller, stored.issued.contractId);
        return daysOfLine(tx, scopeOf(caller, stored, source), contract.terms, line, missed);
      });
      return ListLineDaysResponse.create({ days: [...days], spreadRule: rule });
    },

    async listUsage(request, { caller }) {
      allow(caller, 'finance', 'client');
      const page = keyset(request.page, 2);
      if (!['', 'yes', 'no'].includes(request.counted))
        refuseCall('counted-invalid', { field: 'counted', found: request.counted, expected: 'yes, no or empty' });
      const after = { at: Number(page.after?.[0] ?? -1), id: String(page.after?.[1] ?? '') };
      const filter = { date: request.date, counted: request.counted as '' | 'yes' | 'no' };
      const found = await kit.read(caller, async (tx) => {
        const stored = request.number === '' ? undefined : await invoiceNumbered(tx, caller, request.number);
        const contract = await contractById(tx, caller, stored?.issued.contractId ?? request.contractId);
        const month = stored?.issued.period ?? monthOfRequest('month', request.month);
        const scope =
          stored === undefined ? { vendorId: caller.vendorId, contractId: contract.contractId, month, asOf: undefined } : scopeOf(caller, stored, source);
        const lines =
          stored?.issued.lines ?? charges(contract.terms, month, contract.shopIds, await monthUsage(tx, caller.vendorId, contract, month, undefined), []).lines;
        const fee = amountOf(lines, 'usage.', contract.terms.currency);
        return conversationsOf(tx, scope, contract.terms, fee, filter, after, page.size + 1, source);
      });
      const { rows, nextToken } = pageOf(found.items, page, (item) => [item.firstCustomerAt, item.conversationId]);
      return ListUsageResponse.create({ items: [...rows], nextToken, total: found.total, amount: toProto(found.amount) });
    },

    async listWaiting(request, { caller }) {
      if (caller.role !== 'finance' && caller.role !== 'vendor-operations' && caller.role !== 'client') return ListWaitingResponse.create();
      const shops = visibleShops(caller, request.shopIds);
      const money = await kit.read(caller, (tx) => moneyWaiting(tx, caller.vendorId, shops, kit.now()));
      const waiting = [
        ...(caller.role === 'client' ? [] : await monthsWaiting(kit, caller, shops)),
        // A client is told what waits for them.
        ...money.filter(({ waitsFor }) => caller.role !== 'client' || waitsFor === 'client').map((item) => moneyItem(caller, shops, item)),
      ].sort((a, b) => a.since - b.since);
      return ListWaitingResponse.create({ total: waiting.length, items: waiting.slice(0, WAITING_SHOWN) });
    },
  };

  async function contractById(tx: Tx, caller: Caller, contractId: string): Promise<BillingContract> {
    return (await contractsById(tx, caller)).get(contractId) ?? notFound('contract', contractId);
  }
}

async function contractsById(tx: Tx, caller: Caller): Promise<Map<string, BillingContract>> {
  return new Map((await contractsOf(tx, caller.vendorId)).map((contract) => [contract.contractId, contract]));
}

async function invoiceNumbered(tx: Tx, caller: Caller, number: string): Promise<StoredInvoice> {
  return (await invoiceByNumber(tx, caller.vendorId, number)) ?? notFound('invoice', number);
}

function invoiceOf(stored: StoredInvoice, contracts: ReadonlyMap<string, BillingContract>, source: string): Invoice {
  const { issued, issuedAt, position, dueOn, settledMinor } = stored;
  const settled = money(issued.currency, BigInt(settledMinor));
  const open = subtract(issued.total === undefined ? zero(issued.currency) : fromProto(issued.total), settled);
  return Invoice.create({
    ...issued,
    contractNumber: contracts.get(issued.contractId)?.number ?? '',
    total: toProto(
      sum(
        issued.currency,
        issued.lines.flatMap(({ amount }) => (amount === undefined ? [] : fromProto(amount))),
      ),
    ),
    issuedAt,
    event: LogPosition.create({ source, position }),
    dueOn,
    settled: toProto(settled),
    open: toProto(open.minor < 0n ? zero(issued.currency) : open),
  });
}

/** The usage an invoice was computed from: the rows of its moment. */
function scopeOf(caller: Caller, { issued, position }: StoredInvoice, source: string) {
  // A restored log holds the same positions under another epoch.
  const own = Object.keys(issued.knownThrough).find((one) => one.startsWith(source.slice(0, source.lastIndexOf('/') + 1))) ?? source;
  return { vendorId: caller.vendorId, contractId: issued.contractId, month: issued.period, asOf: issued.knownThrough[own] ?? position };
}

async function missedByDay(kit: Kit, caller: Caller, { issued }: StoredInvoice, clauseKey: string, shopId: string): Promise<MissedByDay> {
  const { from, to } = monthRange(issued.period);
  const answer = await kit
    .client('sla-monitoring', SlaServiceDefinition, caller)
    .getContractSla({ contractId: issued.contractId, clauseKey, shopId, range: { from, to } });
  const days = answer.clauses.find((figure) => figure.shopId === shopId)?.days ?? [];
  return days.map(({ date, attainment }) => ({ date, counted: attainment?.missed ?? 0 })).filter(({ counted }) => counted > 0);
}

function monthRange(month: string): { from: string; to: string } {
  const first = Temporal.PlainYearMonth.from(month);
  return { from: `${month}-01`, to: first.toPlainDate({ day: first.daysInMonth }).toString() };
}

function monthOfRequest(field: string, found: string): string {
  if (!isMonth(found)) refuseCall('month-invalid', { field, found, expected: 'YYYY-MM' });
  return found;
}

/** Months that are over and not closed, since their end. */
async function monthsWaiting(kit: Kit, caller: Caller, shops: readonly string[] | 'all'): Promise<WaitingItem[]> {
  const lastMonth = Temporal.PlainYearMonth.from(monthOf(kit.now(), 'Asia/Shanghai')).subtract({ months: 1 }).toString();
  const due = await openMonths(kit, caller, lastMonth, '');
  return due
    .filter(({ contract }) => shops === 'all' || contract.shopIds.some((id) => shops.includes(id)))
    .map(({ contract, month }) =>
      WaitingItem.create({
        kind: 'month-not-closed',
        vendorId: caller.vendorId,
        shopId: listedAt(shops, contract.shopIds) ?? '',
        contractId: contract.contractId,
        waitsFor: 'finance',
        since: monthBounds(month, contract.terms.zone).to,
        count: 1,
        subject: month,
        path: '/close',
      }),
    );
}

function moneyItem(caller: Caller, asked: readonly string[] | 'all', { shopIds, ...item }: MoneyWaits): WaitingItem {
  return WaitingItem.create({ ...item, vendorId: caller.vendorId, shopId: listedAt(asked, shopIds) ?? '', count: 1 });
}

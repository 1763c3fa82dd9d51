// What a month has come to, contract by contract: the largest in full, the others as sums. All are counted by three statements.
import type { Tx } from '@deskfleet/event-store';
import { fromProto, type Money, sum, toProto } from '@deskfleet/money';
import { AccrualsSum, ListAccrualsResponse } from '@deskfleet/protocol/billing-service';
import { type Keyset, pageOf } from '@deskfleet/service-kit';
import { charges } from '../rating/charges.ts';
import { accrualOf } from './accrual.ts';
import type { BillingContract } from './contracts.ts';
import { totalsOfMonth } from './invoices.ts';
import { fallenDue, overdueIn } from './late-fees.ts';
import { unitsByContract } from './usage.ts';

/** What fits one screen. */
const LARGEST = 50;

interface Month {
  readonly vendorId: string;
  readonly month: string;
  readonly source: string;
  readonly now: number;
}

interface Counted {
  readonly contract: BillingContract;
  readonly counted: number;
  readonly notCounted: number;
  readonly total: Money;
}

/** Every contract, by number, a page at a time: for taking the whole list along. */
export async function accrualPage(tx: Tx, at: Month, contracts: readonly BillingContract[], page: Keyset): Promise<ListAccrualsResponse> {
  const after = String(page.after?.[0] ?? '');
  const cut = pageOf(contracts.filter(({ number }) => number > after).slice(0, page.size + 1), page, ({ number }) => [number]);
  const accruals = [];
  for (const contract of cut.rows) accruals.push(await accrualOf(tx, at.vendorId, contract, at.month, at.source, at.now));
  return ListAccrualsResponse.create({ accruals, nextToken: cut.nextToken });
}

export async function largestAccruals(tx: Tx, at: Month, contracts: readonly BillingContract[]): Promise<ListAccrualsResponse> {
  const units = await unitsByContract(tx, at.vendorId, at.month);
  const issued = await totalsOfMonth(tx, at.vendorId, at.month);
  const due = await fallenDue(tx, at.vendorId, contracts, undefined);
  const all = contracts.map((contract): Counted => {
    const shops = units.get(contract.contractId) ?? [];
    const usage = shops.map(({ shopId, counted }) => ({ shopId, counted: BigInt(counted) }));
    const invoiced = issued.get(contract.contractId)?.total;
    const overdue = overdueIn(due.get(contract.contractId), contract.terms.zone, at.month, at.now);
    return {
      contract,
      counted: shops.reduce((n, shop) => n + shop.counted, 0),
      notCounted: shops.reduce((n, shop) => n + shop.notCounted, 0),
      total: invoiced === undefined ? charges(contract.terms, at.month, contract.shopIds, usage, [], overdue).total : fromProto(invoiced),
    };
  });
  // As many as fit are shown in the order of their numbers; of more, those that weigh most.
  const shown = all.length <= LARGEST ? all : [...all].sort(largestFirst).slice(0, LARGEST);
  const accruals = [];
  for (const { contract } of shown) accruals.push(await accrualOf(tx, at.vendorId, contract, at.month, at.source, at.now));
  const rest = new Set(shown);
  return ListAccrualsResponse.create({ accruals, all: summed(all), rest: summed(all.filter((one) => !rest.has(one))) });
}

function largestFirst(a: Counted, b: Counted): number {
  return a.total.minor > b.total.minor ? -1 : a.total.minor < b.total.minor ? 1 : b.counted - a.counted || (a.contract.number < b.contract.number ? -1 : 1);
}

function summed(counted: readonly Counted[]): AccrualsSum {
  return AccrualsSum.create({
    contracts: counted.length,
    counted: counted.reduce((n, one) => n + one.counted, 0),
    notCounted: counted.reduce((n, one) => n + one.notCounted, 0),
    totals: totalsByCurrency(counted.map(({ total }) => total)),
  });
}

/** One sum a currency, in the order of their codes. */
export function totalsByCurrency(amounts: readonly Money[]) {
  return [...Map.groupBy(amounts, ({ currency }) => currency)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, of]) => toProto(sum(currency, of)));
}

// Invoices that fell due, with what was paid of each by when and what their being overdue has cost so far: what late fees are computed from.
import type { Tx } from '@deskfleet/event-store';
import { dateOf } from '@deskfleet/service-hours';
import { sql } from 'kysely';
import { lastDayOf, monthBefore } from '../rating/calendar.ts';
import type { DueInvoice, Overdue } from '../rating/late-fees.ts';
import type { BillingContract } from './contracts.ts';

/** Of one contract. */
export interface FallenDue {
  readonly invoices: readonly DueInvoice[];
  /** The last month that has an invoice. */
  readonly lastIssued: string;
}

type Contract = Pick<BillingContract, 'contractId' | 'terms'>;

/** By contract, as of a position of billing's own log or as of now (undefined); contracts that agreed no late fee are left out, and what was paid in time. */
export async function fallenDue(tx: Tx, vendorId: string, contracts: readonly Contract[], asOf: number | undefined): Promise<ReadonlyMap<string, FallenDue>> {
  const contractIds = contracts.filter(({ terms }) => terms.lateFee !== undefined).map(({ contractId }) => contractId);
  if (contractIds.length === 0) return new Map();
  const known = (position: string) => (asOf === undefined ? sql`true` : sql`${sql.ref(position)} <= ${asOf}`);
  const { rows } = await sql<DueRecord>`
    select i.contract_id, i.number, i.due_on, i.period, i.total_minor,
           coalesce((select sum(minor) from invoice_late_fees l where l.vendor_id = i.vendor_id and l.on_number = i.number), 0) as own_late_fees,
           coalesce((select sum(minor) from invoice_late_fees l where l.vendor_id = i.vendor_id and l.of_number = i.number and ${known('l.position')}), 0) as charged,
           (select json_agg(json_build_array(s.settled_on, s.minor::text) order by s.position) from invoice_settlements s
             where s.vendor_id = i.vendor_id and s.invoice_id = i.invoice_id and ${known('s.position')}) as settled
      from invoices i where i.vendor_id = ${vendorId} and i.contract_id = any(${contractIds}::text[]) and ${known('i.position')}
     order by i.contract_id, i.number`.execute(tx);
  return new Map(
    [...Map.groupBy(rows, ({ contract_id }) => contract_id)].map(([contractId, ofContract]) => [
      contractId,
      {
        lastIssued:
          ofContract
            .map(({ period }) => period)
            .sort()
            .at(-1) ?? '',
        invoices: ofContract.filter(({ due_on }) => due_on !== '').map(dueInvoice),
      },
    ]),
  );
}

/**
 * What is overdue in a month after the last one that has an invoice. A day costs something when it is over. In the first such month what was charged so
 * far is taken off, in a later one what the months before it will charge.
 */
export function overdueIn(due: FallenDue | undefined, zone: string, month: string, now: number): Overdue | undefined {
  if (due === undefined || month <= due.lastIssued) return undefined;
  const yesterday = Temporal.PlainDate.from(dateOf(now, zone)).subtract({ days: 1 }).toString();
  const end = lastDayOf(month);
  const before = monthBefore(month);
  const [through = end] = [end, yesterday].sort();
  const open = before > due.lastIssued && lastDayOf(before) <= through;
  return { invoices: due.invoices, through, since: open ? lastDayOf(before) : undefined };
}

interface DueRecord {
  readonly contract_id: string;
  readonly number: string;
  readonly due_on: string;
  readonly period: string;
  readonly total_minor: string;
  readonly own_late_fees: string;
  readonly charged: string;
  readonly settled: readonly (readonly [on: string, minor: string])[] | null;
}

function dueInvoice(row: DueRecord): DueInvoice {
  return {
    number: row.number,
    dueOn: row.due_on,
    principal: BigInt(row.total_minor) - BigInt(row.own_late_fees),
    settled: (row.settled ?? []).map(([on, minor]) => ({ on, minor: BigInt(minor) })),
    charged: BigInt(row.charged),
  };
}

// Each contract's deposit as it stands, and every entry that made it so: the ledger whose sum is zero.
import type { RecordedEvent, Tx } from '@deskfleet/event-store';
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
import type { SqlProjection } from '@deskfleet/read-model';
import { sql } from 'kysely';
import type { DepositEvent } from '../deposit/deposit.ts';

export const deposits: SqlProjection<DepositEvent> = {
  name: 'deposits',
  version: 1,
  types: [DepositRequested, DepositReceived, DepositRouted, DepositApplied, DepositCredited, DepositKept, DepositRefundOwed, DepositRefunded],

  async write(events, tx) {
    for (const recorded of events) await write(recorded, tx);
  },
};

interface Entry {
  readonly kind: string;
  readonly minor: number | null;
  readonly on?: string;
  readonly reference?: string;
  readonly invoiceId?: string;
  /** What leaves `held`, and the column it goes to. */
  readonly to?: 'set_off' | 'credited' | 'kept' | 'refund_owed';
}

async function write(recorded: RecordedEvent<DepositEvent>, tx: Tx): Promise<void> {
  const { event, meta, recordedAt, position } = recorded;
  const own = sql`vendor_id = ${meta.vendorId} and contract_id = ${event.contractId}`;
  if (event.$type === DepositRequested.$type) {
    const required = event.required?.minor ?? 0;
    await sql`
      insert into deposits (vendor_id, contract_id, client_id, shop_ids, currency, status, month, required, received, missing, held, set_off, credited, kept,
                            refund_owed, refunded, requested_at, last_at)
      values (${meta.vendorId}, ${event.contractId}, ${event.clientId}, ${event.shopIds}::text[], ${event.required?.currency ?? ''}, 'awaited', '', ${required},
              0, ${required}, 0, 0, 0, 0, 0, 0, ${recordedAt}, ${recordedAt})`.execute(tx);
  }
  const entry = entryOf(event);
  const minor = entry.minor ?? 0;
  if (event.$type === DepositReceived.$type) await sql`update deposits set received = received + ${minor}, held = held + ${minor} where ${own}`.execute(tx);
  if (event.$type === DepositRouted.$type) await sql`update deposits set status = ${entry.kind}, month = ${event.month} where ${own}`.execute(tx);
  if (event.$type === DepositRefunded.$type)
    await sql`update deposits set refund_owed = refund_owed - ${minor}, refunded = refunded + ${minor} where ${own}`.execute(tx);
  if (entry.to !== undefined)
    await sql`update deposits set held = held - ${minor}, ${sql.ref(entry.to)} = ${sql.ref(entry.to)} + ${minor} where ${own}`.execute(tx);
  await sql`
    update deposits set last_at = ${recordedAt}, missing = case when status in ('awaited', 'held') then greatest(0, required - held) else 0 end, status = case
      when status in ('awaited', 'held') then case when held >= required then 'held' else 'awaited' end
      when held > 0 then status
      when refund_owed > 0 then 'refund-owed'
      when set_off > 0 or credited > 0 then 'set-off'
      else 'closed' end
     where ${own}`.execute(tx);
  await sql`
    insert into deposit_entries (vendor_id, contract_id, position, kind, minor, on_date, reference, invoice_id, user_id, recorded_at)
    values (${meta.vendorId}, ${event.contractId}, ${position}, ${entry.kind}, ${entry.minor}, ${entry.on ?? ''}, ${entry.reference ?? ''}, ${entry.invoiceId ?? ''},
            ${meta.actor?.role === 'service' ? '' : (meta.actor?.id ?? '')}, ${recordedAt})`.execute(tx);
}

function entryOf(event: DepositEvent): Entry {
  switch (event.$type) {
    case DepositRequested.$type:
      return { kind: 'requested', minor: event.required?.minor ?? 0 };
    case DepositReceived.$type:
      return { kind: 'received', minor: minorOf(event), on: event.receivedOn, reference: event.reference };
    case DepositRouted.$type:
      return { kind: event.route === DepositRoute.DEPOSIT_ROUTE_INVOICE ? 'routed-to-invoice' : 'routed-to-refund', minor: null, on: event.month };
    case DepositApplied.$type:
      return { kind: 'set-off', minor: minorOf(event), invoiceId: event.invoiceId, to: 'set_off' };
    case DepositCredited.$type:
      return { kind: 'credited', minor: minorOf(event), to: 'credited' };
    case DepositKept.$type:
      return { kind: 'kept', minor: minorOf(event), invoiceId: event.invoiceId, to: 'kept' };
    case DepositRefundOwed.$type:
      return { kind: 'refund-owed', minor: minorOf(event), to: 'refund_owed' };
    case DepositRefunded.$type:
      return { kind: 'refunded', minor: minorOf(event), on: event.paidOn, reference: event.reference };
  }
}

function minorOf({ amount }: { readonly amount: DepositReceived['amount'] }): number {
  return amount?.minor ?? 0;
}

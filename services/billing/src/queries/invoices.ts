// Issued invoices, as issued.
import type { Tx } from '@deskfleet/event-store';
import { toProto } from '@deskfleet/money';
import { InvoiceIssued, type SettledBy } from '@deskfleet/protocol/billing';
import { Settlement } from '@deskfleet/protocol/billing-deposits';
import { type RawBuilder, sql } from 'kysely';

/** Fifty years. */
const MONTHS_OF_A_CONTRACT = 600;

export interface StoredInvoice {
  readonly issued: InvoiceIssued;
  readonly issuedAt: number;
  readonly position: number;
  /** Empty: at the trial's verdict, or none agreed. */
  readonly dueOn: string;
  /** In the currency's minor unit. */
  readonly settledMinor: number;
}

/** `contract month` of every invoice of a vendor. */
export async function issuedMonths(tx: Tx, vendorId: string): Promise<Set<string>> {
  const { rows } = await sql<{ key: string }>`select contract_id || ' ' || period as key from invoices where vendor_id = ${vendorId}`.execute(tx);
  return new Set(rows.map(({ key }) => key));
}

export async function invoiceByNumber(tx: Tx, vendorId: string, number: string): Promise<StoredInvoice | undefined> {
  return (await select(tx, sql`vendor_id = ${vendorId} and number = ${number}`, 1))[0];
}

export async function invoiceOfMonth(tx: Tx, vendorId: string, contractId: string, month: string): Promise<StoredInvoice | undefined> {
  return (await select(tx, sql`vendor_id = ${vendorId} and contract_id = ${contractId} and period = ${month}`, 1))[0];
}

/** A contract's invoices, by month. */
export async function invoicesOfContract(tx: Tx, vendorId: string, contractId: string): Promise<StoredInvoice[]> {
  return select(tx, sql`vendor_id = ${vendorId} and contract_id = ${contractId}`, MONTHS_OF_A_CONTRACT);
}

/** What settled an invoice, oldest first. */
export async function settlementsOf(tx: Tx, vendorId: string, { invoiceId, currency }: InvoiceIssued): Promise<Settlement[]> {
  const { rows } = await sql<{ settled_by: SettledBy; minor: string; settled_on: string; reference: string }>`
    select settled_by, minor, settled_on, reference from invoice_settlements
     where vendor_id = ${vendorId} and invoice_id = ${invoiceId} order by position`.execute(tx);
  return rows.map((row) =>
    Settlement.create({
      by: row.settled_by,
      amount: toProto({ currency, minor: BigInt(row.minor) }),
      settledOn: row.settled_on,
      reference: row.reference,
    }),
  );
}

/** What was issued for a month, by contract. */
export async function totalsOfMonth(tx: Tx, vendorId: string, month: string): Promise<Map<string, InvoiceIssued>> {
  const { rows } = await sql<{ contract_id: string; document: Buffer }>`
    select contract_id, document from invoices where vendor_id = ${vendorId} and period = ${month}`.execute(tx);
  return new Map(rows.map(({ contract_id, document }) => [contract_id, InvoiceIssued.decode(document)]));
}

export interface InvoiceFilter {
  readonly shopIds: readonly string[];
  readonly contractId: string;
  /** Up to this month, or empty. */
  readonly through: string;
}

/** A page in order of number, after a number. Numbers begin with their period, so that this is month by month. */
export async function invoicePage(tx: Tx, vendorId: string, filter: InvoiceFilter, after: string, limit: number): Promise<StoredInvoice[]> {
  return await select(
    tx,
    sql`vendor_id = ${vendorId} and number > ${after}
      and (${filter.contractId} = '' or contract_id = ${filter.contractId})
      and (${filter.through} = '' or period <= ${filter.through})
      and (${filter.shopIds.length === 0} or shop_ids && ${[...filter.shopIds]}::text[])`,
    limit,
  );
}

async function select(tx: Tx, where: RawBuilder<unknown>, limit: number): Promise<StoredInvoice[]> {
  const { rows } = await sql<{ document: Buffer; issued_at: string; position: string; due_on: string; settled_minor: string }>`
    select document, issued_at, position, due_on, settled_minor from invoices where ${where} order by number limit ${limit}`.execute(tx);
  return rows.map((row) => ({
    issued: InvoiceIssued.decode(row.document),
    issuedAt: Number(row.issued_at),
    position: Number(row.position),
    dueOn: row.due_on,
    settledMinor: Number(row.settled_minor),
  }));
}

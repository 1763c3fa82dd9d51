// Tenancy in the database: one rule for every table that holds a vendor's rows, the log's and the read models' alike (architecture, decision 14).

/** The three login roles of a service's database. */
export interface DatabaseRoles {
  /** Migrations; never a superuser. */
  readonly owner: string;
  /** The command path, relay, feed, projections, reactors: all vendors. */
  readonly worker: string;
  /** Every query: the vendor and, for client users, the shops of its caller only. */
  readonly reader: string;
}

/**
 * Set for every query in its own transaction (`set_config(..., true)`): the caller's vendor, and its shops joined by commas, or `*` for all
 * of the vendor's. Never set is an error, not every row; on a connection that had them set before, PostgreSQL reads them as empty: no row.
 */
export const READER_SETTINGS = { vendorId: 'app.vendor_id', shopIds: 'app.shop_ids' } as const;

/**
 * The SQL that forces row level security on a table with `vendor_id` (and `shop_id`, null where none, when `byShop`): owner and worker all rows,
 * reader its caller's. Idempotent. Grants are the caller's. A row without shop is not a client user's.
 */
export function rowPolicies(table: string, roles: DatabaseRoles, byShop: boolean): string {
  const name = quoted(table);
  const vendor = `vendor_id = current_setting('${READER_SETTINGS.vendorId}')`;
  const shops = `current_setting('${READER_SETTINGS.shopIds}')`;
  const rule = byShop ? `${vendor} and (${shops} = '*' or shop_id = any (string_to_array(${shops}, ',')))` : vendor;
  return `
    alter table ${name} enable row level security;
    alter table ${name} force row level security;
    ${policy(name, 'owner_all', `to ${quoted(roles.owner)} using (true) with check (true)`)}
    ${policy(name, 'worker_all', `to ${quoted(roles.worker)} using (true) with check (true)`)}
    ${policy(name, 'reader_own', `for select to ${quoted(roles.reader)} using (${rule})`)}`;
}

/** An identifier as SQL writes it. */
export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** A policy made anew: `create policy` knows no `or replace`. */
export function policy(quotedTable: string, name: string, rule: string): string {
  return `drop policy if exists ${name} on ${quotedTable}; create policy ${name} on ${quotedTable} ${rule};`;
}

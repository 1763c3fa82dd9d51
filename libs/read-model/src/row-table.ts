// The versioned table of a row projection: made by the owner, loaded by key and written set-based, one statement each, as JSON.
import { type DatabaseRoles, Recent, recordset, rowPolicies, type Tx } from '@deskfleet/event-store';
import type { Pool, PoolClient } from 'pg';
import { identifier, run } from './database.ts';

export interface RowTableShape {
  readonly name: string;
  readonly version: number;
  /** Which copy of this version; the first when absent. */
  readonly build?: number;
  readonly columns: string;
  readonly keyColumns: readonly string[];
  readonly indexes?: readonly string[];
  readonly fillFactor?: number;
}

/** Rows a table remembers; some 500 bytes each. */
const REMEMBERED_ROWS = 6_000;
/** By a column's type, which values come back from the table exactly as they were written. */
const EXACT: Readonly<Record<string, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  integer: Number.isInteger,
  bigint: Number.isSafeInteger,
  boolean: (value) => typeof value === 'boolean',
  'text[]': (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};

/** A row as it stands in the table; `vendor_id` and `shop_id` are the runner's. */
export type StoredRow = Readonly<Record<string, unknown>>;

/** One row of a batch, by its vendor and key. */
export interface RowKey {
  readonly vendorId: string;
  readonly key: Readonly<Record<string, unknown>>;
}

/** A row as the table holds it, and as it shall be. */
export interface RowChange {
  readonly before: StoredRow;
  readonly row: StoredRow;
}

/** `<name>_v<version>`, and `_b<build>` behind it for a copy that a rebuild made. */
export function tableName({ name, version, build = 1 }: Pick<RowTableShape, 'name' | 'version' | 'build'>): string {
  return build === 1 ? `${name}_v${version}` : `${name}_v${version}_b${build}`;
}

/** What the table is made from; kept beside its checkpoint, so that a change without a new version is noticed. */
export function definitionOf(shape: RowTableShape): string {
  return JSON.stringify([shape.columns.replaceAll(/\s+/g, ' ').trim(), shape.keyColumns, shape.indexes ?? []]);
}

/** Makes the table with its indexes, policies and grants where it is missing. Run as the owner, within its transaction. */
export async function createRowTable(owner: PoolClient, shape: RowTableShape, roles: DatabaseRoles | undefined): Promise<void> {
  const { fillFactor = 85 } = shape;
  const table = tableName(shape);
  const existing = await owner.query('select to_regclass($1) is not null as found', [identifier(table)]);
  if (existing.rows[0].found === true) return;
  await owner.query(`create table ${identifier(table)} (
    vendor_id text collate "C" not null,
    shop_id text collate "C",
    ${shape.columns},
    primary key (${primaryKey(shape)})
  ) with (fillfactor = ${fillFactor})`);
  for (const index of shape.indexes ?? []) {
    const unique = /^unique\s+/i.exec(index);
    const on = unique === null ? index : index.slice(unique[0].length);
    await owner.query(`create ${unique === null ? '' : 'unique '}index on ${identifier(table)} ${/^\s*(\(|using\s)/i.test(on) ? on : `(${on})`}`);
  }
  if (roles === undefined) return;
  await owner.query(rowPolicies(table, roles, true));
  await owner.query(`grant select, insert, update, delete on ${identifier(table)} to ${identifier(roles.worker)}`);
  await owner.query(`grant select on ${identifier(table)} to ${identifier(roles.reader)}`);
}

/** Puts the table of this version behind the view of its name. Run as the owner, within its transaction. */
export async function pointView(owner: PoolClient, shape: RowTableShape, roles: DatabaseRoles | undefined): Promise<void> {
  const view = identifier(shape.name);
  await owner.query(`drop view if exists ${view}`);
  await owner.query(`create view ${view} with (security_invoker = true) as select * from ${identifier(tableName(shape))}`);
  if (roles !== undefined) await owner.query(`grant select on ${view} to ${identifier(roles.reader)}, ${identifier(roles.worker)}`);
}

/**
 * Loads and writes the rows of one versioned table. Nobody else writes them but another instance, and that moves the checkpoint: so the rows of committed
 * batches are remembered until a batch fails, and those that are touched again and again are not read again.
 */
export class RowTable {
  readonly #remembered = new Recent<StoredRow>(REMEMBERED_ROWS);
  readonly #columns: readonly { name: string; type: string }[];
  readonly #keyColumns: readonly string[];
  readonly #binary: ReadonlySet<string>;
  readonly #table: string;
  readonly #load: string;
  readonly #save: string;
  readonly #remove: string;

  private constructor(shape: RowTableShape, columns: readonly { name: string; type: string }[]) {
    const table = identifier(tableName(shape));
    const key = primaryKey(shape);
    const all = columns.map((column) => identifier(column.name)).join(', ');
    const changed = columns.filter((column) => column.name !== 'vendor_id' && !shape.keyColumns.includes(column.name));
    this.#keyColumns = shape.keyColumns;
    this.#table = table;
    this.#columns = columns;
    this.#binary = new Set(columns.filter((column) => column.type === 'bytea').map((column) => column.name));
    // One value in, one value out: no per-column parsing by the driver, and bigint arrives as a number.
    this.#load = `select coalesce(json_agg(t), '[]')::text as rows from json_populate_recordset(null::${table}, $1::json) k join ${table} t using (${key})`;
    this.#save = `insert into ${table} (${all}) select ${all} from json_populate_recordset(null::${table}, $1::json)
      on conflict (${key}) do update set ${changed.map(({ name }) => `${identifier(name)} = excluded.${identifier(name)}`).join(', ')}`;
    this.#remove = `delete from ${table} t using json_populate_recordset(null::${table}, $1::json) k
      where ${['vendor_id', ...shape.keyColumns].map((name) => `t.${identifier(name)} = k.${identifier(name)}`).join(' and ')}`;
  }

  /** Reads the table's columns from the catalogue. Throws when the table is missing. */
  static async open(owner: Pool | PoolClient, shape: RowTableShape): Promise<RowTable> {
    const { rows } = await owner.query(
      `select attname as name, atttypid::regtype::text as type from pg_attribute
        where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
      [identifier(tableName(shape))],
    );
    return new RowTable(shape, rows);
  }

  /** The rows of these keys that exist, by `identify`. */
  async load(tx: Tx, keys: readonly RowKey[]): Promise<Map<string, StoredRow>> {
    const found = new Map<string, StoredRow>();
    const unknown = keys.filter(({ vendorId, key }) => {
      const identity = this.identify(vendorId, key);
      const row = this.#remembered.get(identity);
      if (row !== undefined) found.set(identity, row);
      return row === undefined;
    });
    if (unknown.length === 0) return found;
    const loaded = await run<{ rows: string }>(tx, this.#load, [encode(unknown.map(keyRecord))]);
    const rows: Record<string, unknown>[] = JSON.parse(loaded.rows[0]?.rows ?? '[]');
    for (const row of rows) {
      for (const column of this.#binary) if (typeof row[column] === 'string') row[column] = Buffer.from(row[column].slice(2), 'hex');
      found.set(this.identify(String(row['vendor_id']), row), row);
    }
    return found;
  }

  /** Inserts or replaces. Rows must have distinct keys and come sorted by key: two writers then never lock in opposite order. */
  async save(tx: Tx, rows: readonly StoredRow[]): Promise<void> {
    if (rows.length > 0) await run(tx, this.#save, [encode(rows)]);
  }

  /**
   * Writes rows over those that are there: the columns that changed in any of them, for reading and setting the others costs as much as they do. Rows as
   * in `save`, one at least.
   */
  async update(tx: Tx, changes: readonly RowChange[]): Promise<void> {
    const changed = this.#columns.filter(({ name }) => changes.some(({ before, row }) => before[name] !== row[name]));
    const written = changes.filter(({ before, row }) => changed.some(({ name }) => before[name] !== row[name]));
    if (written.length === 0) return;
    const key = ['vendor_id', ...this.#keyColumns];
    const sent = this.#columns.filter((column) => key.includes(column.name) || changed.includes(column));
    const { from, parameters } = recordset(
      written.map(({ row }) => row),
      sent,
      encode,
    );
    const { numAffectedRows } = await run(
      tx,
      `update ${this.#table} t set ${changed.map(({ name }) => `${identifier(name)} = r.${identifier(name)}`).join(', ')} from ${from}
        where ${key.map((name) => `t.${identifier(name)} = r.${identifier(name)}`).join(' and ')}`,
      [...parameters],
    );
    if (Number(numAffectedRows) !== written.length) throw new Error(`${this.#table}: ${written.length} rows were known, ${numAffectedRows} are there`);
  }

  async remove(tx: Tx, keys: readonly RowKey[]): Promise<void> {
    if (keys.length > 0) await run(tx, this.#remove, [encode(keys.map(keyRecord))]);
  }

  /** A row as a committed batch left it; undefined: it is gone. */
  remember(identity: string, row: StoredRow | undefined): void {
    const exact = row !== undefined && this.#columns.every(({ name, type }) => row[name] === null || EXACT[type]?.(row[name]) === true);
    if (exact) this.#remembered.keep(identity, row);
    else this.#remembered.forget(identity);
  }

  /** A batch failed, or another instance wrote one: everything is read again. */
  forget(): void {
    this.#remembered.clear();
  }

  /** One string per row of the table. */
  identify(vendorId: string, key: Readonly<Record<string, unknown>>): string {
    let identity = vendorId;
    for (const column of this.#keyColumns) identity += `\n${String(key[column])}`;
    return identity;
  }
}

function keyRecord({ vendorId, key }: RowKey): StoredRow {
  return { ...key, vendor_id: vendorId };
}

/** As JSON. A function that looks at every value makes it three times as slow, so only rows that need one pay for it. */
function encode(rows: readonly StoredRow[]): string {
  return rows.some(needsWords) ? JSON.stringify(rows, inWords) : JSON.stringify(rows);
}

function needsWords(row: StoredRow): boolean {
  for (const name in row) {
    const value = row[name];
    if (typeof value === 'bigint' || (typeof value === 'object' && value !== null)) return true;
  }
  return false;
}

function inWords(this: StoredRow, name: string, value: unknown): unknown {
  const original = this[name]; // a Buffer has been turned into an object by its own toJSON before it comes here
  if (original instanceof Uint8Array) return `\\x${Buffer.from(original).toString('hex')}`;
  return typeof value === 'bigint' ? value.toString() : value;
}

function primaryKey(shape: Pick<RowTableShape, 'keyColumns'>): string {
  return ['vendor_id', ...shape.keyColumns].map(identifier).join(', ');
}

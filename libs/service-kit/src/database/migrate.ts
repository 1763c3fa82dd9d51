// Migrations: numbered .sql files, each in one transaction, in order, once. A file changed after it was applied stops the start.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DatabaseRoles, quoted, rowPolicies } from '@deskfleet/event-store';
import type { PoolClient } from 'pg';

const MIGRATION_LOCK = 7101001;
const FILE = /^\d{3,4}[-_][a-z0-9_-]+\.sql$/;

export interface Migration {
  /** `<package>/<file>`, e.g. `billing/0001-charges.sql`. */
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** Reads the folders' migrations, in the order given, each folder's by number. */
export function readMigrations(folders: readonly URL[]): Migration[] {
  return folders.flatMap((url) => {
    const folder = fileURLToPath(url);
    const owner = basename(dirname(join(folder, '.')));
    return readdirSync(folder)
      .filter((file) => file.endsWith('.sql'))
      .sort()
      .map((file) => {
        if (!FILE.test(file)) throw new Error(`${join(folder, file)}: expected a name like 0001-what-it-adds.sql`);
        const sql = readFileSync(join(folder, file), 'utf8');
        return { name: `${owner}/${file}`, sql, checksum: createHash('sha256').update(sql).digest('hex') };
      });
  });
}

/**
 * Brings the database up to date, as its owner. Before the migrations run, the function `protect_table` is there for them:
 * `select protect_table('invoices')` forces row level security by vendor and shop and grants the worker all, the reader to select;
 * `by_shop => false` for tables without `shop_id` (every user of the vendor sees the rows), `to_reader => false` for those no query reads.
 */
export async function migrate(owner: PoolClient, roles: DatabaseRoles, migrations: readonly Migration[], now: number): Promise<string[]> {
  await owner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
  try {
    await owner.query(groundSql(roles));
    const { rows } = await owner.query<{ name: string; checksum: string }>('select name, checksum from schema_migrations');
    const applied = new Map(rows.map((row) => [row.name, row.checksum]));
    const fresh: string[] = [];
    for (const migration of migrations) {
      const known = applied.get(migration.name);
      if (known === migration.checksum) continue;
      if (known !== undefined) throw new Error(`migration ${migration.name} was changed after it was applied: add another one instead`);
      await apply(owner, migration, now);
      fresh.push(migration.name);
    }
    return fresh;
  } finally {
    await owner.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  }
}

async function apply(owner: PoolClient, { name, sql, checksum }: Migration, now: number): Promise<void> {
  await owner.query('begin');
  try {
    await owner.query(sql);
    await owner.query('insert into schema_migrations (name, checksum, applied_at) values ($1, $2, $3)', [name, checksum, now]);
    await owner.query('commit');
  } catch (error) {
    await owner.query('rollback');
    throw new Error(`migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function groundSql(roles: DatabaseRoles): string {
  const [owner, worker, reader] = [quoted(roles.owner), quoted(roles.worker), quoted(roles.reader)];
  const policies = (byShop: boolean): string => rowPolicies('%table%', roles, byShop);
  return `
    grant usage on schema public to ${worker}, ${reader};
    create table if not exists schema_migrations (name text primary key, checksum text not null, applied_at bigint not null);
    alter table schema_migrations enable row level security;
    alter table schema_migrations force row level security;
    drop policy if exists owner_all on schema_migrations;
    create policy owner_all on schema_migrations to ${owner} using (true) with check (true);

    create or replace function protect_table(target text, by_shop boolean default true, to_reader boolean default true) returns void language plpgsql as $protect$
    begin
      execute replace(case when by_shop then $rule$${policies(true)}$rule$ else $rule$${policies(false)}$rule$ end, '"%table%"', quote_ident(target));
      execute format('grant select, insert, update, delete on %I to ${worker}', target);
      if to_reader then
        execute format('grant select on %I to ${reader}', target);
      else
        execute format('drop policy reader_own on %I', target);
      end if;
    end $protect$;
    revoke all on function protect_table from public;`;
}

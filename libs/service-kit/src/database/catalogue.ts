// What the catalogue says about tenancy: for the test every service runs over its own database.
import type { Client, Pool } from 'pg';

export interface UnprotectedTable {
  readonly table: string;
  readonly reason: 'row level security not enabled' | 'row level security not forced' | 'no policy';
}

/** The tables (of all schemas but PostgreSQL's own) that row level security does not hold: empty when all is well. */
export async function tablesWithoutForcedPolicy(database: Pool | Client): Promise<UnprotectedTable[]> {
  const { rows } = await database.query<UnprotectedTable>(`
    select format('%I.%I', n.nspname, c.relname) as table,
           case when not c.relrowsecurity then 'row level security not enabled'
                when not c.relforcerowsecurity then 'row level security not forced'
                else 'no policy' end as reason
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p')
       and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%'
       and not (c.relrowsecurity and c.relforcerowsecurity and exists (select 1 from pg_policy p where p.polrelid = c.oid))
     order by 1`);
  return rows;
}

// What a database is made of, read from the catalogue as the statements that make it again: tables, constraints, indexes, functions, views, row
// policies and grants. What it does not know how to make again it names, so that nothing is left out unseen.
import type { Client } from 'pg';

export interface DatabaseShape {
  readonly tables: readonly TableShape[];
  /** Before the tables. */
  readonly before: readonly string[];
  /** After the rows: constraints and indexes, then views, policies and grants. */
  readonly after: readonly string[];
}

export interface TableShape {
  readonly name: string;
  /** Quoted, in order. */
  readonly columns: readonly string[];
  readonly create: string;
}

/** The shape of schema `public`. Throws when something stands there that this cannot make again. */
export async function shapeOf(client: Client): Promise<DatabaseShape> {
  await refuseUnknown(client);
  return {
    tables: await tables(client),
    before: [...(await texts(client, FUNCTIONS))],
    after: [
      ...(await texts(client, CONSTRAINTS)),
      ...(await texts(client, INDEXES)),
      ...(await texts(client, VIEWS)),
      ...(await texts(client, SECURITY)),
      ...(await texts(client, POLICIES)),
      ...(await texts(client, GRANTS)),
    ],
  };
}

async function texts(client: Client, query: string): Promise<string[]> {
  const { rows } = await client.query<{ statement: string }>(query);
  return rows.map(({ statement }) => statement);
}

async function refuseUnknown(client: Client): Promise<void> {
  const found = await texts(client, UNKNOWN);
  if (found.length > 0) throw new Error(`the database has what a restore does not know to make again: ${found.join(', ')}`);
}

async function tables(client: Client): Promise<TableShape[]> {
  const { rows } = await client.query<{ name: string; columns: string[]; definitions: string[]; options: string }>(`
    select quote_ident(c.relname) as name,
           array_agg(quote_ident(a.attname) order by a.attnum) as columns,
           array_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
             || case when a.attcollation <> 0 and a.attcollation <> t.typcollation
                     then (select format(' collate %I.%I', n.nspname, o.collname) from pg_collation o join pg_namespace n on n.oid = o.collnamespace where o.oid = a.attcollation)
                     else '' end
             || case when a.attnotnull then ' not null' else '' end
             || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') order by a.attnum) as definitions,
           coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '') as options
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      join pg_type t on t.oid = a.atttypid
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
     group by c.relname, c.reloptions order by c.relname`);
  return rows.map(({ name, columns, definitions, options }) => ({
    name,
    columns,
    create: `create table ${name} (${definitions.join(', ')})${options}`,
  }));
}

const UNKNOWN = `
  select format('%s %s', case relkind when 'S' then 'sequence' when 'm' then 'materialized view' when 'p' then 'partitioned table' else 'relation' end, relname)
    as statement from pg_class where relnamespace = 'public'::regnamespace and relkind not in ('r', 'i', 'v')
  union all
  select format('trigger %s', tgname) from pg_trigger where not tgisinternal
  union all
  select format('type %s', typname) from pg_type where typnamespace = 'public'::regnamespace and typtype in ('e', 'd', 'r')
  union all
  select format('schema %s', nspname) from pg_namespace where nspname not in ('public', 'information_schema') and nspname !~ '^pg_'
  union all
  select format('extension %s', extname) from pg_extension where extname <> 'plpgsql'
  union all
  select format('generated column %s', attname) from pg_attribute a join pg_class c on c.oid = a.attrelid
   where c.relnamespace = 'public'::regnamespace and (a.attidentity <> '' or a.attgenerated <> '')
  union all
  select format('grant on column %s', attname) from pg_attribute a join pg_class c on c.oid = a.attrelid
   where c.relnamespace = 'public'::regnamespace and a.attacl is not null
  union all
  select format('aggregate or window function %s', proname) from pg_proc where pronamespace = 'public'::regnamespace and prokind not in ('f', 'p')`;

const SIGNATURE = `format('%I(%s)', p.proname, pg_get_function_identity_arguments(p.oid))`;

const FUNCTIONS = `
  select pg_get_functiondef(p.oid) as statement from pg_proc p where p.pronamespace = 'public'::regnamespace order by p.proname, p.oid::regprocedure::text`;

/** Not null is said with its column. Primary keys first: a view may group by one. */
const CONSTRAINTS = `
  select format('alter table %s add constraint %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) as statement
    from pg_constraint c where c.connamespace = 'public'::regnamespace and c.contype <> 'n' and c.conrelid <> 0
   order by c.contype = 'f', c.contype <> 'p', c.conrelid::regclass::text, c.conname`;

const INDEXES = `
  select pg_get_indexdef(i.indexrelid) as statement from pg_index i join pg_class c on c.oid = i.indexrelid
   where c.relnamespace = 'public'::regnamespace and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
   order by c.relname`;

const VIEWS = `
  select format('create view %I%s as %s', c.relname, coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', ''), pg_get_viewdef(c.oid)) as statement
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'v' order by c.oid`;

const SECURITY = `
  select format('alter table %I %s row level security', c.relname, what) as statement
    from pg_class c cross join lateral (values ('enable', c.relrowsecurity), ('force', c.relforcerowsecurity)) as flags (what, wanted)
   where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and wanted order by c.relname, what`;

const POLICIES = `
  select format('create policy %I on %I as %s for %s to %s%s%s', policyname, tablename, permissive, cmd,
                (select string_agg(case when r = 'public' then 'public' else quote_ident(r) end, ', ') from unnest(roles) r),
                coalesce(' using (' || qual || ')', ''), coalesce(' with check (' || with_check || ')', '')) as statement
    from pg_policies where schemaname = 'public' order by tablename, policyname`;

const GRANTEE = `case when acl.grantee = 0 then 'public' else acl.grantee::regrole::text end`;

/** What the owner gave: to tables and views, to functions (which everybody may call until it is taken back), to the schema. */
const GRANTS = `
  select format('grant %s on %I to %s', acl.privilege_type, c.relname, ${GRANTEE}) as statement
    from pg_class c cross join lateral aclexplode(c.relacl) acl
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v') and acl.grantee <> c.relowner
  union all
  select format('revoke all on function %s from public', ${SIGNATURE}) from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proacl is not null
  union all
  (select format('grant %s on function %s to %s', acl.privilege_type, ${SIGNATURE}, ${GRANTEE})
    from pg_proc p cross join lateral aclexplode(p.proacl) acl where p.pronamespace = 'public'::regnamespace and acl.grantee <> p.proowner order by 1)
  union all
  select format('grant %s on schema public to %s', acl.privilege_type, ${GRANTEE})
    from pg_namespace n cross join lateral aclexplode(n.nspacl) acl where n.nspname = 'public' and acl.grantee <> n.nspowner`;

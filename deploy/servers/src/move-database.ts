// Copies one database from one cluster to another, table by table by COPY, under a new name: the embedded packages bring no pg_dump. The copy is
// compared with the original, shape and counts, before anybody may use it.
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { type DatabaseShape, shapeOf } from './database-shape.ts';

export interface MoveOptions {
  /** A superuser's connection string of the cluster it comes from, and the database's name there. */
  readonly from: string;
  readonly database: string;
  /** A superuser's connection string of the cluster it goes to, and the name it gets there; a database of that name is removed first. */
  readonly to: string;
  readonly as: string;
}

/** Makes the copy. The roles that own and use the database must be there. Throws when the copy is not what the original is; it is then removed. */
export async function moveDatabase({ from, database, to, as }: MoveOptions): Promise<void> {
  const source = await connect(withDatabase(from, database));
  const cluster = await connect(to);
  try {
    await cluster.query(`drop database if exists ${cluster.escapeIdentifier(as)} with (force)`);
    const { owner, grants } = await placeOf(source, as);
    await cluster.query(`create database ${cluster.escapeIdentifier(as)} owner ${owner} template template0 encoding 'UTF8'`);
    for (const grant of grants) await cluster.query(grant);
    const target = await connect(withDatabase(to, as));
    try {
      await fill(source, target, owner);
    } catch (error) {
      await target.end();
      await cluster.query(`drop database if exists ${cluster.escapeIdentifier(as)} with (force)`);
      throw error;
    }
    await target.end();
  } finally {
    await source.end();
    await cluster.end();
  }
}

async function fill(source: Client, target: Client, owner: string): Promise<void> {
  const shape = await shapeOf(source);
  await as(target, owner, [...shape.before, ...shape.tables.map(({ create }) => create)]);
  for (const { name, columns } of shape.tables) {
    // As the superuser: row level security takes no COPY.
    const list = `${name} (${columns.join(', ')})`;
    await pipeline(source.query(copyTo(`copy ${list} to stdout (format binary)`)), target.query(copyFrom(`copy ${list} from stdin (format binary)`)));
  }
  await as(target, owner, shape.after);
  await compare(source, target, shape);
  await target.query('analyze');
}

/** Runs statements as the database's owner, so that what they make is the owner's. */
async function as(target: Client, owner: string, statements: readonly string[]): Promise<void> {
  await target.query(`set role ${owner}`);
  for (const statement of statements) await target.query(statement);
  await target.query('reset role');
}

async function compare(source: Client, target: Client, shape: DatabaseShape): Promise<void> {
  const made = await shapeOf(target);
  const [expected, found] = [statementsOf(shape), statementsOf(made)];
  const missing = expected.filter((statement) => !found.includes(statement));
  const surplus = found.filter((statement) => !expected.includes(statement));
  if (missing.length + surplus.length > 0)
    throw new Error(`the restored database is not what was backed up: ${[...missing, ...surplus].slice(0, 3).join('; ')}`);
  for (const { name } of shape.tables) {
    const [was, is] = [await countOf(source, name), await countOf(target, name)];
    if (was !== is) throw new Error(`${name} had ${was} rows and was restored with ${is}`);
  }
}

function statementsOf({ before, tables, after }: DatabaseShape): string[] {
  return [...before, ...tables.map(({ create }) => create), ...after];
}

async function countOf(client: Client, table: string): Promise<string> {
  return (await client.query<{ n: string }>(`select count(*) as n from ${table}`)).rows[0]?.n ?? '';
}

/** Who owns the database, and what its owner gave on it, as statements for its copy. */
async function placeOf(source: Client, name: string): Promise<{ owner: string; grants: string[] }> {
  const { rows } = await source.query<{ owner: string; grants: string[] }>(
    `select d.datdba::regrole::text as owner,
            coalesce((select array_agg(format('grant %s on database %I to %s', acl.privilege_type, $1::text,
                        case when acl.grantee = 0 then 'public' else acl.grantee::regrole::text end))
                        from aclexplode(d.datacl) acl where acl.grantee <> d.datdba), '{}') as grants
       from pg_database d where d.datname = current_database()`,
    [name],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the database is not there');
  return { owner: row.owner, grants: [`revoke all on database ${source.escapeIdentifier(name)} from public`, ...row.grants] };
}

/** Writes the rows of a table to a file (COPY's binary format). */
export async function tableToFile(client: Client, table: string, file: string): Promise<void> {
  await pipeline(client.query(copyTo(`copy ${client.escapeIdentifier(table)} to stdout (format binary)`)), createWriteStream(file, { mode: 0o600 }));
}

/** Reads what `tableToFile` wrote into a table that has the same columns. */
export async function tableFromFile(client: Client, table: string, file: string): Promise<void> {
  const rows = createReadStream(file);
  await once(rows, 'open');
  await pipeline(rows, client.query(copyFrom(`copy ${client.escapeIdentifier(table)} from stdin (format binary)`)));
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const target = new URL(url);
  target.pathname = `/${encodeURIComponent(database)}`;
  return target.href;
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: 'deskfleet restore' });
  await client.connect();
  return client;
}

// The tables of a key database: it holds keys, who they belong to, which were destroyed, and nothing else, so that its backups can be short-lived.
import pg from 'pg';

const SCHEMA = `
  create table if not exists vendor_keys (
    vendor_id text primary key,
    wrapped bytea not null,
    master_key_id text not null,
    created_at bigint not null
  );
  create table if not exists subjects (
    subject_id text primary key,
    vendor_id text not null,
    lookup bytea not null,
    wrapped bytea not null,
    identity bytea not null,
    created_at bigint not null,
    unique (vendor_id, lookup)
  );
  create table if not exists destroyed_subjects (
    subject_id text primary key,
    vendor_id text not null,
    erasure_id text not null,
    destroyed_at bigint not null
  );
  create table if not exists secrets (
    vendor_id text not null,
    name text not null,
    version integer not null,
    sealed bytea not null,
    created_at bigint not null,
    primary key (vendor_id, name, version)
  );
`;

/** Opens a key database, creating it and its tables where they are missing. `url` needs CREATEDB for that. */
export async function openKeyDatabase(url: string, options: { readonly maxConnections: number }): Promise<pg.Pool> {
  await createDatabase(url);
  const pool = new pg.Pool({ connectionString: url, max: options.maxConnections, application_name: 'deskfleet-keys' });
  // An idle connection that the server closes is not a fault: the next query opens another.
  pool.on('error', () => undefined);
  const client = await pool.connect();
  try {
    // "if not exists" of two first starters collides in the catalogue; the lock lets them take turns.
    await client.query('begin');
    await client.query(`select pg_advisory_xact_lock(hashtext('deskfleet key database'))`);
    await client.query(SCHEMA);
    await client.query('commit');
  } finally {
    client.release();
  }
  return pool;
}

async function createDatabase(url: string): Promise<void> {
  const target = new URL(url);
  const name = decodeURIComponent(target.pathname.slice(1));
  target.pathname = '/postgres';
  const admin = new pg.Client({ connectionString: target.href });
  await admin.connect();
  try {
    const found = await admin.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await admin.query(`create database ${admin.escapeIdentifier(name)}`);
  } catch (error) {
    // Another instance was quicker.
    if (!(error instanceof pg.DatabaseError && (error.code === '42P04' || error.code === '23505'))) throw error;
  } finally {
    await admin.end();
  }
}

// A cluster's folder copied while the server runs: pg_backup_start, the files, pg_backup_stop, the write-ahead log in between. The embedded
// packages bring no pg_basebackup. The copy is a cluster of its own: started, it recovers to the instant of pg_backup_stop.
import { chownSync, copyFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';

/** What belongs to the running server alone, and what a start makes anew; the log is copied at the end. Source: PostgreSQL's manual, 25.3. */
const NOT_COPIED = new Set(['postmaster.pid', 'postmaster.opts', 'pg_internal.init', 'backup_label', 'tablespace_map']);
const EMPTIED = new Set(['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp', 'pg_subtrans']);
const SEGMENT = /^[0-9A-F]{24}$/;

/** Copies the cluster in folder `from`, whose server answers a superuser at `url`, to `to`, which must not exist. */
export async function copyRunningCluster(url: string, from: string, to: string): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'deskfleet backup' });
  await client.connect();
  try {
    // Holds the write-ahead log of the copying back from being recycled; goes with this session.
    await client.query(`select pg_create_physical_replication_slot('deskfleet_backup_' || pg_backend_pid(), true, true)`);
    const start = (await client.query<{ file: string }>(`select pg_walfile_name(pg_backup_start('deskfleet', fast => true)) as file`)).rows[0];
    copyCluster(from, to);
    const stop = await client.query<{ file: string; labelfile: string; spcmapfile: string | null }>(
      'select pg_walfile_name(lsn) as file, labelfile, spcmapfile from pg_backup_stop(wait_for_archive => false)',
    );
    const [ended] = stop.rows;
    if (start === undefined || ended === undefined) throw new Error('pg_backup_stop said nothing');
    if ((ended.spcmapfile ?? '') !== '') throw new Error('the cluster has tablespaces outside its folder: back it up by means of its own');
    for (const segment of readdirSync(join(from, 'pg_wal'))) {
      if (SEGMENT.test(segment) && segment >= start.file && segment <= ended.file) copyFile(join(from, 'pg_wal', segment), join(to, 'pg_wal', segment));
    }
    const label = join(to, 'backup_label');
    writeFileSync(label, ended.labelfile, { mode: 0o600 });
    ownLike(from, label);
  } finally {
    await client.end();
  }
}

/** Copies a cluster's folder; of a running one only within pg_backup_start and pg_backup_stop. A stopped one is copied with its log. */
export function copyCluster(from: string, to: string, options: { readonly stopped?: boolean } = {}): void {
  copyFolder(from, to, (name) => options.stopped !== true && EMPTIED.has(name));
}

/** Only the last segments of a cleanly stopped cluster's write-ahead log are needed: the older ones hold pages of what is no longer there. */
export function segmentsBefore(folder: string, lastNeeded: string): string[] {
  return readdirSync(join(folder, 'pg_wal'))
    .filter((name) => SEGMENT.test(name) && name !== lastNeeded)
    .map((name) => join(folder, 'pg_wal', name));
}

function copyFolder(from: string, to: string, emptied: (name: string) => boolean): void {
  mkdirSync(to, { mode: 0o700 });
  ownLike(from, to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      if (!emptied(entry.name)) copyFolder(source, target, () => false);
      else {
        mkdirSync(target, { mode: 0o700 });
        ownLike(source, target);
      }
    } else if (entry.isFile() && !NOT_COPIED.has(entry.name) && !/^pgsql_tmp/.test(entry.name)) copyFile(source, target);
  }
}

function copyFile(from: string, to: string): void {
  try {
    copyFileSync(from, to);
    ownLike(from, to);
  } catch (error) {
    // A table dropped while its folder is read: the log that is copied with it knows of that.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

/** The copy belongs to whom the original does; only root can see to that, and only root needs to. */
function ownLike(original: string, copy: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(original);
  chownSync(copy, uid, gid);
}

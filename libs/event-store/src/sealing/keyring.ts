// Keys per data subject: made in batches, committed before anything is sealed with them, wrapped by the vendor's key, which the master key
// wraps. Destroying a subject's key erases the person everywhere, once the caches have expired.
import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import type { MasterKey } from './master-key.ts';
import { openBytes, type SubjectKey, sealBytes } from './seal.ts';

const CACHED_KEYS = 10_000;
/** How long a key is remembered when nothing else is said: so long may a process still read what was erased. */
const KEY_CACHE_MS = 60_000;
/** Subjects a statement names: keeps each far below a second. */
const BATCH_SUBJECTS = 2_000;

/** Who a key belongs to. `kind` and `id` together name one party within a vendor, e.g. `customer` and channel and buyer id. */
export interface SubjectName {
  readonly kind: string;
  readonly id: string;
}

export interface SubjectIdentity extends SubjectName {
  readonly subjectId: string;
}

export interface DestroyedSubject {
  readonly subjectId: string;
  readonly vendorId: string;
  readonly erasureId: string;
  readonly destroyedAt: number;
}

interface VendorKey {
  readonly wrapping: Buffer;
  readonly lookup: Buffer;
}

interface SubjectRow {
  subject_id: string;
  lookup: Buffer;
  wrapped: Buffer;
  identity: Buffer;
}

/** The key of a name in the maps a keyring answers with. */
export function nameKey(name: SubjectName): string {
  return `${name.kind}\u0000${name.id}`;
}

export class Keyring {
  readonly #pool: pg.Pool;
  readonly #master: MasterKey;
  readonly #now: () => number;
  /** For so long after its destruction may a process still hold a key, in ms. */
  readonly cacheMs: number;
  readonly #vendors = new LRUCache<string, VendorKey>({ max: 1_000, ttl: KEY_CACHE_MS });
  readonly #byName: LRUCache<string, SubjectKey>;
  readonly #byId: LRUCache<string, SubjectKey>;
  // A look-up under way while its key is destroyed must not remember it: what was destroyed here stays known as long as that could matter.
  readonly #destroyed: LRUCache<string, true>;

  constructor(pool: pg.Pool, master: MasterKey, now: () => number, cacheMs = KEY_CACHE_MS) {
    this.#pool = pool;
    this.#master = master;
    this.#now = now;
    this.cacheMs = cacheMs;
    this.#byName = new LRUCache({ max: CACHED_KEYS, ttl: cacheMs });
    this.#byId = new LRUCache({ max: CACHED_KEYS, ttl: cacheMs });
    this.#destroyed = new LRUCache({ max: CACHED_KEYS, ttl: KEY_CACHE_MS });
  }

  /** The keys of these subjects, by `nameKey`; those that had none get one, committed before this resolves. */
  async keysFor(vendorId: string, names: Iterable<SubjectName>): Promise<Map<string, SubjectKey>> {
    const found = new Map<string, SubjectKey>();
    const missing: SubjectName[] = [];
    for (const name of names) {
      const key = nameKey(name);
      const cached = this.#byName.get(`${vendorId}\u0000${key}`);
      if (cached === undefined) missing.push(name);
      else found.set(key, cached);
    }
    if (missing.length === 0) return found;
    const start = performance.now();
    const vendor = await this.#vendorKey(vendorId);
    const wanted = [...new Map(missing.map((name) => [nameKey(name), name])).values()].map((name) => ({ name, lookup: lookupOf(vendor, name) }));
    for (let at = 0; at < wanted.length; at += BATCH_SUBJECTS) {
      const batch = wanted.slice(at, at + BATCH_SUBJECTS);
      const keys = await this.#loadOrCreate(vendorId, vendor, batch);
      for (const { name, lookup } of batch) {
        const key = keys.get(lookup.toString('latin1'));
        if (key === undefined) throw new Error('a subject vanished while its key was made');
        found.set(nameKey(name), key);
        this.#remember(vendorId, key, start, name);
      }
    }
    return found;
  }

  /** The keys of subjects by id. One that is missing was erased. */
  async keysOf(vendorId: string, subjectIds: Iterable<string>): Promise<Map<string, SubjectKey>> {
    const found = new Map<string, SubjectKey>();
    const missing: string[] = [];
    for (const id of new Set(subjectIds)) {
      const cached = this.#byId.get(`${vendorId}\u0000${id}`);
      if (cached === undefined) missing.push(id);
      else found.set(id, cached);
    }
    const start = performance.now();
    for (const [id, row] of await this.#rowsOf(vendorId, missing)) {
      const key = unwrap(await this.#vendorKey(vendorId), row);
      found.set(id, key);
      this.#remember(vendorId, key, start);
    }
    return found;
  }

  /** The subjects of these names that have a key, by `nameKey`; none is made. */
  async subjectsOf(vendorId: string, names: readonly SubjectName[]): Promise<Map<string, string>> {
    if (names.length === 0) return new Map();
    const vendor = await this.#vendorKey(vendorId);
    const byLookup = new Map(names.map((name) => [lookupOf(vendor, name).toString('latin1'), name]));
    const { rows } = await this.#pool.query<SubjectRow>('select subject_id, lookup from subjects where vendor_id = $1 and lookup = any($2::bytea[])', [
      vendorId,
      [...byLookup.keys()].map((lookup) => Buffer.from(lookup, 'latin1')),
    ]);
    return new Map(
      rows.flatMap((row) => {
        const name = byLookup.get(row.lookup.toString('latin1'));
        return name === undefined ? [] : [[nameKey(name), row.subject_id]];
      }),
    );
  }

  /**
   * Destroys the keys of subjects, and with them the mapping from their names: nothing sealed under them opens again, here at once and in other
   * processes when their caches have expired (`cacheMs`). Which subject was destroyed, by which erasure, stays. Repeated it changes nothing.
   */
  async destroy(vendorId: string, subjectIds: readonly string[], erasureId: string): Promise<void> {
    if (subjectIds.length === 0) return;
    for (const id of subjectIds) this.#destroyed.set(id, true);
    await this.#pool.query(
      `with gone as (delete from subjects where vendor_id = $1 and subject_id = any($2::text[]))
       insert into destroyed_subjects (subject_id, vendor_id, erasure_id, destroyed_at)
       select s, $1, $3, $4 from unnest($2::text[]) as s on conflict do nothing`,
      [vendorId, subjectIds, erasureId, this.#now()],
    );
    const gone = new Set(subjectIds);
    for (const cache of [this.#byName, this.#byId]) {
      for (const [at, key] of [...cache.entries()]) if (gone.has(key.subjectId)) cache.delete(at);
    }
  }

  /** Every subject whose key was destroyed, of all vendors: what a log restored from a backup may not know. */
  async destroyed(): Promise<DestroyedSubject[]> {
    const { rows } = await this.#pool.query<{ subject_id: string; vendor_id: string; erasure_id: string; destroyed_at: string }>(
      'select subject_id, vendor_id, erasure_id, destroyed_at from destroyed_subjects order by destroyed_at, subject_id',
    );
    return rows.map((row) => ({ subjectId: row.subject_id, vendorId: row.vendor_id, erasureId: row.erasure_id, destroyedAt: Number(row.destroyed_at) }));
  }

  /** Who a subject is, for those who may know it; undefined when it was erased. */
  async identityOf(vendorId: string, subjectId: string): Promise<SubjectIdentity | undefined> {
    const row = (await this.#rowsOf(vendorId, [subjectId])).get(subjectId);
    if (row === undefined) return undefined;
    const key = unwrap(await this.#vendorKey(vendorId), row);
    const [kind, id]: [string, string] = JSON.parse(openBytes(key.sealing, row.identity, Buffer.from(subjectId)).toString('utf8'));
    return { subjectId, kind, id };
  }

  /** Keeps a secret (a channel's webhook key) under a name; answers its version, counting from 1. */
  async putSecret(vendorId: string, name: string, secret: Uint8Array): Promise<number> {
    const vendor = await this.#vendorKey(vendorId);
    for (;;) {
      const last = await this.#pool.query('select coalesce(max(version), 0) as version from secrets where vendor_id = $1 and name = $2', [vendorId, name]);
      const version = Number(last.rows[0].version) + 1;
      const inserted = await this.#pool.query(
        'insert into secrets (vendor_id, name, version, sealed, created_at) values ($1, $2, $3, $4, $5) on conflict do nothing',
        [vendorId, name, version, sealBytes(vendor.wrapping, secret, secretPlace(vendorId, name, version)), this.#now()],
      );
      if (inserted.rowCount === 1) return version;
    }
  }

  /** A secret of this name and version, or undefined. */
  async secret(vendorId: string, name: string, version: number): Promise<Buffer | undefined> {
    const found = await this.#pool.query('select sealed from secrets where vendor_id = $1 and name = $2 and version = $3', [vendorId, name, version]);
    if (found.rows[0] === undefined) return undefined;
    return openBytes((await this.#vendorKey(vendorId)).wrapping, found.rows[0].sealed, secretPlace(vendorId, name, version));
  }

  /** `start`: when it was asked for (performance.now). Counted from there, no cache outlives a destruction by more than `cacheMs`. */
  #remember(vendorId: string, key: SubjectKey, start: number, name?: SubjectName): void {
    if (this.#destroyed.has(key.subjectId)) return;
    this.#byId.set(`${vendorId}\u0000${key.subjectId}`, key, { start });
    if (name !== undefined) this.#byName.set(`${vendorId}\u0000${nameKey(name)}`, key, { start });
  }

  async #vendorKey(vendorId: string): Promise<VendorKey> {
    const cached = this.#vendors.get(vendorId);
    if (cached !== undefined) return cached;
    const place = Buffer.from(`vendor\u0000${vendorId}`);
    const select = 'select wrapped, master_key_id from vendor_keys where vendor_id = $1';
    let row = (await this.#pool.query(select, [vendorId])).rows[0];
    if (row === undefined) {
      await this.#pool.query('insert into vendor_keys (vendor_id, wrapped, master_key_id, created_at) values ($1, $2, $3, $4) on conflict do nothing', [
        vendorId,
        sealBytes(this.#master.bytes, randomBytes(64), place),
        this.#master.id,
        this.#now(),
      ]);
      row = (await this.#pool.query(select, [vendorId])).rows[0];
    }
    if (row.master_key_id !== this.#master.id) throw new Error(`the keys of vendor ${vendorId} need master key ${row.master_key_id}, not ${this.#master.id}`);
    const bytes = openBytes(this.#master.bytes, row.wrapped, place);
    const key = { wrapping: bytes.subarray(0, 32), lookup: bytes.subarray(32) };
    this.#vendors.set(vendorId, key);
    return key;
  }

  async #loadOrCreate(vendorId: string, vendor: VendorKey, wanted: readonly { name: SubjectName; lookup: Buffer }[]): Promise<Map<string, SubjectKey>> {
    const keys = new Map<string, SubjectKey>();
    const load = async (lookups: readonly Buffer[]) => {
      const { rows } = await this.#pool.query<SubjectRow>({
        name: 'subjects-by-lookup',
        text: 'select subject_id, lookup, wrapped from subjects where vendor_id = $1 and lookup = any($2::bytea[])',
        values: [vendorId, lookups],
      });
      for (const row of rows) keys.set(row.lookup.toString('latin1'), unwrap(vendor, row));
    };
    await load(wanted.map(({ lookup }) => lookup));
    // In the order of their lookups, so that two batches that share subjects wait for each other instead of deadlocking.
    const fresh = wanted.filter(({ lookup }) => !keys.has(lookup.toString('latin1'))).sort((a, b) => Buffer.compare(a.lookup, b.lookup));
    if (fresh.length === 0) return keys;
    const random = randomBytes(RANDOM_BYTES * fresh.length);
    const made = fresh.map(({ name, lookup }, n) => make(vendor, name, lookup, random.subarray(n * RANDOM_BYTES, (n + 1) * RANDOM_BYTES)));
    const inserted = await this.#pool.query<{ subject_id: string }>({
      name: 'subjects-insert',
      text: `insert into subjects (subject_id, vendor_id, lookup, wrapped, identity, created_at)
             select s, $1, l, w, i, $6 from unnest($2::text[], $3::bytea[], $4::bytea[], $5::bytea[]) as new (s, l, w, i)
             on conflict do nothing returning subject_id`,
      values: [
        vendorId,
        made.map(({ key }) => key.subjectId),
        made.map(({ lookup }) => lookup),
        made.map(({ wrapped }) => wrapped),
        made.map(({ identity }) => identity),
        this.#now(),
      ],
    });
    const won = new Set(inserted.rows.map((row) => row.subject_id));
    for (const { key, lookup } of made) if (won.has(key.subjectId)) keys.set(lookup.toString('latin1'), key);
    const lost = fresh.filter(({ lookup }) => !keys.has(lookup.toString('latin1')));
    if (lost.length > 0) await load(lost.map(({ lookup }) => lookup));
    return keys;
  }

  async #rowsOf(vendorId: string, subjectIds: readonly string[]): Promise<Map<string, SubjectRow>> {
    if (subjectIds.length === 0) return new Map();
    const { rows } = await this.#pool.query<SubjectRow>({
      name: 'subjects-by-id',
      text: 'select subject_id, lookup, wrapped, identity from subjects where vendor_id = $1 and subject_id = any($2::text[])',
      values: [vendorId, subjectIds],
    });
    return new Map(rows.map((row) => [row.subject_id, row]));
  }
}

function lookupOf(vendor: VendorKey, name: SubjectName): Buffer {
  return createHmac('sha256', vendor.lookup).update(nameKey(name)).digest();
}

/** Two keys of 32 bytes, and a subject id of 16. */
const RANDOM_BYTES = 80;

function make(vendor: VendorKey, name: SubjectName, lookup: Buffer, random: Buffer) {
  const subjectId = `su_${random.subarray(64).toString('base64url')}`;
  const key: SubjectKey = { subjectId, sealing: random.subarray(0, 32), fingerprinting: random.subarray(32, 64) };
  const place = Buffer.from(subjectId);
  return {
    key,
    lookup,
    wrapped: sealBytes(vendor.wrapping, random.subarray(0, 64), place),
    identity: sealBytes(key.sealing, Buffer.from(JSON.stringify([name.kind, name.id])), place),
  };
}

function unwrap(vendor: VendorKey, row: Pick<SubjectRow, 'subject_id' | 'wrapped'>): SubjectKey {
  const bytes = openBytes(vendor.wrapping, row.wrapped, Buffer.from(row.subject_id));
  return { subjectId: row.subject_id, sealing: bytes.subarray(0, 32), fingerprinting: bytes.subarray(32) };
}

function secretPlace(vendorId: string, name: string, version: number): Buffer {
  return Buffer.from(JSON.stringify(['secret', vendorId, name, version]));
}

// Erasures and legal holds as their owner sees them: reasons are opened for who may read them, and an erasure says what it waits for.
import type { EpochMs, Tx } from '@deskfleet/event-store';
import { type Keyring, open } from '@deskfleet/event-store/sealing';
import { Erasure, LegalHold } from '@deskfleet/protocol/conversations-service';
import type { Keyset } from '@deskfleet/service-kit';
import { type RawBuilder, sql } from 'kysely';
import { CONFIRMING_SERVICES } from '../subscriptions/keys-destroyed.ts';

/** Bound to what seals them: the field of a reason, in events and read models. */
export const REASON_FIELD = 'reason';
export const RELEASE_REASON_FIELD = 'release_reason';

/** An erasure with its reason still sealed. */
export interface SealedErasure {
  readonly erasure: Erasure;
  readonly reasonSubject: string;
  readonly reason: Buffer | null;
}

interface ErasureRecord {
  erasure_id: string;
  subject_id: string;
  status: string;
  again: boolean;
  conversations: string;
  unconfirmed: string[];
  reason_subject: string;
  reason: Buffer | null;
  requested_at: string;
  requested_by: string;
  completed_at: string;
  last_gone_at: string;
}

export async function erasuresById(tx: Tx, erasureId: string, now: EpochMs): Promise<SealedErasure[]> {
  return select(tx, sql`erasure_id = ${erasureId}`, 1_000, now);
}

export async function erasuresOfSubjects(tx: Tx, subjectIds: readonly string[], now: EpochMs): Promise<SealedErasure[]> {
  return select(tx, sql`subject_id = any(${[...subjectIds]}::text[])`, subjectIds.length, now);
}

/** The newest first; one more than the page's size. */
export async function listErasures(tx: Tx, page: Keyset, now: EpochMs): Promise<SealedErasure[]> {
  const before = page.after === undefined ? sql`true` : sql`(requested_at, erasure_id) < (${page.after[0]}::bigint, ${page.after[1]}::text)`;
  return select(tx, before, page.size + 1, now);
}

async function select(tx: Tx, where: RawBuilder<unknown>, limit: number, now: EpochMs): Promise<SealedErasure[]> {
  const { rows } = await sql<ErasureRecord>`
    select e.*,
           (select count(*) from erased_conversations c where c.vendor_id = e.vendor_id and c.erasure_id = e.erasure_id) as conversations,
           array(select s from unnest(${[...CONFIRMING_SERVICES]}::text[]) as s where exists (
             select from erased_conversations c where c.vendor_id = e.vendor_id and c.erasure_id = e.erasure_id
                and not exists (select from erasure_confirmations f where f.vendor_id = c.vendor_id and f.erasure_id = c.erasure_id
                                   and f.conversation_id = c.conversation_id and f.service = s))) as unconfirmed,
           (select coalesce(max(f.gone_at), 0) from erasure_confirmations f where f.vendor_id = e.vendor_id and f.erasure_id = e.erasure_id) as last_gone_at
      from erasures e where ${where} order by requested_at desc, erasure_id desc limit ${limit}`.execute(tx);
  return rows.map((row) => ({
    reasonSubject: row.reason_subject,
    reason: row.reason,
    erasure: Erasure.create({
      erasureId: row.erasure_id,
      subjectId: row.subject_id,
      state: row.status === 'completed' ? 'done' : 'running',
      requestedAt: Number(row.requested_at),
      requestedBy: row.requested_by,
      conversations: Number(row.conversations),
      doneAt: Number(row.completed_at),
      again: row.again,
      waitsFor: waitsFor(row, now),
    }),
  }));
}

function waitsFor(row: ErasureRecord, now: EpochMs): string[] {
  if (row.status === 'completed') return [];
  const caches = row.status === 'started' || Number(row.last_gone_at) > now;
  return [...(caches ? ['caches'] : []), ...row.unconfirmed];
}

/** With their reasons opened. */
export async function openedErasures(keyring: Keyring, vendorId: string, sealed: readonly SealedErasure[]): Promise<Erasure[]> {
  const keys = await keyring.keysOf(
    vendorId,
    sealed.map(({ reasonSubject }) => reasonSubject),
  );
  return sealed.map(({ erasure, reasonSubject, reason }) => {
    const key = keys.get(reasonSubject);
    const text = key && reason && open(key, reason, { vendorId, eventId: erasure.erasureId, field: REASON_FIELD });
    return { ...erasure, reason: text ?? '' };
  });
}

interface HoldRecord {
  hold_id: string;
  subject_id: string;
  held_shop_id: string;
  reason_subject: string;
  reason: Buffer | null;
  placed_by: string;
  placed_at: string;
  released_by: string;
  released_at: string;
  release_reason: Buffer | null;
}

export async function findHold(tx: Tx, holdId: string): Promise<{ subjectId: string; heldShopId: string } | undefined> {
  const { rows } = await sql<HoldRecord>`select * from legal_holds where hold_id = ${holdId}`.execute(tx);
  return rows[0] && { subjectId: rows[0].subject_id, heldShopId: rows[0].held_shop_id };
}

export type SealedHold = HoldRecord;

/** The newest first; one more than the page's size. */
export async function listHolds(tx: Tx, standingOnly: boolean, page: Keyset): Promise<SealedHold[]> {
  const before = page.after === undefined ? sql`true` : sql`(placed_at, hold_id) < (${page.after[0]}::bigint, ${page.after[1]}::text)`;
  const { rows } = await sql<HoldRecord>`
    select * from legal_holds where ${before} and (${!standingOnly} or released_at = 0) order by placed_at desc, hold_id desc limit ${page.size + 1}`.execute(
    tx,
  );
  return rows;
}

const HOLDS_TOLD = 50;

/** Those that stand on a person, or on one of the shops; the newest first. */
export async function holdsOn(tx: Tx, subjectId: string, shopIds: readonly string[]): Promise<SealedHold[]> {
  const { rows } = await sql<HoldRecord>`
    select * from legal_holds where released_at = 0 and (subject_id = ${subjectId} or held_shop_id = any(${[...shopIds]}::text[]) and held_shop_id <> '')
     order by placed_at desc, hold_id desc limit ${HOLDS_TOLD}`.execute(tx);
  return rows;
}

/** With their reasons opened; those under the key of a person erased since are empty. */
export async function openedHolds(keyring: Keyring, vendorId: string, rows: readonly SealedHold[]): Promise<LegalHold[]> {
  const keys = await keyring.keysOf(
    vendorId,
    rows.map((row) => row.reason_subject),
  );
  return rows.map((row) => {
    const key = keys.get(row.reason_subject);
    const opened = (bytes: Buffer | null, field: string): string => (key && bytes ? open(key, bytes, { vendorId, eventId: row.hold_id, field }) : '');
    return LegalHold.create({
      holdId: row.hold_id,
      subjectId: row.subject_id,
      shopId: row.held_shop_id,
      reason: opened(row.reason, REASON_FIELD),
      placedBy: row.placed_by,
      placedAt: Number(row.placed_at),
      releasedBy: row.released_by,
      releasedAt: Number(row.released_at),
      releaseReason: opened(row.release_reason, RELEASE_REASON_FIELD),
    });
  });
}

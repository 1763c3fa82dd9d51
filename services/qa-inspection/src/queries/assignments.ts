// Drawn conversations and what was found in them. Notes stay sealed here; api.ts opens them for who may read.
import type { Tx } from '@deskfleet/event-store';
import { ItemScore } from '@deskfleet/protocol/qa';
import { Correction, Inspection } from '@deskfleet/protocol/qa-service';
import { type RawBuilder, sql } from 'kysely';

export interface AssignmentRow {
  readonly assignmentId: string;
  readonly sampleId: string;
  readonly conversationId: string;
  readonly shopId: string;
  readonly stratum: string;
  readonly state: string;
  readonly inspectorId: string;
  readonly scoredAt: number;
  /** Without its corrections: those stand beside it, their reasons sealed. */
  readonly inspection: Inspection;
  readonly corrections: readonly SealedCorrection[];
}

export interface SealedCorrection {
  /** Its reason is empty, or that of a correction of the first version, which stood in the clear. */
  readonly correction: Correction;
  /** Empty where nothing is sealed. */
  readonly reasonSubject: string;
  readonly sealedReason: Buffer;
}

/** As the projection writes it. */
interface StoredCorrection {
  at: number;
  totalTenthsBefore: number;
  totalTenthsAfter: number;
  reason: string;
  reasonSubject?: string;
  /** Base64. */
  sealedReason?: string;
}

interface AssignmentRecord {
  assignment_id: string;
  sample_id: string;
  conversation_id: string;
  shop_id: string;
  stratum: string;
  state: string;
  inspector_id: string;
  scored_at: string;
  scorecard_version: number;
  total_tenths: number;
  max_tenths: number;
  fatal: boolean;
  items: string;
  corrections: string;
}

export async function assignmentById(tx: Tx, vendorId: string, assignmentId: string): Promise<AssignmentRow | undefined> {
  return (await select(tx, sql`vendor_id = ${vendorId} and assignment_id = ${assignmentId}`, sql`assignment_id`, 1))[0];
}

/**
 * Open assignments an inspector could take, their own first: of one sample, or of any. Conversations that the inspector handled as an
 * agent are left out (BR-171).
 */
export async function openAssignments(tx: Tx, vendorId: string, inspectorId: string, sampleId: string, limit: number): Promise<AssignmentRow[]> {
  return await select(
    tx,
    sql`vendor_id = ${vendorId} and state = 'open' and (${sampleId} = '' or sample_id = ${sampleId}) and inspector_id in ('', ${inspectorId})
      and not exists (
        select from frame_entries f join agent_users u on u.vendor_id = f.vendor_id and u.agent_id = any(f.handlers)
         where f.vendor_id = assignments.vendor_id and f.conversation_id = assignments.conversation_id and f.to_position is null and u.user_id = ${inspectorId})`,
    sql`inspector_id desc, sample_id, assignment_id`,
    limit,
  );
}

/** Whether the user is an agent who wrote in the conversation. */
export async function handledBy(tx: Tx, vendorId: string, conversationId: string, userId: string): Promise<boolean> {
  const { rows } = await sql`
    select from frame_entries f join agent_users u on u.vendor_id = f.vendor_id and u.agent_id = any(f.handlers)
     where f.vendor_id = ${vendorId} and f.conversation_id = ${conversationId} and f.to_position is null and u.user_id = ${userId}`.execute(tx);
  return rows.length > 0;
}

export async function progressOf(tx: Tx, vendorId: string, sampleId: string): Promise<{ done: number; total: number }> {
  const { rows } = await sql<{ done: string; total: string }>`
    select count(*) filter (where state <> 'open') as done, count(*) as total from assignments where vendor_id = ${vendorId} and sample_id = ${sampleId}`.execute(
    tx,
  );
  return { done: Number(rows[0]?.done ?? 0), total: Number(rows[0]?.total ?? 0) };
}

/** Open assignments by sample: what waits for inspectors. */
export async function openBySample(tx: Tx, vendorId: string): Promise<{ sampleId: string; open: number; drawnAt: number; shopIds: string[] }[]> {
  const { rows } = await sql<{ sample_id: string; open: string; drawn_at: string; shop_ids: string[] }>`
    select s.sample_id, count(*) as open, s.drawn_at, s.shop_ids from assignments a join samples s using (vendor_id, sample_id)
     where vendor_id = ${vendorId} and a.state = 'open' group by s.sample_id, s.drawn_at, s.shop_ids order by s.drawn_at`.execute(tx);
  return rows.map((row) => ({ sampleId: row.sample_id, open: Number(row.open), drawnAt: Number(row.drawn_at), shopIds: row.shop_ids }));
}

export interface InspectionFilter {
  readonly shopIds: readonly string[] | 'all';
  /** Conversations of these dates, inclusive; empty = any. */
  readonly from: string;
  readonly to: string;
}

/** Submitted inspections, newest first, before (scoredAt, assignmentId); `total` of all that the filter takes. */
export async function inspectionPage(
  tx: Tx,
  vendorId: string,
  filter: InspectionFilter,
  before: { at: number; id: string },
  limit: number,
): Promise<{ rows: AssignmentRow[]; total: number }> {
  const wanted = sql`vendor_id = ${vendorId} and state = 'scored'
    and (${filter.shopIds === 'all'} or shop_id = any(${filter.shopIds === 'all' ? [] : [...filter.shopIds]}::text[]))
    and (${filter.from} = '' or exists (select from frame_entries f where f.vendor_id = assignments.vendor_id and f.conversation_id = assignments.conversation_id
          and f.to_position is null and f.date between ${filter.from} and ${filter.to}))`;
  const { rows } = await sql<{ n: string }>`select count(*) as n from assignments where ${wanted}`.execute(tx);
  return {
    rows: await select(tx, sql`${wanted} and (scored_at, assignment_id) < (${before.at}, ${before.id})`, sql`scored_at desc, assignment_id desc`, limit),
    total: Number(rows[0]?.n ?? 0),
  };
}

async function select(tx: Tx, where: RawBuilder<unknown>, order: RawBuilder<unknown>, limit: number): Promise<AssignmentRow[]> {
  const { rows } = await sql<AssignmentRecord>`select * from assignments where ${where} order by ${order} limit ${limit}`.execute(tx);
  return rows.map((row) => ({
    assignmentId: row.assignment_id,
    sampleId: row.sample_id,
    conversationId: row.conversation_id,
    shopId: row.shop_id,
    stratum: row.stratum,
    state: row.state,
    inspectorId: row.inspector_id,
    scoredAt: Number(row.scored_at),
    inspection: Inspection.create({
      assignmentId: row.assignment_id,
      sampleId: row.sample_id,
      conversationId: row.conversation_id,
      shopId: row.shop_id,
      stratum: row.stratum,
      inspectorId: row.inspector_id,
      scoredAt: Number(row.scored_at),
      scorecardVersion: row.scorecard_version,
      items: (JSON.parse(row.items) as ItemScore[]).map((item) => ItemScore.create(item)),
      totalTenths: row.total_tenths,
      maxTenths: row.max_tenths,
      fatal: row.fatal,
    }),
    corrections: (JSON.parse(row.corrections) as StoredCorrection[]).map(({ reasonSubject = '', sealedReason = '', ...correction }) => ({
      correction: Correction.create(correction),
      reasonSubject,
      sealedReason: Buffer.from(sealedReason, 'base64'),
    })),
  }));
}

// Findings with their notes sealed, as they stand in the read model.
import type { Tx } from '@deskfleet/event-store';
import { Finding } from '@deskfleet/protocol/qa-service';
import { type RawBuilder, sql } from 'kysely';

export interface SealedFinding {
  readonly finding: Finding;
  readonly noteSubject: string;
  readonly note: Buffer;
}

interface FindingRecord {
  finding_id: string;
  assignment_id: string;
  conversation_id: string;
  shop_id: string;
  message_id: string;
  category: string;
  severity: string;
  note_subject: string;
  note: Buffer;
  inspector_id: string;
  stratum: string;
  raised_at: string;
}

export interface FindingFilter {
  readonly shopIds: readonly string[] | 'all';
  readonly conversationId: string;
  /** Only of submitted inspections: what clients read. */
  readonly submittedOnly: boolean;
}

/** Newest first, before (raisedAt, findingId). */
export async function findingPage(
  tx: Tx,
  vendorId: string,
  filter: FindingFilter,
  before: { at: number; id: string },
  limit: number,
): Promise<SealedFinding[]> {
  return await select(
    tx,
    sql`vendor_id = ${vendorId} and (raised_at, finding_id) < (${before.at}, ${before.id})
      and (${filter.shopIds === 'all'} or shop_id = any(${filter.shopIds === 'all' ? [] : [...filter.shopIds]}::text[]))
      and (${filter.conversationId} = '' or conversation_id = ${filter.conversationId})
      and (${!filter.submittedOnly} or exists (select from assignments a where a.vendor_id = findings.vendor_id and a.assignment_id = findings.assignment_id and a.state = 'scored'))`,
    limit,
  );
}

export async function findingsOf(tx: Tx, vendorId: string, assignmentIds: readonly string[]): Promise<SealedFinding[]> {
  return await select(tx, sql`vendor_id = ${vendorId} and assignment_id = any(${[...assignmentIds]}::text[])`, 1000);
}

async function select(tx: Tx, where: RawBuilder<unknown>, limit: number): Promise<SealedFinding[]> {
  const { rows } = await sql<FindingRecord>`select * from findings where ${where} order by raised_at desc, finding_id desc limit ${limit}`.execute(tx);
  return rows.map((row) => ({
    noteSubject: row.note_subject,
    note: row.note,
    finding: Finding.create({
      findingId: row.finding_id,
      assignmentId: row.assignment_id,
      conversationId: row.conversation_id,
      shopId: row.shop_id,
      messageId: row.message_id,
      category: row.category,
      severity: row.severity,
      inspectorId: row.inspector_id,
      stratum: row.stratum,
      raisedAt: Number(row.raised_at),
    }),
  }));
}

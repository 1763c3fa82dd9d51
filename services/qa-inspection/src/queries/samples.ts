// Samples, their rows and what they say so far.
import type { Tx } from '@deskfleet/event-store';
import { DateRange } from '@deskfleet/protocol/common';
import { SampleDrawn } from '@deskfleet/protocol/qa';
import { Sample, SampleRow } from '@deskfleet/protocol/qa-service';
import { stratifiedMean } from '@deskfleet/statistics';
import { sql } from 'kysely';
import type { FrameMember } from '../sample/draw.ts';

export interface FrameScope {
  readonly vendorId: string;
  readonly shopIds: readonly string[];
  readonly fromOn: string;
  readonly toOn: string;
  /** Of this service's own log. */
  readonly position: number;
}

/** The eligible conversations as the frame stood at a position. */
export async function frameAt(tx: Tx, scope: FrameScope): Promise<FrameMember[]> {
  const { rows } = await sql<{ shop_id: string; conversation_id: string; stratum: string }>`
    select shop_id, conversation_id, stratum from frame_entries
     where vendor_id = ${scope.vendorId} and shop_id = any(${[...scope.shopIds]}::text[]) and date between ${scope.fromOn} and ${scope.toOn} and eligible
       and from_position <= ${scope.position} and (to_position is null or to_position > ${scope.position})
     order by conversation_id`.execute(tx);
  return rows.map((row) => ({ shopId: row.shop_id, conversationId: row.conversation_id, stratum: row.stratum }));
}

/** The shops that have any entry in the frame: what "all shops" means when none is named. */
export async function shopsInFrame(tx: Tx, vendorId: string): Promise<string[]> {
  const { rows } = await sql<{ shop_id: string }>`select distinct shop_id from frame_entries where vendor_id = ${vendorId} order by 1`.execute(tx);
  return rows.map((row) => row.shop_id);
}

export interface StoredSample {
  readonly drawn: SampleDrawn;
  readonly drawnAt: number;
  readonly drawnBy: string;
}

export async function sampleById(tx: Tx, vendorId: string, sampleId: string): Promise<StoredSample | undefined> {
  const { rows } = await sql<SampleRecord>`
    select document, drawn_at, drawn_by from samples where vendor_id = ${vendorId} and sample_id = ${sampleId}`.execute(tx);
  return rows[0] === undefined ? undefined : stored(rows[0]);
}

/** Newest first, before (drawnAt, sampleId). */
export async function samplePage(tx: Tx, vendorId: string, before: { at: number; id: string }, limit: number): Promise<StoredSample[]> {
  const { rows } = await sql<SampleRecord>`
    select document, drawn_at, drawn_by from samples where vendor_id = ${vendorId} and (drawn_at, sample_id) < (${before.at}, ${before.id})
     order by drawn_at desc, sample_id desc limit ${limit}`.execute(tx);
  return rows.map(stored);
}

interface SampleRecord {
  document: Buffer;
  drawn_at: string;
  drawn_by: string;
}

function stored(row: SampleRecord): StoredSample {
  return { drawn: SampleDrawn.decode(row.document), drawnAt: Number(row.drawn_at), drawnBy: row.drawn_by };
}

/** A sample with its progress and, once something was scored, its mean with the 95 % interval, weighted by stratum. */
export async function sampleView(tx: Tx, vendorId: string, { drawn, drawnAt, drawnBy }: StoredSample, withRows: boolean): Promise<Sample> {
  const { rows } = await sql<{
    assignment_id: string;
    state: string;
    conversation_id: string;
    stratum: string;
    total_tenths: number;
    max_tenths: number;
    inspector_id: string;
  }>`
    select assignment_id, state, conversation_id, stratum, total_tenths, max_tenths, inspector_id
      from assignments where vendor_id = ${vendorId} and sample_id = ${drawn.sampleId} order by assignment_id`.execute(tx);
  const scored = rows.filter(({ state }) => state === 'scored');
  const mean = stratifiedMean(
    drawn.strata.map(({ key, size }) => ({
      size,
      values: scored.filter((row) => row.stratum === key && row.max_tenths > 0).map((row) => (row.total_tenths * 1000) / row.max_tenths),
    })),
  );
  return Sample.create({
    sampleId: drawn.sampleId,
    shopIds: drawn.shopIds,
    range: DateRange.create({ from: drawn.fromOn, to: drawn.toOn }),
    ratioBp: drawn.ratioBp,
    seed: drawn.seed,
    everyAgent: drawn.everyAgent,
    framePosition: drawn.framePosition,
    frameSize: drawn.frameSize,
    drawn: drawn.items.length,
    scored: scored.length,
    skipped: rows.filter(({ state }) => state === 'skipped').length,
    drawnAt,
    drawnBy,
    strata: drawn.strata,
    meanTenths: Math.round(mean?.value ?? 0),
    lowTenths: Math.max(0, Math.round(mean?.low ?? 0)),
    highTenths: Math.min(1000, Math.round(mean?.high ?? 0)),
    rows: withRows
      ? rows.map((row) =>
          SampleRow.create({
            assignmentId: row.assignment_id,
            state: row.state,
            conversationId: row.state === 'scored' ? row.conversation_id : '',
            stratum: row.state === 'scored' ? row.stratum : '',
            totalTenths: row.total_tenths,
            maxTenths: row.max_tenths,
            inspectorId: row.inspector_id,
          }),
        )
      : [],
  });
}

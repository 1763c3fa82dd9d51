// What a month is billed on: counts a clause and unit, with the position of the own log they are true at. What was applied is looked at before
// and after the counts: equal, and nothing moved between.
import type { FactContract } from '@deskfleet/conversation-facts';
import type { Tx } from '@deskfleet/event-store';
import { LogPosition } from '@deskfleet/protocol/common';
import { ClauseAttainment, GetAttainmentResponse } from '@deskfleet/protocol/sla-service';
import type { Caller, Kit } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { attainments, isKept } from './attainment.ts';
import { contractById } from './contracts.ts';
import { daysOfMonth } from './filters.ts';

/** Under steady news the counts are of the last try: of the positions before it, and at most a slice later. */
const TRIES = 3;

/** Refuses `contract-not-found`, `month-invalid`. */
export async function attainmentOf(kit: Kit, caller: Caller, contractId: string, month: string): Promise<GetAttainmentResponse> {
  let before = await standing(kit);
  for (let tried = 1; ; tried++) {
    const now = kit.now();
    const clauses = await kit.read(caller, async (tx) => clausesOf(tx, caller.vendorId, await contractById(tx, caller.vendorId, contractId), month, now));
    const after = await standing(kit);
    if (tried === TRIES || after.applied === before.applied) return GetAttainmentResponse.create({ clauses, at: before.at });
    before = after;
  }
}

async function clausesOf(tx: Tx, vendorId: string, contract: FactContract, month: string, now: number): Promise<ClauseAttainment[]> {
  const range = daysOfMonth(month);
  const clauses: ClauseAttainment[] = [];
  for (const clause of contract.terms.clauses) {
    for (const { shopId, date, attainment } of await attainments(tx, { vendorId, contract, clause, range, shopIds: 'all', now })) {
      if (date === '') clauses.push(ClauseAttainment.create({ clauseKey: clause.key, shopId, attainment, kept: isKept(attainment, clause) }));
    }
  }
  return clauses;
}

/** The own log's head, and where each log read here stands, as text to compare: of all vendors, so the worker's to read. */
async function standing(kit: Kit): Promise<{ at: LogPosition; applied: string }> {
  const { position } = await kit.store.head();
  const { rows } = await kit.work((tx) =>
    sql<{ source: string; position: string }>`
      select source, sum(position) as position from (
        select source, position from bus_watermarks where consumer_group = ${kit.name}
        union all select source, position from bus_offsets where consumer_group = ${kit.name} and lane = 'feed') w
       group by source order by source`.execute(tx),
  );
  return { at: LogPosition.create({ source: kit.store.source, position }), applied: JSON.stringify([position, rows]) };
}

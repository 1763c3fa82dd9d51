// The clauses of every contract at a glance: the worst few in full, the others as counts. Two statements whatever the number of contracts; figures in the README.
import type { FactContract } from '@deskfleet/conversation-facts';
import type { Tx } from '@deskfleet/event-store';
import type { DateRange } from '@deskfleet/protocol/common';
import { Attainment, ClauseFigure, ClausesRest, ContractClause, ListClausesResponse } from '@deskfleet/protocol/sla-service';
import type { SlaClause } from '@deskfleet/protocol/terms';
import { type RawBuilder, sql } from 'kysely';
import { isKept, unitsOf } from './attainment.ts';
import { ofShops, within } from './filters.ts';
import { stateOf } from './state.ts';

/** What fits one screen. */
const WORST = 50;

export interface ClausesRequest {
  readonly vendorId: string;
  readonly shopIds: readonly string[] | 'all';
  readonly range: DateRange | undefined;
  readonly now: number;
}

interface Judged {
  readonly contract: FactContract;
  readonly clause: SlaClause;
  /** A shop, or empty where the clause is pooled. */
  readonly unit: string;
  readonly attainment: Attainment;
  readonly kept: boolean;
}

export async function worstClauses(tx: Tx, request: ClausesRequest, contracts: readonly FactContract[]): Promise<ListClausesResponse> {
  const counted = await counts(tx, request);
  const judged = contracts.flatMap((contract) =>
    contract.terms.clauses.flatMap((clause) =>
      unitsOf({ ...request, contract, clause }).flatMap((unit) => {
        const shops = clause.pooled ? shopsOf(contract, request.shopIds) : [unit];
        if (shops.length === 0) return [];
        const attainment = added(shops.flatMap((shopId) => counted.get(keyOf(contract.contractId, clause.key, shopId)) ?? []));
        return [{ contract, clause, unit, attainment, kept: isKept(attainment, clause) }];
      }),
    ),
  );
  judged.sort(worstFirst);
  const shown = judged.slice(0, WORST);
  const waits = await waitsOf(tx, request, shown);
  return ListClausesResponse.create({
    clauses: shown.map(({ contract, clause, unit, attainment, kept }) =>
      ContractClause.create({
        contractId: contract.contractId,
        contractNumber: contract.number,
        shopIds: shopsOf(contract, request.shopIds),
        figure: ClauseFigure.create({ clause, shopId: unit, attainment, kept, ...waits.get(keyOf(contract.contractId, clause.key, unit)) }),
      }),
    ),
    all: summed(judged),
    rest: summed(judged.slice(WORST)),
    asOf: request.now,
  });
}

/** Missed before kept, then the lowest rate; what had nothing due comes last. */
function worstFirst(a: Judged, b: Judged): number {
  return Number(a.kept) - Number(b.kept) || rate(a) - rate(b) || b.attainment.missed - a.attainment.missed || (a.contract.number < b.contract.number ? -1 : 1);
}

function rate({ attainment: { met, missed } }: Judged): number {
  return met + missed === 0 ? 2 : met / (met + missed);
}

function summed(judged: readonly Judged[]): ClausesRest {
  const sum = (of: (one: Judged) => number): number => judged.reduce((n, one) => n + of(one), 0);
  return ClausesRest.create({
    clauses: judged.length,
    kept: sum(({ kept }) => (kept ? 1 : 0)),
    nothingDue: sum(({ attainment: { met, missed } }) => (met + missed === 0 ? 1 : 0)),
    met: sum(({ attainment }) => attainment.met),
    missed: sum(({ attainment }) => attainment.missed),
  });
}

const keyOf = (contractId: string, clauseKey: string, shopId: string): string => `${contractId}\n${clauseKey}\n${shopId}`;

function shopsOf({ shopIds }: FactContract, asked: readonly string[] | 'all'): string[] {
  return shopIds.filter((shopId) => asked === 'all' || asked.length === 0 || asked.includes(shopId));
}

function added(parts: readonly Attainment[]): Attainment {
  const sum = (of: (one: Attainment) => number): number => parts.reduce((n, one) => n + of(one), 0);
  return Attainment.create({
    met: sum(({ met }) => met),
    missed: sum(({ missed }) => missed),
    notYetDue: sum(({ notYetDue }) => notYetDue),
    notOurs: sum(({ notOurs }) => notOurs),
    unanswered: sum(({ unanswered }) => unanswered),
  });
}

async function counts(tx: Tx, { vendorId, shopIds, range, now }: ClausesRequest): Promise<Map<string, Attainment>> {
  const { rows } = await sql<{
    contract_id: string;
    clause_key: string;
    shop_id: string;
    met: string;
    missed: string;
    ahead: string;
    not_ours: string;
    unanswered: string;
  }>`
    select contract_id, clause_key, shop_id, count(*) filter (where state = 'met') as met, count(*) filter (where state = 'missed') as missed,
           count(*) filter (where state = 'running') as ahead, count(*) filter (where state = 'not-ours') as not_ours,
           count(*) filter (where state = 'missed' and stopped_at is null) as unanswered
      from ${clocks(vendorId, shopIds, range, now, sql`true`)} c group by 1, 2, 3`.execute(tx);
  return new Map(
    rows.map((row) => [
      keyOf(row.contract_id, row.clause_key, row.shop_id),
      Attainment.create({
        met: Number(row.met),
        missed: Number(row.missed),
        notYetDue: Number(row.ahead),
        notOurs: Number(row.not_ours),
        unanswered: Number(row.unanswered),
      }),
    ]),
  );
}

type Waits = Pick<ClauseFigure, 'answered' | 'medianLowerMs' | 'p90Ms'>;

/** Lower median and nearest rank of the answered clocks of the units that are shown. */
async function waitsOf(tx: Tx, { vendorId, shopIds, range, now }: ClausesRequest, shown: readonly Judged[]): Promise<Map<string, Waits>> {
  const wanted = sql`(c.contract_id, c.clause_key) in (select * from unnest(${shown.map(({ contract }) => contract.contractId)}::text[], ${shown.map(({ clause }) => clause.key)}::text[]))`;
  const pooled = shown.filter(({ clause }) => clause.pooled).map(({ contract, clause }) => `${contract.contractId}\n${clause.key}`);
  const { rows } = await sql<{ contract_id: string; clause_key: string; unit: string; answered: string; median: string | null; p90: string | null }>`
    select contract_id, clause_key, case when contract_id || E'\n' || clause_key = any(${pooled}::text[]) then '' else shop_id end as unit,
           count(elapsed_ms) as answered, percentile_disc(0.5) within group (order by elapsed_ms) as median,
           percentile_disc(0.9) within group (order by elapsed_ms) as p90
      from ${clocks(vendorId, shopIds, range, now, wanted)} c where state <> 'not-ours' group by 1, 2, 3`.execute(tx);
  return new Map(
    rows.map((row) => [
      keyOf(row.contract_id, row.clause_key, row.unit),
      { answered: Number(row.answered), medianLowerMs: Number(row.median ?? 0), p90Ms: Number(row.p90 ?? 0) },
    ]),
  );
}

function clocks(
  vendorId: string,
  shopIds: readonly string[] | 'all',
  range: DateRange | undefined,
  now: number,
  condition: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`(select c.*, ${stateOf(now)} as state from sla_clocks c
     where c.vendor_id = ${vendorId} and ${within(sql`c.date`, range)} and ${ofShops(sql`c.shop_id`, shopIds)} and ${condition})`;
}

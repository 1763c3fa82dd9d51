// What waits of living together, for whom, since when: the client's answers and agreements, the vendor's remedies, replies and talks.
import type { EpochMs, Tx } from '@deskfleet/event-store';
import { Party, WaitingItem } from '@deskfleet/protocol/common';
import { dateOf, dayBounds } from '@deskfleet/service-hours';
import { type Caller, type Kit, WAITING_SHOWN } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { zonesOf } from '../care/contracts.ts';
import type { QuestionRow } from '../projections/questions.ts';
import type { MeetingRow, MissedRow, SuggestionRow, WeaknessRow } from '../projections/supervision.ts';
import { otherSide } from '../supervision/supervision.ts';
import { stateOfWeakness } from './supervision.ts';

/** Rows of each kind that are looked at: far more than a person can work off. */
const LOOKED_AT = 1_000;

interface Waiting {
  readonly kind: string;
  readonly contractId: string;
  readonly shopId: string;
  readonly waitsFor: string;
  readonly since: EpochMs;
  readonly count: number;
  readonly subject: string;
  readonly path: string;
}

/** The oldest, and how many there are. */
export async function careWaiting(
  kit: Kit,
  caller: Caller,
  shopIds: readonly string[] | 'all',
): Promise<{ readonly items: WaitingItem[]; readonly total: number }> {
  const contracts = shopIds === 'all' ? 'all' : await contractsOf(kit, caller, shopIds);
  const found = await kit.read({ ...caller, shopIds: 'all' }, (tx) => rowsOf(tx, shopIds, contracts));
  const zones = await zonesOf(
    kit,
    caller,
    [...found.weaknesses, ...found.meetings].map(({ contract_id }) => contract_id),
  );
  const today = (contractId: string) => dateOf(kit.now(), zones.get(contractId) ?? 'UTC');
  const shops = await firstShops(
    kit,
    caller,
    [...found.weaknesses, ...found.suggestions, ...found.meetings, ...found.missed].map(({ contract_id }) => contract_id),
    shopIds,
  );
  const shopOf = (contractId: string) => shops.get(contractId) ?? '';
  const waiting: Waiting[] = [
    ...found.questions.map(questionWaits),
    ...found.suggestions.map((row) => suggestionWaits(row, shopOf(row.contract_id))),
    ...found.weaknesses.flatMap((row) => weaknessWaits(row, today(row.contract_id), zones.get(row.contract_id) ?? 'UTC', shopOf(row.contract_id))),
    ...found.meetings.flatMap((row) => actionsWait(row, today(row.contract_id), zones.get(row.contract_id) ?? 'UTC', shopOf(row.contract_id))),
    ...found.missed.map((row) => meetingWaits(row, shopOf(row.contract_id))),
  ];
  const items = waiting
    .toSorted((a, b) => a.since - b.since)
    .slice(0, WAITING_SHOWN)
    .map((item) => WaitingItem.create({ vendorId: caller.vendorId, ...item }));
  return { items, total: waiting.length };
}

async function contractsOf(kit: Kit, caller: Caller, shopIds: readonly string[]): Promise<readonly string[]> {
  const { rows } = await kit.read(caller, (tx) =>
    sql<{ contract_id: string }>`select distinct contract_id from shop_contracts where shop_id = any(${[...shopIds]}::text[])`.execute(tx),
  );
  return rows.map(({ contract_id }) => contract_id);
}

/** A contract's items are listed at its first shop of those asked for. */
async function firstShops(kit: Kit, caller: Caller, contractIds: readonly string[], asked: readonly string[] | 'all'): Promise<ReadonlyMap<string, string>> {
  const ofThese = asked === 'all' ? sql`true` : sql`shop_id = any(${[...asked]}::text[])`;
  const { rows } = await kit.read({ ...caller, shopIds: 'all' }, (tx) =>
    sql<{ contract_id: string; shop_id: string }>`
      select contract_id, min(shop_id) as shop_id from shop_contracts
       where contract_id = any(${[...new Set(contractIds)]}::text[]) and ${ofThese} group by contract_id`.execute(tx),
  );
  return new Map(rows.map(({ contract_id, shop_id }) => [contract_id, shop_id]));
}

async function rowsOf(tx: Tx, shopIds: readonly string[] | 'all', contracts: readonly string[] | 'all') {
  const inShops = shopIds === 'all' ? sql`true` : sql`of_shop = any(${[...shopIds]}::text[])`;
  const of = contracts === 'all' ? sql`true` : sql`contract_id = any(${[...contracts]}::text[])`;
  const questions = await sql<QuestionRow>`select * from questions where state = 'open' and ${inShops} order by asked_at limit ${LOOKED_AT}`.execute(tx);
  const weaknesses = await sql<WeaknessRow>`select * from weaknesses where done_on = '' and ${of} order by found_at limit ${LOOKED_AT}`.execute(tx);
  const suggestions = await sql<SuggestionRow>`select * from suggestions where state = 'open' and ${of} order by made_at limit ${LOOKED_AT}`.execute(tx);
  const meetings = await sql<MeetingRow>`select * from meetings where open_due_on <> '' and ${of} order by open_due_on limit ${LOOKED_AT}`.execute(tx);
  // The last month without a talk, until managers have talked again.
  const missed = await sql<MissedRow>`
    select distinct on (contract_id) contract_id, month, missed_at from missed_meetings m where ${of}
       and not exists (select from meetings h where h.vendor_id = m.vendor_id and h.contract_id = m.contract_id and h.managers and left(h.held_on, 7) >= m.month)
     order by contract_id, month desc limit ${LOOKED_AT}`.execute(tx);
  return { questions: questions.rows, weaknesses: weaknesses.rows, suggestions: suggestions.rows, meetings: meetings.rows, missed: missed.rows };
}

function questionWaits(row: QuestionRow): Waiting {
  const { question_id, contract_id, of_shop, asked_at, conversation_ids } = row;
  return {
    ...{ kind: 'question-open', contractId: contract_id, shopId: of_shop, waitsFor: 'client', since: Number(asked_at) },
    ...{ count: Math.max(1, conversation_ids.length), subject: question_id, path: `/questions/${question_id}` },
  };
}

const roleOf = (party: Party): string => (party === Party.PARTY_CLIENT ? 'client' : 'vendor-operations');
const page = (contractId: string, tab: string) => `/contracts/${contractId}/${tab}`;

function suggestionWaits({ contract_id, suggestion_id, by, made_at }: SuggestionRow, shopId: string): Waiting {
  return {
    ...{ kind: 'suggestion-open', contractId: contract_id, shopId, waitsFor: roleOf(otherSide(by)), since: Number(made_at) },
    ...{ count: 1, subject: suggestion_id, path: page(contract_id, 'supervision') },
  };
}

/** BR-017: no remedy yet is the vendor's turn, a proposed one the other side's, an agreed one the vendor's from the day it is due. */
function weaknessWaits(row: WeaknessRow, today: string, zone: string, shopId: string): Waiting[] {
  const at = { contractId: row.contract_id, shopId, count: 1, subject: row.weakness_key, path: page(row.contract_id, 'supervision') };
  switch (stateOfWeakness(row, today)) {
    case 'open':
      return [{ ...at, kind: 'remedy-missing', waitsFor: 'vendor-operations', since: Number(row.found_at) }];
    case 'proposed':
      return [{ ...at, kind: 'remedy-proposed', waitsFor: roleOf(otherSide(row.remedy_by)), since: Number(row.moved_at) }];
    default:
      return row.due_on <= today ? [{ ...at, kind: 'remedy-due', waitsFor: 'vendor-operations', since: dayBounds(row.due_on, zone).from }] : [];
  }
}

function actionsWait(row: MeetingRow, today: string, zone: string, shopId: string): Waiting[] {
  const overdue = row.actions.filter(({ doneAt, dueOn }) => doneAt === 0 && dueOn < today);
  return [...Map.groupBy(overdue, ({ owner }) => owner)].map(([owner, actions]) => ({
    ...{ kind: 'action-overdue', contractId: row.contract_id, shopId, waitsFor: roleOf(owner), count: actions.length, subject: row.meeting_id },
    ...{ since: Math.min(...actions.map(({ dueOn }) => dayBounds(dueOn, zone).to)), path: page(row.contract_id, 'meetings') },
  }));
}

function meetingWaits({ contract_id, month, missed_at }: MissedRow, shopId: string): Waiting {
  return {
    ...{ kind: 'meeting-missing', contractId: contract_id, shopId, waitsFor: 'vendor-operations', since: Number(missed_at), count: 1, subject: month },
    path: page(contract_id, 'meetings'),
  };
}

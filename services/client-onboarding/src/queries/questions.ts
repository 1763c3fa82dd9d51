// Questions and what became of them, as their caller may see them; texts opened here.
import { Consent } from '@deskfleet/protocol/common';
import { KnowledgeEntry, KnowledgeVersion, Question } from '@deskfleet/protocol/onboarding-care';
import { dayBounds } from '@deskfleet/service-hours';
import { type Caller, type Keyset, type Kit, pageOf } from '@deskfleet/service-kit';
import { type RawBuilder, sql } from 'kysely';
import { zonesOf } from '../care/contracts.ts';
import { openAll, places } from '../care/texts.ts';
import type { KnowledgeRow, QuestionRow } from '../projections/questions.ts';
import type { Sealed } from '../sealed.ts';

/** Entries of a shop that a search opens and looks through. */
const SEARCHED = 2_000;
const ENTRIES_SHOWN = 200;

export interface QuestionFilter {
  readonly shopIds: readonly string[] | 'all';
  readonly state: string;
  readonly agentId: string;
  /** A date: open at its end, in each contract's own zone. */
  readonly openAtEndOf: string;
}

export interface QuestionPage {
  readonly questions: Question[];
  readonly nextToken: string;
  readonly total: number;
  readonly open: number;
  readonly oldestAt: number;
  readonly buyersWaiting: number;
}

/** Open ones first, the oldest first; then the others, the newest first. Keys: [closed, order, id]. */
export const QUESTION_KEY_PARTS = 3;

export async function questionPage(kit: Kit, sealed: Sealed, caller: Caller, filter: QuestionFilter, page: Keyset): Promise<QuestionPage> {
  const inShops = filter.shopIds === 'all' ? sql`true` : sql`of_shop = any(${[...filter.shopIds]}::text[])`;
  const openThen = await openAtEndOf(kit, caller, filter.openAtEndOf, inShops);
  const { found, total, counts } = await kit.read(caller, async (tx) => {
    const matching = sql`${inShops} and ${filter.state === '' ? sql`true` : sql`state = ${filter.state}`}
      and ${filter.agentId === '' ? sql`true` : sql`agent_id = ${filter.agentId}`} and ${openThen}`;
    const rank = sql`(case when state = 'open' then 0 else 1 end)`;
    const order = sql`(case when state = 'open' then asked_at else -closed_at end)`;
    const after =
      page.after === undefined ? sql`true` : sql`(${rank}, ${order}, question_id) > (${page.after[0]}::int, ${page.after[1]}::bigint, ${page.after[2]}::text)`;
    const { rows } = await sql<QuestionRow>`
      select * from questions where ${matching} and ${after} order by ${rank}, ${order}, question_id limit ${page.size + 1}`.execute(tx);
    const all = await sql<{ n: string }>`select count(*) as n from questions where ${matching}`.execute(tx);
    const open = await sql<{ n: string; oldest: string | null; buyers: string | null }>`
      select count(*) as n, min(asked_at) as oldest, sum(cardinality(conversation_ids)) as buyers from questions where state = 'open' and ${inShops}`.execute(
      tx,
    );
    return { found: rows, total: Number(all.rows[0]?.n ?? 0), counts: open.rows[0] };
  });
  const cut = pageOf(found, page, (row) => [
    row.state === 'open' ? 0 : 1,
    row.state === 'open' ? Number(row.asked_at) : -Number(row.closed_at),
    row.question_id,
  ]);
  return {
    questions: await questionsOf(kit, sealed, caller, cut.rows, 'latest'),
    nextToken: cut.nextToken,
    total,
    open: Number(counts?.n ?? 0),
    oldestAt: Number(counts?.oldest ?? 0),
    buyersWaiting: Number(counts?.buyers ?? 0),
  };
}

/** BR-203: asked by the day's end and not closed by then. A day ends when it ends in the contract's zone. */
async function openAtEndOf(kit: Kit, caller: Caller, date: string, inShops: RawBuilder<unknown>): Promise<RawBuilder<unknown>> {
  if (date === '') return sql`true`;
  const { rows } = await kit.read(caller, (tx) => sql<{ contract_id: string }>`select distinct contract_id from questions where ${inShops}`.execute(tx));
  const zones = await zonesOf(
    kit,
    caller,
    rows.map(({ contract_id }) => contract_id),
  );
  const ends = [...zones].map(([contractId, zone]) => ({ contractId, end: dayBounds(date, zone).to }));
  return sql`exists (select from unnest(${ends.map(({ contractId }) => contractId)}::text[], ${ends.map(({ end }) => end)}::bigint[]) as e (c, at)
    where e.c = questions.contract_id and asked_at < e.at and (closed_at = 0 or closed_at >= e.at))`;
}

export async function questionById(kit: Kit, sealed: Sealed, caller: Caller, questionId: string): Promise<Question | undefined> {
  const { rows } = await kit.read(caller, (tx) => sql<QuestionRow>`select * from questions where question_id = ${questionId}`.execute(tx));
  return (await questionsOf(kit, sealed, caller, rows, 'all'))[0];
}

async function questionsOf(kit: Kit, sealed: Sealed, caller: Caller, rows: readonly QuestionRow[], versions: 'latest' | 'all'): Promise<Question[]> {
  const ids = rows.map(({ question_id }) => question_id);
  const { rows: known } = await kit.read(caller, (tx) =>
    sql<KnowledgeRow>`
      select * from knowledge where question_id = any(${ids}::text[]) and ${versions === 'all' ? sql`true` : sql`latest`}
       order by question_id, version desc`.execute(tx),
  );
  const zones = await zonesOf(
    kit,
    caller,
    rows.map(({ contract_id }) => contract_id),
  );
  const texts = await openAll(
    sealed,
    caller.vendorId,
    rows.flatMap((row) => [
      { ...places.question(row.question_id), subjectId: row.subject_id, bytes: row.text },
      { ...places.withdrawal(row.question_id), subjectId: row.reason_subject, bytes: row.reason },
    ]),
  );
  const answers = await openAll(
    sealed,
    caller.vendorId,
    known.map((row) => ({ ...places.answer(row.question_id, row.version), subjectId: row.subject_id, bytes: row.answer })),
  );
  const answersOf = Map.groupBy(
    known.map((row, index) => ({
      questionId: row.question_id,
      version: KnowledgeVersion.create({
        version: row.version,
        text: answers[index] ?? '',
        recordedAt: Number(row.recorded_at),
        consent: Consent.fromJSON(row.consent),
      }),
    })),
    ({ questionId }) => questionId,
  );
  return rows.map((row, index) =>
    Question.create({
      questionId: row.question_id,
      contractId: row.contract_id,
      shopId: row.of_shop,
      state: row.state,
      text: texts[2 * index] ?? '',
      askedAt: Number(row.asked_at),
      askedBy: row.asked_by,
      agentId: row.agent_id,
      conversationIds: [...row.conversation_ids],
      closedAt: Number(row.closed_at),
      closedBy: row.closed_by,
      reason: texts[2 * index + 1] ?? '',
      answers: (answersOf.get(row.question_id) ?? []).map(({ version }) => version),
      zone: zones.get(row.contract_id) ?? '',
    }),
  );
}

/** What a shop's agents go by, the newest first. Texts are sealed, so a search opens the shop's entries and looks. */
export async function knowledgeOf(
  kit: Kit,
  sealed: Sealed,
  caller: Caller,
  shopId: string,
  search: string,
): Promise<{ readonly entries: KnowledgeEntry[]; readonly total: number; readonly searched: number }> {
  const { rows } = await kit.read(caller, (tx) =>
    sql<KnowledgeRow & Pick<QuestionRow, 'text'> & { text_subject: string }>`
      select k.*, q.text, q.subject_id as text_subject from knowledge k join questions q using (vendor_id, question_id)
       where k.of_shop = ${shopId} and k.latest order by k.recorded_at desc, k.question_id limit ${SEARCHED}`.execute(tx),
  );
  const asked = await openAll(
    sealed,
    caller.vendorId,
    rows.map((row) => ({ ...places.question(row.question_id), subjectId: row.text_subject, bytes: row.text })),
  );
  const said = await openAll(
    sealed,
    caller.vendorId,
    rows.map((row) => ({ ...places.answer(row.question_id, row.version), subjectId: row.subject_id, bytes: row.answer })),
  );
  const wanted = search.trim().toLowerCase();
  const entries = rows
    .map((row, index) =>
      KnowledgeEntry.create({
        ...{ questionId: row.question_id, shopId: row.of_shop, question: asked[index] ?? '', answer: said[index] ?? '' },
        ...{ version: row.version, recordedAt: Number(row.recorded_at), consent: Consent.fromJSON(row.consent) },
      }),
    )
    .filter(({ question, answer }) => wanted === '' || question.toLowerCase().includes(wanted) || answer.toLowerCase().includes(wanted));
  return { entries: entries.slice(0, ENTRIES_SHOWN), total: entries.length, searched: rows.length };
}

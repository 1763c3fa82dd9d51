// A contract's supervision and meetings as both sides see them; texts opened here. Whoever asks has been shown to see the contract.
import type { Tx } from '@deskfleet/event-store';
import { Consent } from '@deskfleet/protocol/common';
import { Judged } from '@deskfleet/protocol/onboarding';
import {
  ListMeetingsResponse,
  Meeting,
  MeetingActionState,
  Suggestion,
  SupervisionCheck,
  SupervisionSummary,
  WeaknessState,
} from '@deskfleet/protocol/onboarding-care';
import { monthBounds } from '@deskfleet/service-hours';
import { sql } from 'kysely';
import { openAll, places } from '../care/texts.ts';
import type { CheckRow, MeetingRow, SuggestionRow, WeaknessRow } from '../projections/supervision.ts';
import type { Sealed } from '../sealed.ts';

/** Rows of each list that an answer carries. */
const SHOWN = 200;

export interface Period {
  /** Dates, inclusive; empty = open. */
  readonly from: string;
  readonly to: string;
}

const within = ({ from, to }: Period) => sql`${from === '' ? sql`true` : sql`checked_on >= ${from}`} and ${to === '' ? sql`true` : sql`checked_on <= ${to}`}`;

export async function checksOf(tx: Tx, contractId: string, period: Period): Promise<SupervisionCheck[]> {
  const { rows } = await sql<CheckRow>`
    select * from supervision_checks where contract_id = ${contractId} and ${within(period)}
     order by checked_on desc, recorded_at desc, check_id limit ${SHOWN}`.execute(tx);
  return rows.map((row) =>
    SupervisionCheck.create({
      ...{ checkId: row.check_id, checkedOn: row.checked_on, inspector: row.inspector, weaknesses: row.weaknesses },
      consent: consentIn(row.consent),
    }),
  );
}

/** open: no remedy yet; proposed; agreed; overdue: agreed and its day is past; done. */
export function stateOfWeakness(
  { remedy_by, agreed, due_on, done_on }: Pick<WeaknessRow, 'remedy_by' | 'agreed' | 'due_on' | 'done_on'>,
  today: string,
): string {
  if (done_on !== '') return 'done';
  if (agreed) return due_on < today ? 'overdue' : 'agreed';
  return Number(remedy_by) === 0 ? 'open' : 'proposed';
}

export async function weaknessesOf(tx: Tx, contractId: string, period: Period): Promise<readonly WeaknessRow[]> {
  const { rows } = await sql<WeaknessRow>`
    select * from weaknesses where contract_id = ${contractId} and ${within(period)} order by checked_on desc, found_at desc, weakness_key limit ${SHOWN}`.execute(
    tx,
  );
  return rows;
}

export async function withTexts(sealed: Sealed, vendorId: string, rows: readonly WeaknessRow[], today: string): Promise<WeaknessState[]> {
  const texts = await openAll(
    sealed,
    vendorId,
    rows.map((row) => ({ ...places.weakness(row.weakness_key), subjectId: row.subject_id, bytes: row.text })),
  );
  const remedies = await openAll(
    sealed,
    vendorId,
    rows.map((row) => ({ ...places.remedy(row.weakness_key), subjectId: row.remedy_subject, bytes: row.remedy })),
  );
  return rows.map((row, index) =>
    WeaknessState.create({
      ...{ key: row.weakness_key, checkId: row.check_id, checkedOn: row.checked_on, inspector: row.inspector, text: texts[index] ?? '' },
      ...{ judged: row.judged, conversationId: row.conversation_id, clauseKey: row.clause_key, state: stateOfWeakness(row, today) },
      ...{ remedy: remedies[index] ?? '', remedyBy: row.remedy_by, dueOn: row.due_on, doneOn: row.done_on, consent: consentIn(row.consent) },
    }),
  );
}

/** BR-226: a period's weaknesses and what became of each, all of them, not only those shown. */
export async function summaryOf(tx: Tx, contractId: string, period: Period, today: string): Promise<SupervisionSummary> {
  const { rows } = await sql<{ checks: string; weaknesses: string; process: string; open: string; agreed: string; overdue: string; done: string }>`
    select (select count(*) from supervision_checks where contract_id = ${contractId} and ${within(period)}) as checks,
           count(*) as weaknesses,
           count(*) filter (where judged = ${Judged.JUDGED_PROCESS}) as process,
           count(*) filter (where done_on = '' and not agreed) as open,
           count(*) filter (where done_on = '' and agreed and due_on >= ${today}) as agreed,
           count(*) filter (where done_on = '' and agreed and due_on < ${today}) as overdue,
           count(*) filter (where done_on <> '') as done
      from weaknesses where contract_id = ${contractId} and ${within(period)}`.execute(tx);
  const [row] = rows;
  const weaknesses = Number(row?.weaknesses ?? 0);
  const process = Number(row?.process ?? 0);
  return SupervisionSummary.create({
    ...{ checks: Number(row?.checks ?? 0), weaknesses, process, result: weaknesses - process, open: Number(row?.open ?? 0) },
    ...{ agreed: Number(row?.agreed ?? 0), overdue: Number(row?.overdue ?? 0), done: Number(row?.done ?? 0) },
  });
}

export async function suggestionsOf(tx: Tx, contractId: string): Promise<readonly SuggestionRow[]> {
  const { rows } = await sql<SuggestionRow>`
    select * from suggestions where contract_id = ${contractId} order by state = 'open' desc, made_at desc, suggestion_id limit ${SHOWN}`.execute(tx);
  return rows;
}

export async function suggestionsWithTexts(sealed: Sealed, vendorId: string, rows: readonly SuggestionRow[]): Promise<Suggestion[]> {
  const texts = await openAll(
    sealed,
    vendorId,
    rows.flatMap((row) => [
      { ...places.suggestion(row.suggestion_id), subjectId: row.subject_id, bytes: row.text },
      { ...places.reply(row.suggestion_id), subjectId: row.reason_subject, bytes: row.reason },
    ]),
  );
  return rows.map((row, index) =>
    Suggestion.create({
      ...{ suggestionId: row.suggestion_id, text: texts[2 * index] ?? '', by: row.by, madeAt: Number(row.made_at), state: row.state },
      ...{ reason: texts[2 * index + 1] ?? '', repliedAt: Number(row.replied_at), consent: consentIn(row.consent) },
    }),
  );
}

export interface FoundMeetings {
  readonly rows: readonly MeetingRow[];
  /** The newest first. */
  readonly missedMonths: readonly string[];
}

export async function meetingsOf(tx: Tx, contractId: string): Promise<FoundMeetings> {
  const { rows } = await sql<MeetingRow>`
    select * from meetings where contract_id = ${contractId} order by held_on desc, recorded_at desc, meeting_id limit ${SHOWN}`.execute(tx);
  const missed = await sql<{ month: string }>`select month from missed_meetings where contract_id = ${contractId} order by month desc limit ${SHOWN}`.execute(
    tx,
  );
  return { rows, missedMonths: missed.rows.map((row) => row.month) };
}

/** `today` is of the contract's zone. */
export async function meetingsWithTexts(
  sealed: Sealed,
  vendorId: string,
  { rows, missedMonths }: FoundMeetings,
  zone: string,
  today: string,
): Promise<ListMeetingsResponse> {
  const found = rows.flatMap((row) => [
    { ...places.topics(row.meeting_id), subjectId: row.topics_subject, bytes: row.topics },
    ...row.actions.map(({ key, text, subjectId }) => ({ ...places.action(row.meeting_id, key), subjectId, bytes: Buffer.from(text, 'base64') })),
  ]);
  const texts = (await openAll(sealed, vendorId, found)).values();
  const month = today.slice(0, 7);
  const meetings = rows.map((row) =>
    Meeting.create({
      ...{ meetingId: row.meeting_id, heldOn: row.held_on, levels: [...row.levels], topics: texts.next().value ?? '', recordedAt: Number(row.recorded_at) },
      actions: row.actions.map(({ key, owner, dueOn, doneAt }) => {
        const state = doneAt > 0 ? 'done' : dueOn < today ? 'overdue' : 'open';
        return MeetingActionState.create({ key, text: texts.next().value ?? '', owner, dueOn, doneAt, state });
      }),
    }),
  );
  return ListMeetingsResponse.create({
    meetings,
    missedMonths: [...missedMonths],
    month,
    managerMet: rows.some((row) => row.managers && row.held_on.startsWith(month)),
    monthEndsAt: monthBounds(month, zone).to,
    actionsOverdue: meetings.flatMap(({ actions }) => actions).filter(({ state }) => state === 'overdue').length,
    today,
  });
}

function consentIn(json: unknown): Consent | undefined {
  return json === null || json === undefined ? undefined : Consent.fromJSON(json);
}

// The board as it is asked for: one statement spreads the cards of all leads and contracts, so that counts and rows are of one moment.
// Plan: a scan of the vendor's rows under row level security, their cards spread from JSON, a hash join with the shops' names. Measured by `npm run bench -- board`.
import { formatAmount, fromProto } from '@deskfleet/money';
import { BoardCard, BoardColumn, BoardFact, type ListBoardRequest, ListBoardResponse } from '@deskfleet/protocol/onboarding-board';
import { dateOf } from '@deskfleet/service-hours';
import { type Caller, type Kit, keyset, pageOf, refuseCall } from '@deskfleet/service-kit';
import { normalized } from '@deskfleet/spelling';
import { sql } from 'kysely';
import { STEPS, type Step } from '../board/standing.ts';

const TURNS = ['client', 'vendor-operations', 'finance'];

interface CardRow {
  readonly subject_id: string;
  readonly kind: string;
  readonly lead_id: string;
  readonly client_id: string;
  readonly client_name: string;
  readonly number: string;
  readonly shop_id: string;
  readonly shop_name: string;
  readonly shop_code: string;
  readonly step: Step;
  readonly turn: string;
  readonly what: string;
  readonly card_facts: Readonly<Record<string, string | number>>;
  readonly since: string;
  readonly step_since: string;
  readonly reminded_at: string;
  readonly trial: { readonly status: string; readonly startsOn: string; readonly endsOn: string } | null;
  readonly zone: string | null;
}

interface ColumnRow {
  readonly step: Step;
  readonly shops: string;
  readonly client: string;
  readonly vendor_operations: string;
  readonly finance: string;
  readonly on_trial: string;
}

interface MedianRow {
  readonly step: Step;
  readonly n: string;
  readonly median: string;
}

/** All cards spread from their rows, once; of them those on the board: a lead's shop is not, once a contract has it. */
const SPREAD = sql`
  spread as materialized (
    select b.subject_id, b.kind, b.lead_id, b.client_id, b.client_name, b.number, b.reminded_at, b.trial, b.zone,
           c."shopId" as shop_id, c.step, coalesce(c.turn, '') as turn, c.what, c.facts as card_facts, c.since, c."stepSince" as step_since, c.took
      from board b cross join lateral jsonb_to_recordset(b.cards)
           as c("shopId" text, step text, turn text, what text, facts jsonb, since bigint, "stepSince" bigint, took jsonb)
  ),
  cards as materialized (
    select * from spread where step <> 'ended' and (kind = 'contract' or (lead_id, shop_id) not in (
      select lead_id, shop_id from spread where kind = 'contract' and lead_id <> '' and step <> 'ended'))
  )`;

export async function boardPage(kit: Kit, caller: Caller, request: ListBoardRequest): Promise<ListBoardResponse> {
  const { step, turn, search } = request;
  if (step !== '' && !STEPS.some((known) => known === step)) refuseCall('step-unknown', { field: 'step', found: step, expected: STEPS });
  if (turn !== '' && !TURNS.includes(turn)) refuseCall('turn-unknown', { field: 'turn', found: turn, expected: TURNS });
  const page = keyset(request.page, 3);
  const query = normalized(search);
  const [at, subject, shop] = page.after ?? [0, '', ''];
  const now = kit.now();
  const { rows, total, columns, medians } = await kit.read(caller, async (tx) => {
    const found = await sql<{ rows: CardRow[]; total: string; columns: ColumnRow[]; medians: MedianRow[] }>`
      with ${SPREAD},
      named as (
        select k.*, coalesce(s.name, '') as shop_name, coalesce(s.code, '') as shop_code, coalesce(nullif(k.client_name, ''), l.name, '') as client
          from cards k left join shops s on s.shop_id = k.shop_id left join clients l on l.client_id = k.client_id
         where (${step} = '' and k.step <> 'live' or k.step = ${step}) and (${turn} = '' or k.turn = ${turn})
           and (${query} = '' or strpos(coalesce(s.spelled, ''), ${query}) > 0 or strpos(coalesce(l.spelled, ''), ${query}) > 0 or strpos(lower(k.number), ${query}) > 0)
      ),
      page as (
        select * from named where (step_since, subject_id, shop_id) > (${Number(at)}::bigint, ${String(subject)}, ${String(shop)})
         order by step_since, subject_id, shop_id limit ${page.size + 1}
      )
      select (select coalesce(json_agg(to_jsonb(p) - 'client' - 'took' || jsonb_build_object('client_name', p.client) order by p.step_since, p.subject_id, p.shop_id), '[]') from page p) as rows,
             (select count(*) from named) as total,
             (select coalesce(json_agg(c), '[]') from (
               select step, count(*) as shops, count(*) filter (where turn = 'client') as client, count(*) filter (where turn = 'vendor-operations') as vendor_operations,
                      count(*) filter (where turn = 'finance') as finance, count(*) filter (where trial ->> 'status' = 'running') as on_trial
                 from cards group by step) c) as columns,
             (select coalesce(json_agg(m), '[]') from (
               select t.key as step, count(*) as n, percentile_disc(0.5) within group (order by t.value::bigint) as median
                 from spread cross join lateral jsonb_each_text(took) t group by t.key) m) as medians`.execute(tx);
    const [first] = found.rows;
    return { rows: first?.rows ?? [], total: Number(first?.total ?? 0), columns: first?.columns ?? [], medians: first?.medians ?? [] };
  });
  const cut = pageOf(rows, page, (row) => [Number(row.step_since), row.subject_id, row.shop_id]);
  return ListBoardResponse.create({
    cards: cut.rows.map((row) => cardMessage(row, now)),
    nextToken: cut.nextToken,
    total,
    columns: STEPS.map((name) =>
      columnMessage(
        name,
        columns.find((column) => column.step === name),
        medians.find((one) => one.step === name),
      ),
    ),
    asOf: now,
  });
}

/** The card to remind of: the shop's, or the first that waits for the client. */
export async function cardOf(kit: Kit, caller: Caller, subjectId: string, shopId: string): Promise<CardRow | undefined> {
  return kit.read(caller, async (tx) => {
    const { rows } = await sql<CardRow>`
      with ${SPREAD} select k.*, '' as shop_name, '' as shop_code from cards k where k.subject_id = ${subjectId} and (${shopId} = '' or k.shop_id = ${shopId})
       order by k.turn = 'client' desc, k.since limit 1`.execute(tx);
    return rows[0];
  });
}

/** The shops of a lead or contract. */
export async function shopsOnCards(kit: Kit, caller: Caller, subjectId: string): Promise<readonly string[]> {
  return kit.read(caller, async (tx) => {
    const { rows } = await sql<{ shop_id: string }>`
      select c."shopId" as shop_id from board b cross join lateral jsonb_to_recordset(b.cards) as c("shopId" text)
       where b.subject_id = ${subjectId} and c."shopId" <> '' order by 1`.execute(tx);
    return rows.map(({ shop_id }) => shop_id);
  });
}

function cardMessage(row: CardRow, now: number): BoardCard {
  const { trial, zone } = row;
  const running = trial?.status === 'running';
  const day = running ? daysBetween(trial.startsOn, dateOf(now, zone || 'UTC')) + 1 : 0;
  return BoardCard.create({
    subjectId: row.subject_id,
    leadId: row.lead_id,
    contractId: row.kind === 'contract' ? row.subject_id : '',
    number: row.number,
    clientId: row.client_id,
    clientName: row.client_name,
    shopId: row.shop_id,
    shopName: row.shop_name,
    shopCode: row.shop_code,
    step: row.step,
    turn: row.turn,
    what: row.what,
    facts: Object.entries(row.card_facts).map(([name, value]) => BoardFact.create({ name, value: said(name, value, row.card_facts) })),
    since: Number(row.since),
    stepSince: Number(row.step_since),
    trial: trial?.status ?? 'none',
    trialDay: day,
    trialDays: running ? daysBetween(trial.startsOn, trial.endsOn) + 1 : 0,
    trialEndsOn: trial?.endsOn ?? '',
    remindedAt: Number(row.reminded_at),
  });
}

/** Amounts as exact decimals of their currency. */
function said(name: string, value: string | number, facts: CardRow['card_facts']): string {
  const amount = name === 'short' || name === 'required';
  return amount ? formatAmount(fromProto({ currency: String(facts['currency']), minor: Number(value) })) : String(value);
}

function columnMessage(step: Step, row: ColumnRow | undefined, took: MedianRow | undefined): BoardColumn {
  return BoardColumn.create({
    step,
    shops: Number(row?.shops ?? 0),
    client: Number(row?.client ?? 0),
    vendorOperations: Number(row?.vendor_operations ?? 0),
    finance: Number(row?.finance ?? 0),
    onTrial: Number(row?.on_trial ?? 0),
    finished: Number(took?.n ?? 0),
    medianMs: Number(took?.median ?? 0),
  });
}

function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'days' }).days;
}

// Writes a slice's figures: at most three statements whatever the number of conversations, rows sorted by key. Rows that did not change are not touched.
import { recordset, type Tx } from '@deskfleet/event-store';
import { CompiledQuery, sql } from 'kysely';
import type { ClockFigures, ConversationFigures } from './figures.ts';

/** Figures to be written, and what the tables hold now where that is known. */
interface FiguresChange {
  readonly figures: ConversationFigures;
  readonly before: ConversationFigures | undefined;
}

/** Replaces the figures of these conversations; each appears once. */
export async function saveFigures(tx: Tx, changes: readonly FiguresChange[]): Promise<void> {
  const sorted = changes.toSorted(({ figures: a }, { figures: b }) => compare(a.vendorId, b.vendorId) || compare(a.conversationId, b.conversationId));
  await saveConversations(tx, sorted);
  await removeClocks(tx, sorted);
  await saveClocks(tx, sorted);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function saveConversations(tx: Tx, changes: readonly FiguresChange[]): Promise<void> {
  await updateConversations(
    tx,
    changes.flatMap(({ figures, before }) => (before === undefined ? [] : [{ row: rowOf(figures), before: rowOf(before) }])),
  );
  const rows = changes.flatMap(({ figures, before }) => (before === undefined ? [rowOf(figures)] : []));
  if (rows.length === 0) return;
  const names = COLUMNS.join(', ');
  const { from, parameters } = recordset(
    rows,
    COLUMNS.map((name) => ({ name, type: TYPES[name] })),
  );
  await tx.executeQuery(
    CompiledQuery.raw(
      `insert into sla_conversations as stored (${names}) select ${names} from ${from}
       on conflict (vendor_id, conversation_id) do update set contract_id = excluded.contract_id, not_ours = excluded.not_ours,
         has_customer = excluded.has_customer, date = excluded.date, messages = excluded.messages, agent_messages = excluded.agent_messages,
         first_response_due_at = excluded.first_response_due_at, first_response_ms = excluded.first_response_ms, rounds = excluded.rounds,
         rounds_answered = excluded.rounds_answered, round_ms_sum = excluded.round_ms_sum
       where stored is distinct from excluded`,
      [...parameters],
    ),
  );
}

const KEY = ['vendor_id', 'conversation_id'] as const;
const TYPES = {
  vendor_id: 'text',
  conversation_id: 'text',
  shop_id: 'text',
  contract_id: 'text',
  not_ours: 'text',
  has_customer: 'boolean',
  date: 'text',
  messages: 'integer',
  agent_messages: 'integer',
  first_response_due_at: 'bigint',
  first_response_ms: 'bigint',
  rounds: 'integer',
  rounds_answered: 'integer',
  round_ms_sum: 'bigint',
} as const;
type Row = ReturnType<typeof rowOf>;
const COLUMNS = Object.keys(TYPES) as (keyof Row)[];

/** The columns that changed in any of these, for PostgreSQL reads and sets the others at the same cost: of 14 columns 5 or so with a message. */
async function updateConversations(tx: Tx, changes: readonly { readonly row: Row; readonly before: Row }[]): Promise<void> {
  const changed = COLUMNS.filter((name) => changes.some(({ row, before }) => row[name] !== before[name]));
  if (changed.length === 0) return;
  const sent = [...KEY, ...changed];
  const rows = changes.filter(({ row, before }) => changed.some((name) => row[name] !== before[name]));
  const { from, parameters } = recordset(
    rows.map(({ row }) => row),
    sent.map((name) => ({ name, type: TYPES[name] })),
  );
  const { numAffectedRows } = await tx.executeQuery(
    CompiledQuery.raw(
      `update sla_conversations c set ${changed.map((name) => `${name} = r.${name}`).join(', ')} from ${from}
        where c.vendor_id = r.vendor_id and c.conversation_id = r.conversation_id`,
      [...parameters],
    ),
  );
  if (Number(numAffectedRows) !== rows.length) throw new Error(`figures of ${rows.length} conversations were known, ${numAffectedRows} are there`);
}

function rowOf(figures: ConversationFigures) {
  return {
    vendor_id: figures.vendorId,
    conversation_id: figures.conversationId,
    shop_id: figures.shopId,
    contract_id: figures.contractId,
    not_ours: figures.notOurs,
    has_customer: figures.hasCustomer,
    date: figures.date,
    messages: figures.messages,
    agent_messages: figures.agentMessages,
    first_response_due_at: figures.firstResponseDueAt,
    first_response_ms: figures.firstResponseMs ?? null,
    rounds: figures.rounds,
    rounds_answered: figures.roundsAnswered,
    round_ms_sum: figures.roundMsSum,
  };
}

/** Clocks that are no more: a round that an earlier answer joined, a clause of another contract. */
async function removeClocks(tx: Tx, changes: readonly FiguresChange[]): Promise<void> {
  const gone = changes.flatMap(({ figures, before }) =>
    (before?.clocks ?? []).filter((clock) => clockAmong(figures.clocks, clock) === undefined).map((clock) => keyOf(figures, clock)),
  );
  if (gone.length > 0) {
    await sql`
      delete from sla_clocks c using json_populate_recordset(null::sla_clocks, ${JSON.stringify(gone)}::json) r
       where (c.vendor_id, c.conversation_id, c.clause_key, c.round) = (r.vendor_id, r.conversation_id, r.clause_key, r.round)`.execute(tx);
  }
  const unknown = changes.flatMap(({ figures, before }) => (before === undefined ? [figures] : []));
  if (unknown.length === 0) return;
  const packed = JSON.stringify(unknown.flatMap((figures) => figures.clocks.map((clock) => keyOf(figures, clock))));
  await sql`
    delete from sla_clocks c using unnest(${unknown.map((f) => f.vendorId)}::text[], ${unknown.map((f) => f.conversationId)}::text[]) as k(vendor_id, conversation_id)
     where c.vendor_id = k.vendor_id and c.conversation_id = k.conversation_id
       and not exists (select from json_populate_recordset(null::sla_clocks, ${packed}::json) r
                        where (r.vendor_id, r.conversation_id, r.clause_key, r.round) = (c.vendor_id, c.conversation_id, c.clause_key, c.round))`.execute(tx);
}

/** The clock of the same clause and round. */
function clockAmong(clocks: readonly ClockFigures[], { clauseKey, round }: ClockFigures): ClockFigures | undefined {
  return clocks.find((one) => one.round === round && one.clauseKey === clauseKey);
}

function keyOf({ vendorId, conversationId }: ConversationFigures, { clauseKey, round }: ClockFigures) {
  return { vendor_id: vendorId, conversation_id: conversationId, clause_key: clauseKey, round };
}

/** Whether the table holds it so already. Compared by hand: a dozen clocks a conversation, with each of its messages. */
function isSame(before: ClockFigures | undefined, clock: ClockFigures): boolean {
  if (before === undefined) return false;
  for (const name in clock) {
    if (name !== 'stop' && before[name as keyof ClockFigures] !== clock[name as keyof ClockFigures]) return false;
  }
  const [was, is] = [before.stop, clock.stop];
  return was?.messageId === is?.messageId && was?.at === is?.at && was?.elapsedMs === is?.elapsedMs;
}

const CLOCK_COLUMNS = [
  { name: 'vendor_id', type: 'text' },
  { name: 'conversation_id', type: 'text' },
  { name: 'clause_key', type: 'text' },
  { name: 'round', type: 'integer' },
  { name: 'shop_id', type: 'text' },
  { name: 'contract_id', type: 'text' },
  { name: 'metric', type: 'integer' },
  { name: 'start_message_id', type: 'text' },
  { name: 'started_at', type: 'bigint' },
  { name: 'warn_at', type: 'bigint' },
  { name: 'due_at', type: 'bigint' },
  { name: 'stop_message_id', type: 'text' },
  { name: 'stopped_at', type: 'bigint' },
  { name: 'elapsed_ms', type: 'bigint' },
  { name: 'agent', type: 'text' },
  { name: 'not_ours', type: 'text' },
  { name: 'date', type: 'text' },
];

async function saveClocks(tx: Tx, changes: readonly FiguresChange[]): Promise<void> {
  const rows = changes.flatMap(({ figures, before }) => {
    const known = before?.contractId === figures.contractId ? before.clocks : [];
    return figures.clocks
      .filter((clock) => !isSame(clockAmong(known, clock), clock))
      .toSorted((a, b) => compare(a.clauseKey, b.clauseKey) || a.round - b.round)
      .map((clock) => ({
        ...keyOf(figures, clock),
        shop_id: figures.shopId,
        contract_id: figures.contractId,
        metric: clock.metric,
        start_message_id: clock.startMessageId,
        started_at: clock.startedAt,
        warn_at: clock.warnAt,
        due_at: clock.dueAt,
        stop_message_id: clock.stop?.messageId ?? '',
        stopped_at: clock.stop?.at ?? null,
        elapsed_ms: clock.stop?.elapsedMs ?? null,
        agent: clock.agent,
        not_ours: clock.notOurs,
        date: clock.date,
      }));
  });
  if (rows.length === 0) return;
  const names = CLOCK_COLUMNS.map(({ name }) => name).join(', ');
  const { from, parameters } = recordset(rows, CLOCK_COLUMNS);
  await tx.executeQuery(
    CompiledQuery.raw(
      `insert into sla_clocks as stored (${names}) select ${names} from ${from}
       on conflict (vendor_id, conversation_id, clause_key, round) do update set contract_id = excluded.contract_id, metric = excluded.metric,
         start_message_id = excluded.start_message_id, started_at = excluded.started_at, warn_at = excluded.warn_at, due_at = excluded.due_at,
         stop_message_id = excluded.stop_message_id, stopped_at = excluded.stopped_at, elapsed_ms = excluded.elapsed_ms, agent = excluded.agent,
         not_ours = excluded.not_ours, date = excluded.date
       where stored is distinct from excluded`,
      [...parameters],
    ),
  );
}

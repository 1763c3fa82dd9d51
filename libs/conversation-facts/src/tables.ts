// The tables behind the facts, loaded in one statement a slice and written in one for each kind of change, rows sorted by key.
import type { AccountMapping, TimelineMessage } from '@deskfleet/attribution';
import { type Tx, textArray } from '@deskfleet/event-store';
import type { ServiceEndSet, ShopWentLive } from '@deskfleet/protocol/onboarding';
import { ContractTerms } from '@deskfleet/protocol/terms';
import { sql } from 'kysely';
import type { FactContract, ServedContract } from './facts.ts';

export interface FactRow {
  readonly vendorId: string;
  readonly conversationId: string;
  readonly shopId: string;
  readonly channelKind: number;
  readonly serviceType: number;
  readonly live: boolean;
  readonly customerSubject: string;
  readonly openImports: readonly string[];
  readonly messages: readonly TimelineMessage[];
}

/** A row as the table holds it, and the id of the transaction that wrote it there (xmin): while that is the same, so is the row. */
export interface StoredFacts {
  readonly row: FactRow;
  readonly writtenBy: string;
}

/** A row was written by somebody else since it was loaded or remembered: PostgreSQL's code for it, so that the slice is tried again and nothing is parked. */
class FactsMoved extends Error {
  override readonly name = 'FactsMoved';
  readonly code = '40001';
}

const STREAM_PREFIX = 'conversation-';

type PackedMessage = [messageId: string, sentAt: number, ordinal: number, sender: number, account: string];

/** Names a conversation among all vendors'. */
export const rowKey = (vendorId: string, id: string): string => `${vendorId}\n${id}`;

/** The conversations of these keys, by `vendor\nconversation`. */
export async function loadConversations(tx: Tx, keys: readonly { vendorId: string; conversationId: string }[]): Promise<Map<string, StoredFacts>> {
  if (keys.length === 0) return new Map();
  const { rows } = await sql<FactRecord>`
    select f.vendor_id, f.conversation_id, f.shop_id, f.channel_kind, f.service_type, f.live, f.customer_subject, f.open_imports, f.messages,
           f.xmin::text as written_by
      from unnest(${keys.map((k) => k.vendorId)}::text[], ${keys.map((k) => k.conversationId)}::text[]) as k(vendor_id, conversation_id)
      join fact_conversations f using (vendor_id, conversation_id)`.execute(tx);
  return new Map(rows.map((row) => [rowKey(row.vendor_id, row.conversation_id), fromRecord(row)]));
}

/** The next conversations of a shop after one, optionally only those an account spoke in. */
export async function pageConversations(
  tx: Tx,
  of: { vendorId: string; shopId: string; account: string; after: string },
  limit: number,
): Promise<StoredFacts[]> {
  const { rows } = await sql<FactRecord>`
    select vendor_id, conversation_id, shop_id, channel_kind, service_type, live, customer_subject, open_imports, messages, xmin::text as written_by
      from fact_conversations
     where vendor_id = ${of.vendorId} and shop_id = ${of.shopId} and conversation_id > ${of.after}
       and (${of.account} = '' or ${of.account} = any(accounts))
     order by conversation_id limit ${limit}`.execute(tx);
  return rows.map(fromRecord);
}

/** What is to be written of one conversation: over `before`, which must still stand, or where there is none yet. */
export interface FactChange {
  readonly row: FactRow;
  readonly before: StoredFacts | undefined;
}

/** Writes each conversation once; answers the id of the transaction that wrote them. Throws when one of those before is no longer what the table holds. */
export async function saveConversations(tx: Tx, changes: readonly FactChange[]): Promise<string> {
  const sorted = changes.toSorted((a, b) => compare(a.row.vendorId, b.row.vendorId) || compare(a.row.conversationId, b.row.conversationId));
  const more: MoreMessages[] = [];
  const other: FactDifference[] = [];
  const fresh: FactColumns[] = [];
  for (const { row, before } of sorted) {
    if (before === undefined) fresh.push(recordOf(row));
    else if (onlyMessagesCame(row, before.row)) more.push({ row, before });
    else other.push(differenceOf(row, before));
  }
  const writtenBy = [
    ...(more.length === 0 ? [] : [await addMessages(tx, more)]),
    ...(other.length === 0 ? [] : [await updateKnown(tx, other)]),
    ...(fresh.length === 0 ? [] : [await insertFresh(tx, fresh)]),
  ];
  return writtenBy[0] ?? '';
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A row that differs from the one before by what comes behind its messages, and by nothing else. */
interface MoreMessages {
  readonly row: FactRow;
  readonly before: StoredFacts;
}

/** Of most rows one message more: three arrays, for reading JSON takes the database four times as long. */
async function addMessages(tx: Tx, known: readonly MoreMessages[]): Promise<string> {
  const { rows } = await sql<Saved>`
    with saved as (
      update fact_conversations f set messages = case when f.messages = '[]' then '[' || r.added || ']' else left(f.messages, -1) || ',' || r.added || ']' end
        from unnest(${textArray(known.map(({ row }) => row.vendorId))}::text[], ${textArray(known.map(({ row }) => row.conversationId))}::text[],
                    ${textArray(known.map(({ row, before }) => packed(addedTo(before.row, row))))}::text[],
                    ${textArray(known.map(({ before }) => before.writtenBy))}::text[])
               as r(vendor_id, conversation_id, added, written_by)
       where f.vendor_id = r.vendor_id and f.conversation_id = r.conversation_id and f.xmin = r.written_by::xid
      returning f.xmin)
    select count(*) as saved, min(xmin::text) as written_by from saved`.execute(tx);
  return allSaved(rows[0], known.length);
}

function allSaved(saved: Saved | undefined, wanted: number): string {
  const found = Number(saved?.saved ?? 0);
  if (found !== wanted) throw new FactsMoved(`${wanted - found} of ${wanted} conversations were written by others meanwhile`);
  return saved?.written_by ?? '';
}

interface Saved {
  readonly saved: string;
  readonly written_by: string;
}

/** Only what came is sent and parsed. */
async function updateKnown(tx: Tx, known: readonly FactDifference[]): Promise<string> {
  const { rows } = await sql<Saved>`
    with saved as (
      update fact_conversations f
         set channel_kind = coalesce(r.channel_kind, f.channel_kind), service_type = coalesce(r.service_type, f.service_type),
             live = coalesce(r.live, f.live), customer_subject = coalesce(r.customer_subject, f.customer_subject),
             open_imports = coalesce(r.open_imports, f.open_imports), accounts = coalesce(r.accounts, f.accounts),
             messages = case when r.added is null then f.messages when f.messages = '[]' then '[' || r.added || ']'
                             else left(f.messages, -1) || ',' || r.added || ']' end
        from json_to_recordset(${JSON.stringify(known)}::json) as r(${COLUMNS}, added text, written_by text)
       where f.vendor_id = r.vendor_id and f.conversation_id = r.conversation_id and f.xmin = r.written_by::xid
      returning f.xmin)
    select count(*) as saved, min(xmin::text) as written_by from saved`.execute(tx);
  return allSaved(rows[0], known.length);
}

async function insertFresh(tx: Tx, fresh: readonly FactColumns[]): Promise<string> {
  const { rows } = await sql<{ written_by: string }>`
    with saved as (
      insert into fact_conversations (vendor_id, conversation_id, shop_id, channel_kind, service_type, live, customer_subject, open_imports, accounts, messages)
      select * from json_to_recordset(${JSON.stringify(fresh)}::json) as r(${COLUMNS}, messages text)
      on conflict (vendor_id, conversation_id) do update set channel_kind = excluded.channel_kind, service_type = excluded.service_type,
        live = excluded.live, customer_subject = excluded.customer_subject, open_imports = excluded.open_imports, accounts = excluded.accounts,
        messages = excluded.messages
      returning xmin)
    select min(xmin::text) as written_by from saved`.execute(tx);
  return rows[0]?.written_by ?? '';
}

const COLUMNS = sql.raw(`vendor_id text, conversation_id text, shop_id text, channel_kind int, service_type int, live boolean, customer_subject text,
  open_imports text[], accounts text[]`);

interface FactColumns {
  readonly vendor_id: string;
  readonly conversation_id: string;
  readonly shop_id: string;
  readonly channel_kind: number;
  readonly service_type: number;
  readonly live: boolean;
  readonly customer_subject: string;
  readonly open_imports: readonly string[];
  readonly accounts: readonly string[];
  readonly messages: string;
}

function recordOf(row: FactRow): FactColumns {
  return {
    vendor_id: row.vendorId,
    conversation_id: row.conversationId,
    shop_id: row.shopId,
    channel_kind: row.channelKind,
    service_type: row.serviceType,
    live: row.live,
    customer_subject: row.customerSubject,
    open_imports: row.openImports,
    accounts: accountsOf(row),
    messages: `[${packed(row.messages)}]`,
  };
}

/** The columns that differ, and the messages that came behind those there were. */
type FactDifference = Partial<Omit<FactColumns, 'messages' | 'shop_id'>> &
  Pick<FactColumns, 'vendor_id' | 'conversation_id'> & { readonly written_by: string; readonly added?: string };

/** Whether messages came and nothing else did, no account that did not speak before either. */
function onlyMessagesCame(row: FactRow, before: FactRow): boolean {
  return (
    row.messages.length > before.messages.length &&
    row.channelKind === before.channelKind &&
    row.serviceType === before.serviceType &&
    row.live === before.live &&
    row.customerSubject === before.customerSubject &&
    row.openImports === before.openImports &&
    !bringsAccounts(row, before)
  );
}

function bringsAccounts(row: FactRow, before: FactRow): boolean {
  for (let index = before.messages.length; index < row.messages.length; index += 1) {
    const account = row.messages[index]?.account ?? '';
    if (account !== '' && !before.messages.some((known) => known.account === account)) return true;
  }
  return false;
}

function addedTo(before: FactRow, row: FactRow): TimelineMessage[] {
  return row.messages.slice(before.messages.length);
}

function differenceOf(row: FactRow, { row: before, writtenBy }: StoredFacts): FactDifference {
  const { vendorId: vendor_id, conversationId: conversation_id } = row;
  const added = addedTo(before, row);
  return {
    ...{ vendor_id, conversation_id, written_by: writtenBy },
    ...(row.channelKind === before.channelKind ? {} : { channel_kind: row.channelKind }),
    ...(row.serviceType === before.serviceType ? {} : { service_type: row.serviceType }),
    ...(row.live === before.live ? {} : { live: row.live }),
    ...(row.customerSubject === before.customerSubject ? {} : { customer_subject: row.customerSubject }),
    ...(row.openImports === before.openImports ? {} : { open_imports: row.openImports }),
    ...(bringsAccounts(row, before) ? { accounts: accountsOf(row) } : {}),
    ...(added.length === 0 ? {} : { added: packed(added) }),
  };
}

function accountsOf({ messages }: FactRow): string[] {
  return [...new Set(messages.map(({ account }) => account).filter((account) => account !== ''))];
}

/** Without the brackets around. */
function packed(messages: readonly TimelineMessage[]): string {
  return JSON.stringify(messages.map((m) => [m.messageId, m.sentAt, m.ordinal, m.sender, m.account] satisfies PackedMessage)).slice(1, -1);
}

/** Removes the conversations of these streams; streams of other kinds leave none. */
export async function forgetConversations(tx: Tx, streams: readonly { readonly vendorId: string; readonly streamId: string }[]): Promise<void> {
  const conversations = streams.filter(({ streamId }) => streamId.startsWith(STREAM_PREFIX));
  if (conversations.length === 0) return;
  await sql`
    delete from fact_conversations f
     using unnest(${conversations.map(({ vendorId }) => vendorId)}::text[], ${conversations.map(({ streamId }) => streamId.slice(STREAM_PREFIX.length))}::text[]) k (v, c)
     where f.vendor_id = k.v and f.conversation_id = k.c`.execute(tx);
}

export interface NewContract extends Omit<FactContract, 'serviceEndsAt'> {
  readonly awaitsGoLive: boolean;
}

export async function saveContract(tx: Tx, vendorId: string, { contractId, number, shopIds, terms, awaitsGoLive }: NewContract): Promise<void> {
  await sql`
    insert into fact_contracts (vendor_id, contract_id, number, shop_ids, terms, awaits_go_live)
    values (${vendorId}, ${contractId}, ${number}, ${[...shopIds]}::text[], ${Buffer.from(ContractTerms.encode(terms).finish())}, ${awaitsGoLive})
    on conflict (vendor_id, contract_id) do update
      set number = excluded.number, shop_ids = excluded.shop_ids, terms = excluded.terms, awaits_go_live = excluded.awaits_go_live`.execute(tx);
}

export async function saveGoLive(tx: Tx, vendorId: string, { contractId, shopId, liveAt }: Omit<ShopWentLive, '$type'>): Promise<void> {
  await sql`
    insert into fact_go_lives (vendor_id, contract_id, shop_id, live_at) values (${vendorId}, ${contractId}, ${shopId}, ${liveAt})
    on conflict (vendor_id, contract_id, shop_id) do update set live_at = excluded.live_at`.execute(tx);
}

export async function saveServiceEnd(tx: Tx, vendorId: string, end: Pick<ServiceEndSet, 'contractId' | 'shopIds' | 'serviceEndsAt'>): Promise<void> {
  await sql`
    insert into fact_service_ends (vendor_id, contract_id, shop_ids, service_ends_at)
    values (${vendorId}, ${end.contractId}, ${[...end.shopIds]}::text[], ${end.serviceEndsAt})
    on conflict (vendor_id, contract_id) do update set service_ends_at = excluded.service_ends_at`.execute(tx);
}

/** The contracts of these shops of one vendor, by effective date. */
export async function loadContracts(tx: Tx, vendorId: string, shopIds: readonly string[]): Promise<ServedContract[]> {
  const { rows } = await sql<ContractRecord>`
    select c.contract_id, number, c.shop_ids, terms, service_ends_at, awaits_go_live,
           case when awaits_go_live then (select json_object_agg(shop_id, live_at) from fact_go_lives g
                                           where g.vendor_id = c.vendor_id and g.contract_id = c.contract_id) end as went_live
      from fact_contracts c left join fact_service_ends e on e.vendor_id = c.vendor_id and e.contract_id = c.contract_id
     where c.vendor_id = ${vendorId} and c.shop_ids && ${[...shopIds]}::text[]`.execute(tx);
  return rows
    .map((row) => ({
      contractId: row.contract_id,
      number: row.number,
      shopIds: row.shop_ids,
      terms: termsOf(row.contract_id, row.terms),
      serviceEndsAt: Number(row.service_ends_at ?? 0),
      wentLive: row.awaits_go_live ? new Map(Object.entries(row.went_live ?? {})) : undefined,
    }))
    .sort((a, b) => (a.terms.effectiveOn < b.terms.effectiveOn ? -1 : 1));
}

interface ContractRecord {
  readonly contract_id: string;
  readonly number: string;
  readonly shop_ids: string[];
  readonly terms: Buffer;
  readonly service_ends_at: string | null;
  readonly awaits_go_live: boolean;
  /** By shop. */
  readonly went_live: Record<string, number> | null;
}

export async function saveMapping(tx: Tx, vendorId: string, shopId: string, mapping: AccountMapping): Promise<void> {
  await sql`
    insert into fact_account_mappings (vendor_id, shop_id, account, version, party, agent_id, from_at, to_at)
    values (${vendorId}, ${shopId}, ${mapping.account}, ${mapping.version}, ${mapping.party}, ${mapping.agentId}, ${mapping.fromAt}, ${mapping.toAt})
    on conflict do nothing`.execute(tx);
}

/** Newest version first, by shop and account. */
export type MappingsByShop = ReadonlyMap<string, ReadonlyMap<string, readonly AccountMapping[]>>;

/** The mappings of these accounts (by shop) of one vendor. */
export async function loadMappings(tx: Tx, vendorId: string, accounts: ReadonlyMap<string, ReadonlySet<string>>): Promise<MappingsByShop> {
  const found = new Map<string, Map<string, AccountMapping[]>>();
  const asked = [...accounts].flatMap(([shopId, ofShop]) => [...ofShop].map((account) => ({ shopId, account })));
  if (asked.length === 0) return found;
  const { rows } = await sql<{
    shop_id: string;
    account: string;
    version: string;
    party: AccountMapping['party'];
    agent_id: string;
    from_at: string;
    to_at: string;
  }>`
    select m.shop_id, m.account, m.version, m.party, m.agent_id, m.from_at, m.to_at
      from unnest(${asked.map((a) => a.shopId)}::text[], ${asked.map((a) => a.account)}::text[]) as a(shop_id, account)
      join fact_account_mappings m on m.vendor_id = ${vendorId} and m.shop_id = a.shop_id and m.account = a.account
     order by m.version desc`.execute(tx);
  for (const row of rows) {
    const ofShop = found.getOrInsertComputed(row.shop_id, () => new Map());
    ofShop
      .getOrInsertComputed(row.account, () => [])
      .push({
        account: row.account,
        version: Number(row.version),
        party: row.party,
        agentId: row.agent_id,
        fromAt: Number(row.from_at),
        toAt: Number(row.to_at),
      });
  }
  return found;
}

interface FactRecord {
  vendor_id: string;
  conversation_id: string;
  shop_id: string;
  channel_kind: number;
  service_type: number;
  live: boolean;
  customer_subject: string;
  open_imports: string[];
  messages: string;
  written_by: string;
}

function fromRecord(record: FactRecord): StoredFacts {
  const row = {
    vendorId: record.vendor_id,
    conversationId: record.conversation_id,
    shopId: record.shop_id,
    channelKind: record.channel_kind,
    serviceType: record.service_type,
    live: record.live,
    customerSubject: record.customer_subject,
    openImports: record.open_imports,
    messages: (JSON.parse(record.messages) as PackedMessage[]).map(([messageId, sentAt, ordinal, sender, account]) => ({
      messageId,
      sentAt,
      ordinal,
      sender: sender as TimelineMessage['sender'],
      account,
    })),
  };
  return { row, writtenBy: record.written_by };
}

// A contract's terms never change, so they are decoded once a process. At most 10,000 are kept.
const decodedTerms = new Map<string, ContractTerms>();

function termsOf(contractId: string, bytes: Uint8Array): ContractTerms {
  const known = decodedTerms.get(contractId);
  if (known !== undefined) return known;
  if (decodedTerms.size >= 10_000) decodedTerms.clear();
  const terms = ContractTerms.decode(bytes);
  decodedTerms.set(contractId, terms);
  return terms;
}

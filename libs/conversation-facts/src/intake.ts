// One intake for every service that judges conversations: contracts, account mappings and messages in, changed conversations out.
// Messages of a shop without any contract wait for it. A remapping or another contract reassesses what it touches, in slices of its own.
import { type AccountMapping, type TimelineMessage, timelineOf } from '@deskfleet/attribution';
import type { Subscription } from '@deskfleet/event-bus';
import { Recent, type RecordedEvent, type Tx } from '@deskfleet/event-store';
import type { MessageType } from '@deskfleet/protocol';
import { AccountMapped } from '@deskfleet/protocol/agents';
import { ConversationImported, ConversationOpened, MessageReceived, Sender } from '@deskfleet/protocol/conversations';
import { ContractImported, ContractSigned, ServiceEndSet, ShopWentLive } from '@deskfleet/protocol/onboarding';
import { dateOf } from '@deskfleet/service-hours';
import type { BackgroundWork, TakenIn } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { type ConversationFacts, type FactContract, type ServedContract, servedFrom } from './facts.ts';
import {
  type FactChange,
  type FactRow,
  forgetConversations,
  loadContracts,
  loadConversations,
  loadMappings,
  type MappingsByShop,
  pageConversations,
  rowKey,
  type StoredFacts,
  saveContract,
  saveConversations,
  saveGoLive,
  saveMapping,
  saveServiceEnd,
} from './tables.ts';

type TermsEvent = ContractSigned | ContractImported | ShopWentLive | ServiceEndSet;
type IntakeEvent = TermsEvent | AccountMapped | ConversationOpened | MessageReceived | ConversationImported;

/** A conversation to be judged, and what was concluded of it last where that is remembered. */
export interface ToJudge<Concluded> {
  readonly facts: ConversationFacts;
  readonly before: Concluded | undefined;
}

export interface IntakeOptions<Concluded> {
  /** The consumer group. */
  readonly group: string;
  /** Whether `assess` asks which imports are open. Others pass over an import's end: nothing they judge by changes with it. */
  readonly followImports?: boolean;
  /** Events a slice. What `assess` appends holds the log until the slice is committed, so fewer where others wait to write much. */
  readonly sliceSize: number;
  /** What `assess` may append. */
  readonly appends: readonly MessageType[];
  /** Judges changed conversations in the intake's transaction; each appears once. Answers what is concluded of each now, to be told `before` the next time. */
  readonly assess: (conversations: readonly ToJudge<Concluded>[], tx: Tx) => Promise<readonly (Concluded | undefined)[]>;
  /** A worker's transaction for the background part. */
  readonly work: <T>(task: (tx: Tx) => Promise<T>) => Promise<T>;
}

/**
 * What this process last wrote of conversations and concluded of them, so that a live conversation is not loaded, parsed and decided from its beginning
 * again with each of its messages. Nothing rests on it: a row is written only over the very row that is remembered (`saveConversations` compares the
 * transaction that wrote it, which also tells that this one was committed), and whoever concludes of a conversation writes its row. So a row that
 * still stands vouches for the conclusion remembered with it; where it does not, the slice is rolled back and its conversations are loaded.
 */
type Memory<Concluded> = Recent<Remembered<Concluded>>;

interface Remembered<Concluded> {
  readonly stored: StoredFacts;
  readonly concluded: Concluded | undefined;
}

/** Some 200 bytes each. A conversation counts as so many beside its own: 75,000 of one message each held 2.2 (billing) to 3.2 KB (sla-monitoring). */
const REMEMBERED_MESSAGES = 175_000;
const CONVERSATION_WEIGHT = 12;

/** The lib's own migrations: a service lists this folder before its own. */
export const conversationFactsMigrations = new URL('../migrations/', import.meta.url);

const contractKey = (vendorId: string, shopId: string): string => `contract-of:${vendorId}:${shopId}`;

const TYPES = [ContractSigned, ContractImported, ShopWentLive, ServiceEndSet, AccountMapped, ConversationOpened, MessageReceived];

export function conversationIntake<Concluded>(options: IntakeOptions<Concluded>): {
  subscription: Subscription<IntakeEvent>;
  reassessment: BackgroundWork;
  facts: TakenIn;
} {
  // A shop that has a contract always has one: asked once a process.
  const contracted = new Set<string>();
  const memory: Memory<Concluded> = new Recent(REMEMBERED_MESSAGES, ({ stored }) => stored.row.messages.length + CONVERSATION_WEIGHT);

  const subscription: Subscription<IntakeEvent> = {
    group: options.group,
    sources: ['client-onboarding', 'agent-pools', 'conversations'],
    types: [...TYPES, ...(options.followImports === true ? [ConversationImported] : [])] as MessageType<IntakeEvent>[],
    appends: options.appends,
    sliceSize: options.sliceSize,
    requires: ({ event, meta }) =>
      event.$type === ConversationOpened.$type || event.$type === MessageReceived.$type ? contractKey(meta.vendorId, meta.shopId) : undefined,
    async present(keys, tx) {
      const unknown = keys.filter((key) => !contracted.has(key));
      if (unknown.length > 0) {
        const { rows } = await sql<{ key: string }>`
          select distinct 'contract-of:' || vendor_id || ':' || shop_id as key
            from fact_contracts, unnest(shop_ids) as shop_id
           where 'contract-of:' || vendor_id || ':' || shop_id = any(${unknown}::text[])`.execute(tx);
        for (const { key } of rows) contracted.add(key);
      }
      return new Set(keys.filter((key) => contracted.has(key)));
    },
    provides: ({ event, meta }) =>
      event.$type === ContractSigned.$type || event.$type === ContractImported.$type ? event.shopIds.map((shopId) => contractKey(meta.vendorId, shopId)) : [],
    async handle(events, tx) {
      await lockShops(tx, events);
      for (const recorded of events) if (isOfTerms(recorded)) await takeInTerms(recorded, tx);
      const changed = await takeInMessages(events, options.followImports === true, tx, memory);
      if (changed.length > 0) await judge(options, memory, changed, tx);
    },
  };

  const reassessment: BackgroundWork = {
    name: `${options.group}:reassessment`,
    after: [ContractSigned, ContractImported, ShopWentLive, ServiceEndSet, AccountMapped],
    appends: options.appends,
    slice: () => options.work((tx) => reassessSlice(options, memory, tx)),
    pending: () => options.work(async (tx) => Number((await sql<{ n: string }>`select count(*) as n from fact_reassessments`.execute(tx)).rows[0]?.n ?? 0)),
  };
  const facts: TakenIn = {
    name: 'conversation_facts',
    subscription,
    tables: ['fact_conversations', 'fact_contracts', 'fact_go_lives', 'fact_service_ends', 'fact_account_mappings'],
    migrations: conversationFactsMigrations,
    async fill(events, tx) {
      const known = events as readonly RecordedEvent<IntakeEvent>[]; // of the subscription's types
      for (const recorded of known) if (isOfTerms(recorded)) await saveTerms(recorded, tx);
      await saveConversations(tx, await takeInMessages(known, options.followImports === true, tx));
    },
    forget: (streams, tx) => forgetConversations(tx, streams),
    swapped: (tx) => scheduleAll(tx),
  };
  return { subscription, reassessment, facts };
}

/**
 * Messages share their shop; what changes its terms, or assesses again by them, has it alone. Otherwise an account mapped while its first
 * messages are being applied would find nothing to assess again, and they would stay judged by what was known before.
 */
async function lockShops(tx: Tx, events: readonly RecordedEvent<IntakeEvent>[]): Promise<void> {
  const shared = new Set<string>();
  const alone = new Set<string>();
  for (const { event, meta } of events) {
    if (event.$type === AccountMapped.$type) alone.add(`${meta.vendorId}\n${event.shopId}`);
    else if (setsTerms(event)) {
      for (const shopId of shopsOf(event)) alone.add(`${meta.vendorId}\n${shopId}`);
    } else shared.add(`${meta.vendorId}\n${meta.shopId}`);
  }
  if (alone.size > 0) await lockAlone(tx, [...alone]);
  const rest = [...shared].filter((shop) => !alone.has(shop));
  if (rest.length === 0) return;
  await sql`select pg_advisory_xact_lock_shared(key) from (select distinct hashtextextended(shop, 0) as key from unnest(${rest}::text[]) shop order by 1) s`.execute(
    tx,
  );
}

async function lockAlone(tx: Tx, shops: readonly string[]): Promise<void> {
  await sql`select pg_advisory_xact_lock(key) from (select distinct hashtextextended(shop, 0) as key from unnest(${[...shops]}::text[]) shop order by 1) s`.execute(
    tx,
  );
}

async function takeInTerms(recorded: RecordedEvent<TermsEvent | AccountMapped>, tx: Tx): Promise<void> {
  const { event, meta } = recorded;
  await saveTerms(recorded, tx);
  if (event.$type === AccountMapped.$type) await scheduleReassessment(tx, meta.vendorId, event.shopId, event.account);
  else for (const shopId of shopsOf(event)) await scheduleReassessment(tx, meta.vendorId, shopId, '');
}

async function saveTerms({ event, meta, version }: RecordedEvent<TermsEvent | AccountMapped>, tx: Tx): Promise<void> {
  if (event.$type === AccountMapped.$type) {
    const { shopId, account, party, agentId, fromAt, toAt } = event;
    await saveMapping(tx, meta.vendorId, shopId, { account, version, party, agentId, fromAt, toAt });
  } else if (event.$type === ContractSigned.$type || event.$type === ContractImported.$type) {
    if (event.terms === undefined) throw new Error(`contract ${event.contractId} has no terms`);
    const { contractId, number, shopIds, terms } = event;
    const awaitsGoLive = event.$type === ContractSigned.$type && event.awaitsGoLive;
    await saveContract(tx, meta.vendorId, { contractId, number, shopIds, terms, awaitsGoLive });
  } else if (event.$type === ShopWentLive.$type) {
    await saveGoLive(tx, meta.vendorId, event);
  } else if (event.$type === ServiceEndSet.$type) {
    await saveServiceEnd(tx, meta.vendorId, event);
  }
}

/** By these conversations are judged, whatever was said in them. */
function isOfTerms(recorded: RecordedEvent<IntakeEvent>): recorded is RecordedEvent<TermsEvent | AccountMapped> {
  return recorded.event.$type === AccountMapped.$type || setsTerms(recorded.event);
}

/** Which contract's terms a shop's conversations are judged by, and from when on, follows from these. */
function setsTerms(event: IntakeEvent): event is TermsEvent {
  return TERMS.has(event.$type);
}

const TERMS: ReadonlySet<string> = new Set([ContractSigned.$type, ContractImported.$type, ShopWentLive.$type, ServiceEndSet.$type]);

function shopsOf(event: TermsEvent): readonly string[] {
  return event.$type === ShopWentLive.$type ? [event.shopId] : event.shopIds;
}

/** Every conversation is judged again: what is known of them was built afresh. */
async function scheduleAll(tx: Tx): Promise<void> {
  await sql`
    insert into fact_reassessments (vendor_id, shop_id, account, after_conversation)
    select distinct vendor_id, shop_id, '', '' from fact_conversations order by 1, 2
    on conflict (vendor_id, shop_id, account) do update set after_conversation = ''`.execute(tx);
}

/** Does nothing where no conversation is touched. */
async function scheduleReassessment(tx: Tx, vendorId: string, shopId: string, account: string): Promise<void> {
  await sql`
    insert into fact_reassessments (vendor_id, shop_id, account, after_conversation)
    select ${vendorId}, ${shopId}, ${account}, ''
     where exists (select from fact_conversations where vendor_id = ${vendorId} and shop_id = ${shopId} and (${account} = '' or ${account} = any(accounts)))
    on conflict (vendor_id, shop_id, account) do update set after_conversation = ''`.execute(tx);
}

/** What the events make of their conversations. Those that neither the memory knows nor begin here are loaded, in one query. */
async function takeInMessages<Concluded>(
  events: readonly RecordedEvent<IntakeEvent>[],
  followImports: boolean,
  tx: Tx,
  memory?: Memory<Concluded>,
): Promise<Changed<Concluded>[]> {
  const byConversation = new Map<string, OfConversation<Concluded>>();
  for (const recorded of events) {
    const { event, meta } = recorded;
    if (event.$type !== ConversationOpened.$type && event.$type !== MessageReceived.$type && event.$type !== ConversationImported.$type) continue;
    const key = rowKey(meta.vendorId, event.conversationId);
    const group = byConversation.get(key);
    if (group === undefined) {
      byConversation.set(key, { key, vendorId: meta.vendorId, conversationId: event.conversationId, events: [recorded], known: memory?.get(key) });
    } else group.events.push(recorded);
  }
  const conversations = [...byConversation.values()];
  const loaded = await loadConversations(
    tx,
    conversations.filter(({ known, events }) => known === undefined && !beginsWith(events[0])),
  );
  return conversations.map(({ key, vendorId, conversationId, events, known }) => {
    const before = known?.stored ?? loaded.get(key);
    const row = events.reduce((row, recorded) => after(row, recorded, followImports), before?.row ?? emptyRow(vendorId, conversationId));
    return { key, row, before, trigger: events.at(-1), concluded: known?.concluded };
  });
}

/** A conversation's events of a slice, and what is remembered of it. */
interface OfConversation<Concluded> {
  readonly key: string;
  readonly vendorId: string;
  readonly conversationId: string;
  readonly events: RecordedEvent<IntakeEvent>[];
  readonly known: Remembered<Concluded> | undefined;
}

/** What begins in this slice has no row yet. */
function beginsWith(first: RecordedEvent<IntakeEvent> | undefined): boolean {
  return first?.event.$type === ConversationOpened.$type && first.version === 1;
}

/** A conversation as it is known, what led here, and what was concluded of it last. */
interface Known<Concluded> {
  readonly row: FactRow;
  readonly trigger: RecordedEvent | undefined;
  readonly concluded: Concluded | undefined;
}

interface Changed<Concluded> extends Known<Concluded>, FactChange {
  readonly key: string;
}

/** Writes the rows, has the conversations judged, and remembers both; forgets them when anything fails, so that the next attempt loads them. */
async function judge<Concluded>(options: IntakeOptions<Concluded>, memory: Memory<Concluded>, changed: readonly Changed<Concluded>[], tx: Tx): Promise<void> {
  try {
    const writtenBy = await saveConversations(tx, changed);
    const concluded = await options.assess(await withTerms(changed, tx), tx);
    changed.forEach(({ key, row }, index) => {
      memory.keep(key, { stored: { row, writtenBy }, concluded: concluded[index] });
    });
  } catch (error) {
    for (const { key } of changed) memory.forget(key);
    throw error;
  }
}

function emptyRow(vendorId: string, conversationId: string): FactRow {
  return { vendorId, conversationId, shopId: '', channelKind: 0, serviceType: 0, live: false, customerSubject: '', openImports: [], messages: [] };
}

/** Pure: a remembered row stays as it is until another is committed. */
function after(row: FactRow, { event, meta }: RecordedEvent<IntakeEvent>, followImports: boolean): FactRow {
  const { shopId } = meta;
  if (event.$type === ConversationOpened.$type) {
    const { channelKind, serviceType, live, customerSubject } = event;
    return { ...row, shopId, channelKind, serviceType, live, customerSubject: row.customerSubject || customerSubject };
  }
  if (event.$type === MessageReceived.$type) {
    const { messageId, sentAt, ordinal, sender, account, importId } = event;
    const openImports = followImports && importId !== '' && !row.openImports.includes(importId) ? [...row.openImports, importId] : row.openImports;
    const messages = [...row.messages, { messageId, sentAt, ordinal, sender, account }];
    return { ...row, shopId, customerSubject: row.customerSubject || event.customerSubject, messages, openImports };
  }
  if (event.$type === ConversationImported.$type) return { ...row, shopId, openImports: row.openImports.filter((id) => id !== event.importId) };
  return row;
}

/** Adds contracts and mappings: two queries a vendor, whatever the number of conversations. */
async function withTerms<Concluded>(changed: readonly Known<Concluded>[], tx: Tx): Promise<ToJudge<Concluded>[]> {
  const found = new Map<Known<Concluded>, ConversationFacts>();
  for (const [vendorId, ofVendor] of Map.groupBy(changed, ({ row }) => row.vendorId)) {
    const contracts = await loadContracts(tx, vendorId, [...new Set(ofVendor.map(({ row }) => row.shopId))]);
    const accounts = new Map<string, Set<string>>();
    for (const { row } of ofVendor) {
      const ofShop = accounts.getOrInsertComputed(row.shopId, () => new Set());
      for (const { account } of row.messages) if (account !== '') ofShop.add(account);
    }
    const mappings = await loadMappings(tx, vendorId, accounts);
    for (const one of ofVendor) found.set(one, factsOf(one.row, contracts, mappings, one.trigger));
  }
  return changed.flatMap((one) => {
    const facts = found.get(one);
    return facts === undefined ? [] : [{ facts, before: one.concluded }];
  });
}

function factsOf(row: FactRow, contracts: readonly ServedContract[], mappings: MappingsByShop, trigger: RecordedEvent | undefined): ConversationFacts {
  const messages = timelineOf(row.messages);
  const begin = (messages.find((message) => message.sender === Sender.SENDER_CUSTOMER) ?? messages[0])?.sentAt;
  const contract = begin === undefined ? undefined : contractAt(contracts, row.shopId, begin);
  return {
    ...row,
    channelKind: row.channelKind as ConversationFacts['channelKind'],
    serviceType: row.serviceType as ConversationFacts['serviceType'],
    messages,
    contract,
    servedFrom: servedFrom(contract, row.shopId),
    mappings: mappingsOf(messages, mappings.get(row.shopId)),
    trigger,
  };
}

function mappingsOf(messages: readonly TimelineMessage[], ofShop: ReadonlyMap<string, readonly AccountMapping[]> | undefined): readonly AccountMapping[] {
  if (ofShop === undefined) return NO_MAPPINGS;
  const accounts = new Set(messages.map(({ account }) => account));
  return [...accounts].flatMap((account) => ofShop.get(account) ?? []);
}

const NO_MAPPINGS: readonly AccountMapping[] = [];

/** The contract of a shop in force at an instant: by the date there in the contract's own zone, and before its service ended. */
export function contractAt<Contract extends FactContract>(contracts: readonly Contract[], shopId: string, at: number): Contract | undefined {
  return contracts.findLast(({ shopIds, terms, serviceEndsAt }) => {
    if (!shopIds.includes(shopId) || (serviceEndsAt > 0 && at >= serviceEndsAt)) return false;
    const date = dateOf(at, terms.zone);
    return terms.effectiveOn <= date && (terms.endsOn === '' || date <= terms.endsOn);
  });
}

/** One slice of at most 100 conversations of one remapped account or shop; true when there is more. */
async function reassessSlice<Concluded>(options: IntakeOptions<Concluded>, memory: Memory<Concluded>, tx: Tx): Promise<boolean> {
  const task = await nextReassessment(tx);
  if (task === undefined) return false;
  const page = await pageConversations(tx, { vendorId: task.vendor_id, shopId: task.shop_id, account: task.account, after: task.after_conversation }, 100);
  const last = page.at(-1);
  if (last === undefined) {
    await sql`delete from fact_reassessments where vendor_id = ${task.vendor_id} and shop_id = ${task.shop_id} and account = ${task.account}`.execute(tx);
    return true;
  }
  await sql`
    update fact_reassessments set after_conversation = ${last.row.conversationId}
     where vendor_id = ${task.vendor_id} and shop_id = ${task.shop_id} and account = ${task.account}`.execute(tx);
  // Their rows are written although they do not change: nobody shall go on from what was concluded before.
  await judge(
    options,
    memory,
    page.map((before) => ({ key: rowKey(before.row.vendorId, before.row.conversationId), row: before.row, before, trigger: undefined, concluded: undefined })),
    tx,
  );
  return true;
}

interface Reassessment {
  readonly vendor_id: string;
  readonly shop_id: string;
  readonly account: string;
  readonly after_conversation: string;
}

/** Locks the shop before the task's row, as those do who write tasks. */
async function nextReassessment(tx: Tx): Promise<Reassessment | undefined> {
  const select = sql<Reassessment>`select vendor_id, shop_id, account, after_conversation from fact_reassessments`;
  const { rows } = await sql<Reassessment>`${select} order by vendor_id, shop_id, account limit 1`.execute(tx);
  const found = rows[0];
  if (found === undefined) return undefined;
  const { vendor_id, shop_id } = found;
  await lockAlone(tx, [`${vendor_id}\n${shop_id}`]);
  const locked = await sql<Reassessment>`
    ${select} where vendor_id = ${vendor_id} and shop_id = ${shop_id} order by account limit 1 for update`.execute(tx);
  return locked.rows[0] ?? nextReassessment(tx);
}

/** What is known of one conversation, as its service has it; undefined when it never came in (or is not the reader's to see). */
export async function factsOfConversation(tx: Tx, vendorId: string, conversationId: string): Promise<ConversationFacts | undefined> {
  const before = (await loadConversations(tx, [{ vendorId, conversationId }])).values().next().value;
  return before === undefined ? undefined : (await withTerms([{ row: before.row, trigger: undefined, concluded: undefined }], tx))[0]?.facts;
}

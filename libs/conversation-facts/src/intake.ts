// One intake for every service that judges conversations: contracts, account mappings and messages in, changed conversations out.
// Messages of a shop without any contract wait for it. A remapping or another contract reassesses what it touches, in slices of its own.
import { type AccountMapping, inTimelineOrder } from '@deskfleet/attribution';
import type { Subscription } from '@deskfleet/event-bus';
import type { RecordedEvent, Tx } from '@deskfleet/event-store';
import type { MessageType } from '@deskfleet/protocol';
import { AccountMapped } from '@deskfleet/protocol/agents';
import { ConversationImported, ConversationOpened, MessageReceived, Sender } from '@deskfleet/protocol/conversations';
import { ContractImported, ContractSigned, ServiceEndSet } from '@deskfleet/protocol/onboarding';
import { dateOf } from '@deskfleet/service-hours';
import type { BackgroundWork, TakenIn } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import type { ConversationFacts, FactContract } from './facts.ts';
import {
  type FactRow,
  forgetConversations,
  loadContracts,
  loadConversations,
  loadMappings,
  pageConversations,
  saveContract,
  saveConversations,
  saveMapping,
  saveServiceEnd,
} from './tables.ts';

type IntakeEvent = ContractSigned | ContractImported | ServiceEndSet | AccountMapped | ConversationOpened | MessageReceived | ConversationImported;

export interface IntakeOptions {
  /** The consumer group. */
  readonly group: string;
  /** Whether `assess` asks which imports are open. Others pass over an import's end: nothing they judge by changes with it. */
  readonly followImports?: boolean;
  /** Events a slice: 100 where `assess` appends, as the log's writers need short transactions. */
  readonly sliceSize: number;
  /** What `assess` may append. */
  readonly appends: readonly MessageType[];
  /** Judges changed conversations in the intake's transaction; each appears once. */
  readonly assess: (facts: readonly ConversationFacts[], tx: Tx) => Promise<void>;
  /** A worker's transaction for the background part. */
  readonly work: <T>(task: (tx: Tx) => Promise<T>) => Promise<T>;
}

/** The lib's own migrations: a service lists this folder before its own. */
export const conversationFactsMigrations = new URL('../migrations/', import.meta.url);

const contractKey = (vendorId: string, shopId: string): string => `contract-of:${vendorId}:${shopId}`;

const TYPES = [ContractSigned, ContractImported, ServiceEndSet, AccountMapped, ConversationOpened, MessageReceived];

export function conversationIntake(options: IntakeOptions): { subscription: Subscription<IntakeEvent>; reassessment: BackgroundWork; facts: TakenIn } {
  // A shop that has a contract always has one: asked once a process.
  const contracted = new Set<string>();

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
      for (const recorded of events) await takeInTerms(recorded, tx);
      const changed = await takeInMessages(events, options.followImports === true, tx);
      if (changed.length > 0) await options.assess(await withTerms(changed, tx), tx);
    },
  };

  const reassessment: BackgroundWork = {
    name: `${options.group}:reassessment`,
    after: [ContractSigned, ContractImported, ServiceEndSet, AccountMapped],
    appends: options.appends,
    slice: () => options.work((tx) => reassessSlice(options, tx)),
    pending: () => options.work(async (tx) => Number((await sql<{ n: string }>`select count(*) as n from fact_reassessments`.execute(tx)).rows[0]?.n ?? 0)),
  };
  const facts: TakenIn = {
    name: 'conversation_facts',
    subscription,
    tables: ['fact_conversations', 'fact_contracts', 'fact_service_ends', 'fact_account_mappings'],
    migrations: conversationFactsMigrations,
    async fill(events, tx) {
      const known = events as readonly RecordedEvent<IntakeEvent>[]; // of the subscription's types
      for (const recorded of known) await saveTerms(recorded, tx);
      await takeInMessages(known, options.followImports === true, tx);
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
      for (const shopId of event.shopIds) alone.add(`${meta.vendorId}\n${shopId}`);
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

async function takeInTerms(recorded: RecordedEvent<IntakeEvent>, tx: Tx): Promise<void> {
  const { event, meta } = recorded;
  await saveTerms(recorded, tx);
  if (event.$type === AccountMapped.$type) await scheduleReassessment(tx, meta.vendorId, event.shopId, event.account);
  else if (setsTerms(event)) {
    for (const shopId of event.shopIds) await scheduleReassessment(tx, meta.vendorId, shopId, '');
  }
}

async function saveTerms({ event, meta, version }: RecordedEvent<IntakeEvent>, tx: Tx): Promise<void> {
  if (event.$type === AccountMapped.$type) {
    const { shopId, account, party, agentId, fromAt, toAt } = event;
    await saveMapping(tx, meta.vendorId, shopId, { account, version, party, agentId, fromAt, toAt });
  } else if (event.$type === ContractSigned.$type || event.$type === ContractImported.$type) {
    if (event.terms === undefined) throw new Error(`contract ${event.contractId} has no terms`);
    const { contractId, number, shopIds, terms } = event;
    await saveContract(tx, meta.vendorId, { contractId, number, shopIds, terms });
  } else if (event.$type === ServiceEndSet.$type) {
    await saveServiceEnd(tx, meta.vendorId, event);
  }
}

/** Which contract's terms a shop's conversations are judged by follows from these. */
function setsTerms(event: IntakeEvent): event is ContractSigned | ContractImported | ServiceEndSet {
  return event.$type === ContractSigned.$type || event.$type === ContractImported.$type || event.$type === ServiceEndSet.$type;
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

async function takeInMessages(events: readonly RecordedEvent<IntakeEvent>[], followImports: boolean, tx: Tx): Promise<Changed[]> {
  const byConversation = new Map<string, { vendorId: string; conversationId: string; events: RecordedEvent<IntakeEvent>[] }>();
  for (const recorded of events) {
    const { event, meta } = recorded;
    if (event.$type !== ConversationOpened.$type && event.$type !== MessageReceived.$type && event.$type !== ConversationImported.$type) continue;
    const key = `${meta.vendorId}\n${event.conversationId}`;
    const group = byConversation.get(key);
    if (group === undefined) byConversation.set(key, { vendorId: meta.vendorId, conversationId: event.conversationId, events: [recorded] });
    else group.events.push(recorded);
  }
  // What begins in this slice has no row yet.
  const earlier = [...byConversation.values()].filter(({ events: [first] }) => first?.event.$type !== ConversationOpened.$type || first.version > 1);
  const rows = await loadConversations(tx, earlier);
  const changed: Changed[] = [];
  for (const [key, group] of byConversation) {
    const row = rows.get(key) ?? emptyRow(group.vendorId, group.conversationId);
    for (const recorded of group.events) applyEvent(row, recorded, followImports);
    changed.push({ row, trigger: group.events.at(-1) });
  }
  await saveConversations(
    tx,
    changed.map(({ row }) => row),
  );
  return changed;
}

interface Changed {
  readonly row: FactRow;
  readonly trigger: RecordedEvent | undefined;
}

function emptyRow(vendorId: string, conversationId: string): FactRow {
  return { vendorId, conversationId, shopId: '', channelKind: 0, serviceType: 0, live: false, customerSubject: '', openImports: [], messages: [] };
}

function applyEvent(row: FactRow, { event, meta }: RecordedEvent<IntakeEvent>, followImports: boolean): void {
  row.shopId = meta.shopId;
  if (event.$type === ConversationOpened.$type) {
    row.channelKind = event.channelKind;
    row.serviceType = event.serviceType;
    row.live = event.live;
    row.customerSubject ||= event.customerSubject;
  } else if (event.$type === MessageReceived.$type) {
    const { messageId, sentAt, ordinal, sender, account } = event;
    row.customerSubject ||= event.customerSubject;
    row.messages.push({ messageId, sentAt, ordinal, sender, account });
    if (followImports && event.importId !== '' && !row.openImports.includes(event.importId)) row.openImports.push(event.importId);
  } else if (event.$type === ConversationImported.$type) {
    row.openImports = row.openImports.filter((id) => id !== event.importId);
  }
}

/** Adds contracts and mappings: two queries a vendor, whatever the number of conversations. */
async function withTerms(changed: readonly Changed[], tx: Tx): Promise<ConversationFacts[]> {
  const facts: ConversationFacts[] = [];
  for (const [vendorId, ofVendor] of Map.groupBy(changed, ({ row }) => row.vendorId)) {
    const contracts = await loadContracts(tx, vendorId, [...new Set(ofVendor.map(({ row }) => row.shopId))]);
    const accounts = new Map<string, { shopId: string; account: string }>();
    for (const { row } of ofVendor)
      for (const { account } of row.messages) if (account !== '') accounts.set(`${row.shopId}\n${account}`, { shopId: row.shopId, account });
    const mappings = await loadMappings(tx, vendorId, [...accounts.values()]);
    for (const { row, trigger } of ofVendor) facts.push(factsOf(row, contracts, mappings, trigger));
  }
  return facts;
}

function factsOf(
  row: FactRow,
  contracts: readonly FactContract[],
  mappings: ReadonlyMap<string, readonly AccountMapping[]>,
  trigger: RecordedEvent | undefined,
): ConversationFacts {
  const messages = [...row.messages].sort(inTimelineOrder);
  const accounts = new Set(messages.map((message) => message.account));
  const begin = (messages.find((message) => message.sender === Sender.SENDER_CUSTOMER) ?? messages[0])?.sentAt;
  return {
    ...row,
    channelKind: row.channelKind as ConversationFacts['channelKind'],
    serviceType: row.serviceType as ConversationFacts['serviceType'],
    messages,
    contract: begin === undefined ? undefined : contractAt(contracts, row.shopId, begin),
    mappings: [...accounts].flatMap((account) => mappings.get(`${row.shopId}\n${account}`) ?? []),
    trigger,
  };
}

/** The contract of a shop in force at an instant: by the date there in the contract's own zone, and before its service ended. */
export function contractAt(contracts: readonly FactContract[], shopId: string, at: number): FactContract | undefined {
  return contracts.findLast(({ shopIds, terms, serviceEndsAt }) => {
    if (!shopIds.includes(shopId) || (serviceEndsAt > 0 && at >= serviceEndsAt)) return false;
    const date = dateOf(at, terms.zone);
    return terms.effectiveOn <= date && (terms.endsOn === '' || date <= terms.endsOn);
  });
}

/** One slice of at most 100 conversations of one remapped account or shop; true when there is more. */
async function reassessSlice(options: IntakeOptions, tx: Tx): Promise<boolean> {
  const task = await nextReassessment(tx);
  if (task === undefined) return false;
  const page = await pageConversations(tx, { vendorId: task.vendor_id, shopId: task.shop_id, account: task.account, after: task.after_conversation }, 100);
  const last = page.at(-1);
  if (last === undefined) {
    await sql`delete from fact_reassessments where vendor_id = ${task.vendor_id} and shop_id = ${task.shop_id} and account = ${task.account}`.execute(tx);
    return true;
  }
  await sql`
    update fact_reassessments set after_conversation = ${last.conversationId}
     where vendor_id = ${task.vendor_id} and shop_id = ${task.shop_id} and account = ${task.account}`.execute(tx);
  await options.assess(
    await withTerms(
      page.map((row) => ({ row, trigger: undefined })),
      tx,
    ),
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
  const row = (await loadConversations(tx, [{ vendorId, conversationId }])).values().next().value;
  return row === undefined ? undefined : (await withTerms([{ row, trigger: undefined }], tx))[0];
}

// What other contexts tell: shops that exist, accounts that speak, live conversations that need an agent. Tables only; deciding comes after.
import type { Subscription } from '@deskfleet/event-bus';
import { int8Array, type RecordedEvent, type Tx, textArray } from '@deskfleet/event-store';
import { ChannelKind, ConversationOpened, MessageReceived, Sender } from '@deskfleet/protocol/conversations';
import { ShopAdded } from '@deskfleet/protocol/onboarding';
import { sql } from 'kysely';

/** Nothing is appended here, so slices may be large. */
const SLICE_EVENTS = 1_000;

type Event = ShopAdded | ConversationOpened | MessageReceived;

export const intake: Subscription<Event> = {
  group: 'agent-pools',
  sources: ['client-onboarding', 'conversations'],
  types: [ShopAdded, ConversationOpened, MessageReceived] as Subscription<Event>['types'],
  sliceSize: SLICE_EVENTS,
  repeatable: true,
  async handle(events, tx) {
    const shops: RecordedEvent<ShopAdded>[] = [];
    const opened: RecordedEvent<ConversationOpened>[] = [];
    const messages: RecordedEvent<MessageReceived>[] = [];
    for (const recorded of events) {
      const { event } = recorded;
      switch (event.$type) {
        case 'deskfleet.onboarding.v1.ShopAdded':
          shops.push(recorded as RecordedEvent<ShopAdded>);
          break;
        case 'deskfleet.conversations.v1.ConversationOpened':
          // A platform assigned its conversations itself, and history needs nobody.
          if (event.live && event.channelKind === ChannelKind.CHANNEL_KIND_OWN) opened.push(recorded as RecordedEvent<ConversationOpened>);
          break;
        case 'deskfleet.conversations.v1.MessageReceived':
          messages.push(recorded as RecordedEvent<MessageReceived>);
          break;
      }
    }
    if (shops.length > 0) await addShops(shops, tx);
    await countAccounts(messages, tx);
    if (opened.length > 0) await addLive(opened, tx);
    await touchLive(messages, tx);
  },
};

async function addShops(events: readonly RecordedEvent<ShopAdded>[], tx: Tx): Promise<void> {
  await sql`
    insert into known_shops (vendor_id, shop_id)
    select v, s from unnest(${events.map(({ meta }) => meta.vendorId)}::text[], ${events.map(({ event }) => event.shopId)}::text[]) as new (v, s)
    on conflict do nothing`.execute(tx);
}

interface Seen {
  vendorId: string;
  shopId: string;
  account: string;
  sender: Sender;
  messages: number;
  firstAt: number;
  lastAt: number;
}

/** The accounts of a slice's messages, each once. */
export function accountsOf(events: readonly RecordedEvent<MessageReceived>[]): Seen[] {
  const seen = new Map<string, Seen>();
  for (const { event, meta } of events) {
    if (event.sender === Sender.SENDER_CUSTOMER || event.account === '') continue;
    const key = `${meta.vendorId}\u0000${meta.shopId}\u0000${event.account}`;
    const known = seen.get(key);
    if (known === undefined) {
      const { account, sender, sentAt } = event;
      seen.set(key, { vendorId: meta.vendorId, shopId: meta.shopId, account, sender, messages: 1, firstAt: sentAt, lastAt: sentAt });
    } else {
      known.messages++;
      known.sender = mostHuman(known.sender, event.sender);
      known.firstAt = Math.min(known.firstAt, event.sentAt);
      known.lastAt = Math.max(known.lastAt, event.sentAt);
    }
  }
  // Sorted by key, so that two slices never lock rows in opposite order.
  return [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, account]) => account);
}

/** Agent before bot before system: the order of their numbers. */
function mostHuman(a: Sender, b: Sender): Sender {
  return a < b ? a : b;
}

async function countAccounts(events: readonly RecordedEvent<MessageReceived>[], tx: Tx): Promise<void> {
  const seen = accountsOf(events);
  if (seen.length === 0) return;
  await sql`
    insert into accounts_seen (vendor_id, shop_id, account, sender, messages, first_seen_at, last_seen_at)
    select * from unnest(
      ${seen.map((each) => each.vendorId)}::text[], ${seen.map((each) => each.shopId)}::text[], ${seen.map((each) => each.account)}::text[],
      ${seen.map((each) => each.sender)}::int[], ${seen.map((each) => each.messages)}::bigint[],
      ${seen.map((each) => each.firstAt)}::bigint[], ${seen.map((each) => each.lastAt)}::bigint[])
    on conflict (vendor_id, shop_id, account) do update set
      sender = least(accounts_seen.sender, excluded.sender),
      messages = accounts_seen.messages + excluded.messages,
      first_seen_at = least(accounts_seen.first_seen_at, excluded.first_seen_at),
      last_seen_at = greatest(accounts_seen.last_seen_at, excluded.last_seen_at)`.execute(tx);
}

async function addLive(events: readonly RecordedEvent<ConversationOpened>[], tx: Tx): Promise<void> {
  await sql`
    insert into live_conversations (vendor_id, shop_id, conversation_id, service_type, opened_at, last_activity_at)
    select v, s, c, t, at, at from unnest(
      ${events.map(({ meta }) => meta.vendorId)}::text[], ${events.map(({ meta }) => meta.shopId)}::text[],
      ${events.map(({ event }) => event.conversationId)}::text[], ${events.map(({ event }) => event.serviceType)}::int[],
      ${events.map(({ recordedAt }) => recordedAt)}::bigint[]) as new (v, s, c, t, at)
    on conflict do nothing`.execute(tx);
}

/** A live message keeps its conversation in hand. */
async function touchLive(events: readonly RecordedEvent<MessageReceived>[], tx: Tx): Promise<void> {
  const last = new Map<string, { vendorId: string; conversationId: string; at: number }>();
  for (const { event, meta, recordedAt } of events) {
    if (event.importId !== '') continue;
    const key = `${meta.vendorId}\u0000${event.conversationId}`;
    const known = last.get(key);
    if (known === undefined) last.set(key, { vendorId: meta.vendorId, conversationId: event.conversationId, at: recordedAt });
    else known.at = Math.max(known.at, recordedAt);
  }
  if (last.size === 0) return;
  const rows = [...last.values()];
  await sql`
    update live_conversations l set last_activity_at = greatest(l.last_activity_at, n.at)
      from unnest(${textArray(rows.map((row) => row.vendorId))}::text[], ${textArray(rows.map((row) => row.conversationId))}::text[],
                  ${int8Array(rows.map((row) => row.at))}::bigint[]) as n (v, c, at)
     where l.vendor_id = n.v and l.conversation_id = n.c`.execute(tx);
}

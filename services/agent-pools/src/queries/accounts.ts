// Platform accounts: seen in messages, mapped, or both. An agent account that nobody mapped counts as ours and comes first: it waits for a name.
import type { Tx } from '@deskfleet/event-store';
import { Account, AccountMapping } from '@deskfleet/protocol/agents-service';
import { Sender } from '@deskfleet/protocol/conversations';
import type { Keyset } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import type { StoredSpan } from '../projections/account-mappings.ts';

export interface AccountFilter {
  readonly shopIds: readonly string[] | 'all';
  readonly unmappedOnly: boolean;
  /** Empty = any. */
  readonly agentId: string;
}

export interface ListedAccount {
  readonly account: Account;
  readonly key: readonly [settled: number, shopId: string, account: string];
}

interface Row {
  shop_id: string;
  account: string;
  sender: Sender | null;
  messages: string | null;
  first_seen_at: string | null;
  last_seen_at: string | null;
  spans: StoredSpan[] | null;
  settled: number;
}

const SENDER_WORDS = new Map<Sender, string>([
  [Sender.SENDER_AGENT, 'agent'],
  [Sender.SENDER_BOT, 'bot'],
  [Sender.SENDER_SYSTEM, 'system'],
]);

/** `settled` is 0 for an unmapped agent account. A client sees its own shops' accounts: the policies of both tables hold it. */
const ACCOUNTS = sql`
  select coalesce(s.shop_id, m.of_shop) as shop_id, coalesce(s.account, m.account) as account,
         s.sender, s.messages, s.first_seen_at, s.last_seen_at, m.spans,
         case when m.account is null and s.sender = ${Sender.SENDER_AGENT} then 0 else 1 end as settled
    from accounts_seen s
    full join account_mappings m on m.vendor_id = s.vendor_id and m.of_shop = s.shop_id and m.account = s.account`;

/** Unmapped first, then by shop and account; one more than the page's size. */
export async function listAccounts(tx: Tx, filter: AccountFilter, page: Keyset): Promise<ListedAccount[]> {
  const after = page.after;
  const { rows } = await sql<Row>`
    select * from (${ACCOUNTS}) a
     where ${shopsOf(filter.shopIds)}
       and ${filter.unmappedOnly ? sql`settled = 0` : sql`true`}
       and ${filter.agentId === '' ? sql`true` : sql`spans @> ${JSON.stringify([{ agentId: filter.agentId }])}::jsonb`}
       and ${after === undefined ? sql`true` : sql`(settled, shop_id, account) > (${after[0]}::int, ${after[1]}::text, ${after[2]}::text)`}
     order by settled, shop_id, account limit ${page.size + 1}`.execute(tx);
  return rows.map((row) => ({ account: accountOf(row), key: [row.settled, row.shop_id, row.account] }));
}

export async function countUnmapped(tx: Tx, shopIds: readonly string[] | 'all'): Promise<number> {
  const { rows } = await sql<{ count: string }>`select count(*) as count from (${ACCOUNTS}) a where settled = 0 and ${shopsOf(shopIds)}`.execute(tx);
  return Number(rows[0]?.count ?? 0);
}

/** Unmapped agent accounts by shop, since the first message of any of them. */
export async function unmappedByShop(tx: Tx, shopIds: readonly string[] | 'all'): Promise<{ shopId: string; accounts: number; since: number }[]> {
  const { rows } = await sql<{ shop_id: string; accounts: string; since: string }>`
    select shop_id, count(*) as accounts, min(first_seen_at) as since from (${ACCOUNTS}) a
     where settled = 0 and ${shopsOf(shopIds)} group by shop_id order by min(first_seen_at), shop_id`.execute(tx);
  return rows.map((row) => ({ shopId: row.shop_id, accounts: Number(row.accounts), since: Number(row.since) }));
}

function shopsOf(shopIds: readonly string[] | 'all') {
  return shopIds === 'all' ? sql`true` : sql`shop_id = any(${shopIds}::text[])`;
}

function accountOf(row: Row): Account {
  const { shop_id: shopId, account } = row;
  return Account.create({
    shopId,
    account,
    sender: (row.sender !== null && SENDER_WORDS.get(row.sender)) || '',
    messages: Number(row.messages ?? 0),
    firstSeenAt: Number(row.first_seen_at ?? 0),
    lastSeenAt: Number(row.last_seen_at ?? 0),
    mappings: (row.spans ?? []).map(({ fromAt, toAt, party, agentId }) => AccountMapping.create({ shopId, account, party, agentId, fromAt, toAt: toAt ?? 0 })),
  });
}

// Which conversations a customer took part in, and which channels a shop has been written to on.
import type { Tx } from '@deskfleet/event-store';
import { sql } from 'kysely';

export interface CustomersConversation {
  readonly conversationId: string;
  readonly shopId: string;
}

/** All of a customer's conversations, in the order of their ids. */
export async function conversationsOfCustomer(tx: Tx, vendorId: string, subjectId: string): Promise<CustomersConversation[]> {
  const { rows } = await sql<{ conversation_id: string; shop_id: string }>`
    select conversation_id, shop_id from conversations where vendor_id = ${vendorId} and customer_subject = ${subjectId}
     union
    select conversation_id, shop_id from conversations where vendor_id = ${vendorId} and other_customers is not null and ${subjectId} = any(other_customers)
     order by conversation_id`.execute(tx);
  return rows.map((row) => ({ conversationId: row.conversation_id, shopId: row.shop_id }));
}

/** The shop of a conversation, as a list that is empty when there is no such conversation. */
export async function shopOfConversation(tx: Tx, vendorId: string, conversationId: string): Promise<string[]> {
  const { rows } = await sql<{ shop_id: string }>`
    select shop_id from conversations where vendor_id = ${vendorId} and conversation_id = ${conversationId}`.execute(tx);
  return rows.map((row) => row.shop_id);
}

/** The channels of a shop: the one it is connected by, and those its conversations came on. */
export async function channelsOfShop(tx: Tx, vendorId: string, shopId: string): Promise<string[]> {
  const { rows } = await sql<{ channel: string }>`
    select channel from channels where vendor_id = ${vendorId} and of_shop = ${shopId}
     union
    select distinct channel from conversations where vendor_id = ${vendorId} and shop_id = ${shopId}
     order by channel`.execute(tx);
  return rows.map(({ channel }) => channel);
}

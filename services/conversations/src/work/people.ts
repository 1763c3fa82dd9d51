// Who a request is about: a buyer on a channel, a buyer of a shop, or everybody who wrote in a conversation as a customer. Subjects are found,
// never made: a buyer nobody has heard of has none.
import { type Keyring, nameKey } from '@deskfleet/event-store/sealing';
import { MessageReceived } from '@deskfleet/protocol/conversations';
import { type Caller, type Kit, notFound, refuseCall } from '@deskfleet/service-kit';
import { customerName } from '../intake/intake.ts';
import { channelsOfShop } from '../queries/customers.ts';
import { findShops } from '../queries/shops.ts';

export interface Asked {
  readonly shopId: string;
  readonly channel: string;
  readonly buyerId: string;
  readonly conversationId: string;
}

/** The subjects asked for, none when nothing is kept of the buyer. A buyer id that two channels of the shop know is refused: they may be two people. */
export async function subjectsAsked(kit: Kit, keyring: Keyring, caller: Caller, asked: Asked): Promise<string[]> {
  if (asked.conversationId !== '') return subjectsOfConversation(kit, caller, asked.conversationId);
  if (asked.buyerId === '') refuseCall('person-missing', { field: 'buyerId', found: '', expected: 'a buyer id with its channel or shop, or a conversation' });
  const channels = await channelsAsked(kit, caller, asked);
  const names = channels.map((channel) => ({ channel, name: customerName(channel, asked.buyerId) }));
  const found = await keyring.subjectsOf(
    caller.vendorId,
    names.map(({ name }) => name),
  );
  if (found.size > 1) {
    const known = names.filter(({ name }) => found.has(nameKey(name))).map(({ channel }) => channel);
    refuseCall('channel-ambiguous', { field: 'channel', found: '', expected: known });
  }
  return [...found.values()];
}

async function channelsAsked(kit: Kit, caller: Caller, { shopId, channel }: Asked): Promise<readonly string[]> {
  if (shopId !== '' && !(await kit.read(caller, (tx) => findShops(tx, [shopId]))).has(shopId)) notFound('shop', shopId);
  if (channel !== '') return [channel];
  if (shopId === '') refuseCall('person-missing', { field: 'channel', found: '', expected: "the buyer's channel, or a shop" });
  return kit.read(caller, (tx) => channelsOfShop(tx, caller.vendorId, shopId));
}

/** Its customers; where none wrote, whoever's key seals what was written. */
async function subjectsOfConversation(kit: Kit, caller: Caller, conversationId: string): Promise<string[]> {
  const streamId = `conversation-${conversationId}`;
  const stream = (await kit.read(caller, (tx) => kit.store.load(caller.vendorId, [streamId], tx))).get(streamId);
  if (stream === undefined || stream.events.length === 0) return notFound('conversation', conversationId);
  const received = stream.events.flatMap(({ event }) => (event.$type === MessageReceived.$type ? [event as MessageReceived] : []));
  const customers = new Set(received.flatMap(({ customerSubject }) => (customerSubject === '' ? [] : [customerSubject])));
  if (customers.size > 0) return [...customers];
  return [...new Set(received.flatMap(({ text }) => (text === undefined ? [] : [text.subjectId])))];
}

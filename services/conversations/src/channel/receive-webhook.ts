// A platform's webhook call: verified by the channel's secret, then taken in as a whole or refused as a whole. Its idempotency key is its
// command id, so that a call repeated with the same body gets the same answer, and with another body is refused.
import { fold, type Refused, refuse } from '@deskfleet/event-store';
import type { Keyring } from '@deskfleet/event-store/sealing';
import { shopIdOf } from '@deskfleet/protocol';
import type { ChannelConnected } from '@deskfleet/protocol/conversations';
import { type ReceiveWebhookRequest, ReceiveWebhookResponse } from '@deskfleet/protocol/conversations-service';
import { type Caller, type CommandResult, type Kit, notGenuine, refuseCall } from '@deskfleet/service-kit';
import { asFields, checkMessage, type Fault, type IncomingMessage, kindOf } from '../intake/incoming.ts';
import { sealBatch } from '../intake/intake.ts';
import type { KnownConversation, KnownConversations } from '../intake/known.ts';
import { type Channel, channel } from './channel.ts';

const MAX_BODY_BYTES = 256 * 1024;
const MAX_MESSAGES = 500;
const MAX_KEY_CHARACTERS = 120;
const UTF8 = new TextDecoder('utf-8', { fatal: true });
const NONE: ReadonlyMap<string, KnownConversation> = new Map();

export async function receiveWebhook(
  kit: Kit,
  keyring: Keyring,
  conversations: KnownConversations,
  request: ReceiveWebhookRequest,
): Promise<CommandResult<ReceiveWebhookResponse>> {
  const { vendorId, idempotencyKey, body } = request;
  if (body.length > MAX_BODY_BYTES) refuseCall('body-too-large', { field: 'body', found: `${body.length} bytes`, expected: `at most ${MAX_BODY_BYTES} bytes` });
  const shopId = shopIdOf(vendorId, request.shopCode);
  const connected = await genuineChannel(kit, keyring, shopId, request);
  if (idempotencyKey === '' || idempotencyKey.length > MAX_KEY_CHARACTERS) {
    refuseCall('idempotency-key-missing', {
      field: 'idempotency_key',
      found: `${idempotencyKey.length} characters`,
      expected: `1 to ${MAX_KEY_CHARACTERS} characters`,
    });
  }

  const parsed = parseBody(body, kit.now());
  const messages = parsed.ok ? parsed.messages : [];
  const arrivals = messages.map((message) => ({ shopId, channel: connected.channel, channelKind: connected.kind, importId: '', message }));
  const batch = await sealBatch(keyring, () => kit.newId(), vendorId, arrivals);
  let known = NONE;
  let stand = NONE;
  return kit.command({
    caller: channelCaller(vendorId, shopId),
    commandId: `webhook:${shopId}:${idempotencyKey}`,
    content: body,
    answer: ReceiveWebhookResponse,
    streams: [],
    async prepare(fromLog) {
      known = await conversations.load(vendorId, batch.streams, fromLog);
    },
    decide() {
      if (!parsed.ok) return refuse('webhook-body-invalid', { ...parsed.fault });
      const taken = batch.decide(known);
      stand = taken.stand;
      const refusedAt = taken.outcomes.findIndex((outcome) => typeof outcome !== 'string');
      if (refusedAt !== -1) return named(taken.outcomes[refusedAt] as Refused, refusedAt);
      const inserted = taken.outcomes.filter((outcome) => outcome === 'inserted').length;
      const answer = ReceiveWebhookResponse.create({
        messageIds: messages.map(({ messageId }) => messageId),
        inserted,
        duplicates: messages.length - inserted,
      });
      return { appends: taken.appends, answer };
    },
    appended: () => conversations.keep(vendorId, stand),
  });
}

/** The shop's channel when the call is signed with its secret. An unknown channel answers as a wrong signature does. */
async function genuineChannel(kit: Kit, keyring: Keyring, shopId: string, request: ReceiveWebhookRequest): Promise<Extract<Channel, { status: 'connected' }>> {
  const streamId = `channel-${shopId}`;
  const stream = (await kit.store.load(request.vendorId, [streamId])).get(streamId);
  const state = fold(channel, stream?.events.map(({ event }) => event as ChannelConnected) ?? []);
  const secret = state.status === 'connected' ? await keyring.secret(request.vendorId, streamId, state.secretVersion) : undefined;
  const refused = notGenuine(request, secret ?? Buffer.alloc(32), kit.now());
  if (refused !== undefined) return refuseCall(refused);
  if (state.status !== 'connected' || secret === undefined) return refuseCall('signature-invalid');
  return state;
}

type ParsedBody = { readonly ok: true; readonly messages: readonly IncomingMessage[] } | { readonly ok: false; readonly fault: Fault };

/** Reads a call's body: the first fault found names its place, e.g. `messages[2].sent_at`. */
export function parseBody(body: Uint8Array, now: number): ParsedBody {
  let json: unknown;
  try {
    json = JSON.parse(UTF8.decode(body));
  } catch {
    return { ok: false, fault: { field: 'body', found: `${body.length} bytes that are not JSON`, expected: 'a JSON object with a list of messages' } };
  }
  const list = listed(json);
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_MESSAGES) {
    const found = Array.isArray(list) ? `a list of ${list.length}` : kindOf(list);
    return { ok: false, fault: { field: 'messages', found, expected: `a list of 1 to ${MAX_MESSAGES} messages` } };
  }
  const messages: IncomingMessage[] = [];
  for (const [index, item] of list.entries()) {
    const object = asFields(item);
    const message = object.ok ? checkMessage(object.value, now) : object;
    if (!message.ok) return { ok: false, fault: { ...message.fault, field: `messages[${index}]${message.fault.field && `.${message.fault.field}`}` } };
    messages.push(message.value);
  }
  return { ok: true, messages };
}

/** A call brings `{"messages": [...]}`, a list, or one message. */
function listed(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json;
  return 'messages' in json ? json.messages : [json];
}

function named(refused: Refused, index: number): Refused {
  const field = refused.code === 'service-type-differs' ? 'service_type' : 'message_id';
  return { ...refused, facts: { ...refused.facts, field: `messages[${index}].${field}` } };
}

/** The platform speaks for itself, in its shop only. */
function channelCaller(vendorId: string, shopId: string): Caller {
  return { kind: 'service', id: `channel:${shopId}`, vendorId, role: 'service', shopIds: [shopId], clientId: '', mayAgree: false };
}

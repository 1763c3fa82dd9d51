// Personal data: erasing a customer, and the legal holds that forbid it.
import { ConversationServiceDefinition } from '@deskfleet/protocol/conversations-service';
import { OPERATIONS, type Route } from '../route.ts';
import { rpcRoutes } from '../rpc.ts';
import type { Components } from '../schema.ts';

export function personalDataRoutes(components: Components): readonly Route[] {
  const conversations = rpcRoutes(components, 'conversations', ConversationServiceDefinition, 'Personal data');
  return [
    conversations.post('/persons/find', 'findPersons', {
      summary: 'Who an erasure or a hold would be about, and what forbids to erase them',
      description:
        'By channel and buyerId, by shopId and buyerId, or by conversationId. A POST, so that the buyer id stands in no address and no log. An empty list: nothing is kept of this buyer.',
      access: OPERATIONS,
    }),
    conversations.post('/erasures', 'eraseSubject', {
      summary: 'Erase a customer',
      description:
        'By channel and buyerId, by shopId and buyerId, or by conversationId. Refused as legal-hold while a hold stands. No figure and no invoice changes. An empty list: nothing is kept of this buyer. Done when the answer of GET /erasures/{erasureId} says so.',
      access: OPERATIONS,
      required: ['reason'],
    }),
    conversations.get('/erasures', 'listErasures', { summary: 'Erasures, newest first', access: OPERATIONS }),
    conversations.get('/erasures/{erasureId}', 'getErasure', { summary: 'How far an erasure is, and what it waits for', access: OPERATIONS }),
    conversations.post('/legal-holds', 'placeLegalHold', {
      summary: "Forbid to erase a customer, or any of a shop's customers",
      description: 'With buyerId it is about that customer, with shopId alone about everybody who wrote to the shop.',
      access: OPERATIONS,
      required: ['reason'],
    }),
    conversations.get('/legal-holds', 'listLegalHolds', { summary: 'Legal holds, newest first', access: OPERATIONS }),
    conversations.post('/legal-holds/{holdId}/release', 'releaseLegalHold', { summary: 'Release a legal hold', access: OPERATIONS, required: ['reason'] }),
  ];
}

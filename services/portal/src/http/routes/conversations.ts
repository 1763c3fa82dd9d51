// Conversations with their transcript and SLA ribbon.
import { ConversationServiceDefinition } from '@deskfleet/protocol/conversations-service';
import { SlaServiceDefinition } from '@deskfleet/protocol/sla-service';
import { EVERYONE, type Route } from '../route.ts';
import { rpcRoutes } from '../rpc.ts';
import type { Components } from '../schema.ts';

export function conversationRoutes(components: Components): readonly Route[] {
  const conversations = rpcRoutes(components, 'conversations', ConversationServiceDefinition, 'Conversations');
  const sla = rpcRoutes(components, 'sla-monitoring', SlaServiceDefinition, 'Conversations');
  return [
    conversations.get('/conversations', 'listConversations', { summary: 'Conversations, newest first', access: EVERYONE }),
    conversations.get('/conversations/{conversationId}', 'getConversation', { summary: 'The transcript', access: EVERYONE }),
    sla.get('/conversations/{conversationId}/ribbon', 'getRibbon', { summary: 'Which seconds ran, by whose rule', access: EVERYONE }),
  ];
}

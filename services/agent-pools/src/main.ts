// agent-pools: who our agents are, which accounts they speak through, and who gets a live conversation. The only file that knows every part.
import { AccountMapped, AgentHired, AgentPresenceChanged, AgentTrainedForShop, ConversationAssigned, ConversationQueued } from '@deskfleet/protocol/agents';
import { runService, type ServiceDefinition } from '@deskfleet/service-kit';
import { api } from './api.ts';
import { assignWaiting } from './assignment/assign-waiting.ts';
import { accountMappings } from './projections/account-mappings.ts';
import { agents } from './projections/agents.ts';
import { intake } from './subscriptions/conversations.ts';

export const service: ServiceDefinition = {
  name: 'agent-pools',
  migrations: new URL('../migrations/', import.meta.url),
  parts: (kit) => ({
    events: [AgentHired, AgentTrainedForShop, AgentPresenceChanged, AccountMapped, ConversationAssigned, ConversationQueued],
    projections: [agents, accountMappings],
    subscriptions: [intake],
    work: [assignWaiting(kit)],
    api: [api(kit)],
  }),
};

if (import.meta.main) await runService(service);

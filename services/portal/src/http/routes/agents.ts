// Agents and the platform accounts they speak by.
import { AgentPoolServiceDefinition } from '@deskfleet/protocol/agents-service';
import { OPERATIONS, type Route, VENDOR } from '../route.ts';
import { rpcRoutes } from '../rpc.ts';
import type { Components } from '../schema.ts';
import { accountsCsv, importAccountsCsv } from './accounts-csv.ts';

export function agentRoutes(components: Components): readonly Route[] {
  const agents = rpcRoutes(components, 'agent-pools', AgentPoolServiceDefinition, 'Agents and accounts');
  const leads = ['vendor-operations', 'team-lead'] as const;
  return [
    agents.get('/agents', 'listAgents', { summary: 'All agents', access: VENDOR }),
    agents.post('/agents', 'hireAgent', { summary: 'Hire an agent', access: OPERATIONS, required: ['name'] }),
    agents.post('/agents/{agentId}/trainings', 'trainAgent', {
      summary: 'Record that an agent is trained for a shop',
      access: leads,
      required: ['shopId', 'trainedOn'],
    }),
    agents.post('/agents/{agentId}/level', 'changeLevel', {
      summary: 'Say of which level an agent is: junior, middle, senior or account manager',
      access: leads,
      required: ['level'],
    }),
    agents.post('/agents/{agentId}/presence', 'setPresence', { summary: 'Set an agent online, away or offline', access: leads, required: ['presence'] }),
    agents.get('/accounts', 'listAccounts', { summary: 'Accounts seen in messages or mapped; unmapped ones first', access: VENDOR }),
    agents.post('/accounts', 'mapAccounts', { summary: 'Map accounts to agents, bots or shop staff by time span', access: leads, required: ['mappings'] }),
    accountsCsv,
    importAccountsCsv(components),
    agents.get('/conversation-assignments', 'listAssignments', { summary: 'Who was given which live conversation', access: VENDOR }),
  ];
}

// Clients, their shops and contracts; the channels of a shop.
import { ConversationServiceDefinition } from '@deskfleet/protocol/conversations-service';
import { OnboardingServiceDefinition } from '@deskfleet/protocol/onboarding-service';
import { EVERYONE, OPERATIONS, type Route, VENDOR } from '../route.ts';
import { rpcRoutes } from '../rpc.ts';
import type { Components } from '../schema.ts';

export function shopRoutes(components: Components): readonly Route[] {
  const onboarding = rpcRoutes(components, 'client-onboarding', OnboardingServiceDefinition, 'Shops and contracts');
  const conversations = rpcRoutes(components, 'conversations', ConversationServiceDefinition, 'Shops and contracts');
  return [
    onboarding.get('/clients', 'listClients', { summary: 'Clients by name, or those a search finds; 200 a page', access: VENDOR }),
    onboarding.post('/clients', 'registerClient', { summary: 'Register a client', access: OPERATIONS, required: ['name'] }),
    onboarding.post('/clients/{clientId}/shops', 'addShop', { summary: 'Add a shop to a client', access: OPERATIONS, required: ['code', 'name'] }),
    onboarding.get('/shops', 'listShops', { summary: 'Shops one may see by code, or those a search finds; 200 a page', access: EVERYONE }),
    onboarding.post('/shops/take-over', 'takeOverShops', {
      summary: 'Create unknown shops on the standard terms',
      description: 'For each unknown code a client, a shop and a taken-over contract; known codes stay as they are.',
      access: OPERATIONS,
      required: ['shops', 'importedFrom'],
      bodyLimit: 1_048_576,
    }),
    conversations.post('/shops/{shopId}/channels', 'connectChannel', {
      summary: 'Connect a channel; answers its webhook secret once',
      access: OPERATIONS,
      required: ['channel', 'channelKind'],
    }),
    onboarding.get('/contracts', 'listContracts', { summary: 'Contracts one may see, as recorded; 200 a page', access: EVERYONE }),
    onboarding.post('/contracts', 'signContract', { summary: 'Sign a contract', access: OPERATIONS, required: ['clientId', 'shopIds', 'terms'] }),
    onboarding.post('/contracts/import', 'importContract', {
      summary: 'Take over a running contract, with where it comes from',
      access: OPERATIONS,
      required: ['clientId', 'shopIds', 'terms', 'importedFrom'],
    }),
    onboarding.get('/contracts/{contractId}', 'getContract', { summary: 'One contract with its terms', access: EVERYONE }),
  ];
}

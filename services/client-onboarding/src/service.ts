// What the service is made of: started by main.ts as a process, and by its tests within theirs.
import { ClientRegistered, ContractImported, ContractSigned, ShopAdded, ShopContracted } from '@deskfleet/protocol/onboarding';
import type { ServiceDefinition } from '@deskfleet/service-kit';
import { onboardingApi } from './api.ts';
import { careParts } from './care/parts.ts';
import { clients } from './projections/clients.ts';
import { shopContracts } from './projections/shop-contracts.ts';
import { shops } from './projections/shops.ts';
import { openSealed } from './sealed.ts';

export const clientOnboarding: ServiceDefinition = {
  name: 'client-onboarding',
  migrations: [],
  async parts(kit) {
    const { sealed, listener } = await openSealed(kit);
    const care = careParts(kit, sealed);
    return {
      events: [ClientRegistered, ShopAdded, ShopContracted, ContractSigned, ContractImported, ...care.events],
      projections: [clients, shops, shopContracts, ...care.projections],
      subscriptions: [],
      timers: [...care.timers],
      api: [onboardingApi(kit), ...care.api],
      listeners: [listener],
    };
  },
};

// What the service is made of: started by main.ts as a process, and by its tests within theirs.
import {
  ClientRegistered,
  ClientReminded,
  ContractDraftDropped,
  ContractDrafted,
  ContractDraftRevised,
  ContractImported,
  ContractOffered,
  ContractOfferWithdrawn,
  ContractPartySigned,
  ContractSigned,
  ContractTemplateSaved,
  LeadContractDrafted,
  LeadLost,
  LeadOpened,
  LeadWon,
  OutsourcingPlanProposed,
  QuoteAccepted,
  QuoteDeclined,
  QuoteExpired,
  QuoteIssued,
  ShopAdded,
  ShopContractEnded,
  ShopContracted,
  ShopProfileRecorded,
} from '@deskfleet/protocol/onboarding';
import type { ServiceDefinition } from '@deskfleet/service-kit';
import { onboardingApi } from './api.ts';
import { boardApi } from './board-api.ts';
import { careParts } from './care/parts.ts';
import { contractingApi } from './contracting-api.ts';
import { launchApi } from './launch-api.ts';
import { quoteExpiry } from './lead/expiry.ts';
import { board } from './projections/board.ts';
import { clients } from './projections/clients.ts';
import { contractDrafts, contractTemplates } from './projections/drafts.ts';
import { LAUNCH_EVENTS, launches } from './projections/launches.ts';
import { leadShops, leads } from './projections/leads.ts';
import { shopContracts } from './projections/shop-contracts.ts';
import { shops } from './projections/shops.ts';
import { salesApi } from './sales-api.ts';
import { openSealed } from './sealed.ts';
import { deposits } from './subscriptions/deposits.ts';
import { launchTimers } from './work/launch-timers.ts';

export const clientOnboarding: ServiceDefinition = {
  name: 'client-onboarding',
  migrations: [],
  async parts(kit) {
    const { sealed, listener } = await openSealed(kit);
    const care = careParts(kit, sealed);
    return {
      events: [
        ClientRegistered,
        ShopAdded,
        ShopContracted,
        ShopContractEnded,
        ContractSigned,
        ContractImported,
        ContractTemplateSaved,
        ContractDrafted,
        ContractDraftRevised,
        ContractOffered,
        ContractOfferWithdrawn,
        ContractPartySigned,
        ContractDraftDropped,
        LeadOpened,
        ShopProfileRecorded,
        OutsourcingPlanProposed,
        QuoteIssued,
        QuoteAccepted,
        QuoteDeclined,
        QuoteExpired,
        LeadContractDrafted,
        LeadWon,
        LeadLost,
        ...LAUNCH_EVENTS,
        ClientReminded,
        ...care.events,
      ],
      projections: [clients, shops, shopContracts, leads, leadShops, contractDrafts, contractTemplates, launches, board, ...care.projections],
      subscriptions: [deposits(kit), ...care.subscriptions],
      timers: [quoteExpiry(kit.store), ...launchTimers(kit), ...care.timers],
      api: [onboardingApi(kit), salesApi(kit, sealed), contractingApi(kit), launchApi(kit, sealed), boardApi(kit), ...care.api],
      listeners: [listener],
    };
  },
};

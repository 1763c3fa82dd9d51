// A client and their vendor living together under a running contract, as tests of both sides meet it.
import { LogPosition } from '@deskfleet/protocol/common';
import { CareServiceDefinition } from '@deskfleet/protocol/onboarding-care';
import { OnboardingServiceDefinition } from '@deskfleet/protocol/onboarding-service';
import { ContractTerms } from '@deskfleet/protocol/terms';
import type { Caller } from '@deskfleet/service-kit';
import { type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { standardTerms } from '../src/contract/standard-terms.ts';

let commands = 0;
export const commandId = (): string => `command-${++commands}`;

export const buyer = (n: number): string => `cv_${'abcdefghijklmnopqrstuvwxy'}${'234567'[n]}`;

/** A client with a shop and a running contract, in a vendor of its own: both sides' way in. */
export async function together(service: TestService, vendorId: string, terms: Partial<ContractTerms> = {}) {
  const api = service.as(testCaller({ vendorId }), OnboardingServiceDefinition);
  const { clientId } = await api.registerClient({ commandId: commandId(), name: '北岸' });
  const { shopId } = await api.addShop({ commandId: commandId(), clientId, code: 'north', name: '北岸旗舰店', platform: 'tmall' });
  const { contractId, at } = await api.importContract({
    ...{ commandId: commandId(), number: 'C-1', clientId, shopIds: [shopId], importedFrom: 'ledger' },
    terms: ContractTerms.fromPartial({ ...standardTerms, zone: 'Asia/Shanghai', ...terms }),
  });
  await api.getContract({ contractId, after: at });
  const as = (caller: Partial<Caller>) => caughtUp(service, service.as(testCaller({ vendorId, ...caller }), CareServiceDefinition));
  const owner = { id: 'us_owner', role: 'client', clientId, shopIds: [shopId], mayAgree: true } as const;
  return { clientId, shopId, contractId, as, vendor: as({}), client: as(owner), owner };
}

/** What is read comes after all that was done before, as it does for a person who looks a moment later. */
function caughtUp<Client extends object>(service: TestService, client: Client): Client {
  return new Proxy(client, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...given: unknown[]) => {
        const { position } = await service.kit.store.head();
        if (/^(list|get)/.test(String(name))) await service.kit.awaitPosition(LogPosition.create({ source: service.kit.store.source, position }));
        return Reflect.apply(method, target, given);
      };
    },
  });
}

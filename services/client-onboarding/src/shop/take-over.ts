// Takes over shops nobody knew: each gets a client, a shop and a running contract on the standard terms; known ones are left as they are.
import { fold, type Refused, type StreamAppend } from '@deskfleet/event-store';
import { contractIdOf, shopIdOf } from '@deskfleet/protocol';
import { client } from '../client/client.ts';
import { contract } from '../contract/contract.ts';
import { standardTerms } from '../contract/standard-terms.ts';
import { clientStream, contractStream, type Streams, shopStream } from '../streams.ts';
import { shop } from './shop.ts';

/** A shop to be taken over, with the ids its parts get if it is not known yet. */
export interface Arrival {
  readonly code: string;
  readonly platform: string;
  readonly shopId: string;
  readonly clientId: string;
  readonly contractId: string;
  readonly number: string;
}

/** What may arrive: each code once, in the order given. `newId` gives the clients' ids. */
export function arrivals(vendorId: string, shops: readonly { code: string; platform: string }[], newId: () => string): Arrival[] {
  const byCode = new Map(shops.map((one) => [one.code, one]));
  return [...byCode.values()].map(({ code, platform }) => {
    const shopId = shopIdOf(vendorId, code);
    // Derived from the shop, so that taking over twice at once meets in one contract stream.
    const number = `T-${shopId.slice(3, 15).toUpperCase()}`;
    return { code, platform, shopId, clientId: `cl_${newId()}`, contractId: contractIdOf(vendorId, number), number };
  });
}

/** The streams to load for them. */
export function streamsOfArrivals(arriving: readonly Arrival[]): string[] {
  return arriving.flatMap(({ shopId, clientId, contractId }) => [shopStream(shopId), clientStream(clientId), contractStream(contractId)]);
}

/** The appends of those that are not known, or the first refusal, naming its line in the request. */
export function takeOver(
  streams: Streams,
  arriving: readonly Arrival[],
  importedFrom: string,
): { readonly appends: readonly StreamAppend[]; readonly codes: readonly string[] } | Refused {
  const appends: StreamAppend[] = [];
  const codes: string[] = [];
  for (const [index, arrival] of arriving.entries()) {
    if (streams.shop(arrival.shopId).length > 0) continue;
    const one = takeOverOne(streams, arrival, importedFrom);
    if ('accepted' in one) return { ...one, facts: { ...one.facts, shop: arrival.code, field: `shops[${index}].${String(one.facts['field'] ?? 'code')}` } };
    appends.push(...one);
    codes.push(arrival.code);
  }
  return { appends, codes };
}

function takeOverOne(
  streams: Streams,
  { code, platform, shopId, clientId, contractId, number }: Arrival,
  importedFrom: string,
): readonly StreamAppend[] | Refused {
  const registered = client.decide(client.initial, { kind: 'register', clientId, name: code });
  if (!registered.accepted) return registered;
  const added = shop.decide(shop.initial, { kind: 'add', shopId, clientId, code, name: code, platform });
  if (!added.accepted) return added;
  const { effectiveOn, endsOn } = standardTerms;
  const covered = shop.decide(fold(shop, added.events), { kind: 'contract', shopId, clientId, contractId, effectiveOn, endsOn });
  if (!covered.accepted) return covered;
  const running = fold(contract, streams.contract(contractId));
  const imported = contract.decide(running, { kind: 'import', contractId, number, clientId, shopIds: [shopId], terms: standardTerms, importedFrom });
  if (!imported.accepted) return imported;
  return [
    streams.append(clientStream(clientId), registered.events),
    streams.append(shopStream(shopId), [...added.events, ...covered.events], shopId),
    streams.append(contractStream(contractId), imported.events),
  ];
}

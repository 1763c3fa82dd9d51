// A contract comes into being in its own stream and in each of its shops' streams at once, or not at all.
import { fold, type Refused, refuse, type StreamAppend } from '@deskfleet/event-store';
import { client } from '../client/client.ts';
import { shop } from '../shop/shop.ts';
import { contractStream, type Streams, shopStream } from '../streams.ts';
import { contract, type WholeCommand } from './contract.ts';

/** The appends of a new contract, or the first refusal: its own terms', then its shops'. */
export function makeContract(streams: Streams, command: WholeCommand): readonly StreamAppend[] | Refused {
  const { contractId, clientId, shopIds, terms } = command;
  if (fold(client, streams.client(clientId)).status === 'none') return refuse('client-not-found', { field: 'clientId', id: clientId });
  const decision = contract.decide(fold(contract, streams.contract(contractId)), command);
  if (!decision.accepted) return decision;

  const appends = [streams.append(contractStream(contractId), decision.events)];
  for (const shopId of shopIds) {
    const covered = shop.decide(fold(shop, streams.shop(shopId)), {
      kind: 'contract',
      shopId,
      clientId,
      contractId,
      effectiveOn: terms?.effectiveOn ?? '',
      endsOn: terms?.endsOn ?? '',
    });
    if (!covered.accepted) return covered;
    appends.push(streams.append(shopStream(shopId), covered.events, shopId));
  }
  return appends;
}

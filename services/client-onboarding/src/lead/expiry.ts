// A quote ends with its last day: a durable timer appends it, so that both sides see it without anyone asking.
import { type EventStore, expectLoaded, fold, type LoadedStream } from '@deskfleet/event-store';
import { QuoteAccepted, QuoteDeclined, QuoteExpired, QuoteIssued } from '@deskfleet/protocol/onboarding';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';
import type { Timer, TimerPlan } from '@deskfleet/read-model';
import { type LeadEvent, lead, leadOfQuote } from './lead.ts';

const KIND = 'quote-expiry';

/** Arms at `expires_at` of each quote that is issued; a replaced quote's timer finds nothing to do. */
export function quoteExpiry(store: Pick<EventStore, 'load'>): TimerPlan<QuoteIssued | QuoteAccepted | QuoteDeclined> {
  return {
    kind: KIND,
    types: [QuoteIssued, QuoteAccepted, QuoteDeclined] as TimerPlan<QuoteIssued | QuoteAccepted | QuoteDeclined>['types'],
    armedBy: [QuoteIssued],
    appends: [QuoteExpired],
    changes({ event, streamId }) {
      if (event.$type !== QuoteIssued.$type) return [{ clear: { kind: KIND, key: event.quoteId } }];
      const { quote } = event;
      return quote === undefined ? [] : [{ set: { kind: KIND, key: quote.quoteId, dueAt: quote.expiresAt, streamId } }];
    },
    async fire(timers, now) {
      const members = await Promise.all(timers.map((timer) => expired(store, timer, now)));
      return members.flatMap((member) => member ?? []);
    },
  };
}

async function expired(store: Pick<EventStore, 'load'>, { vendorId, key, streamId, dueAt }: Timer, now: number) {
  const stream = (await store.load(vendorId, [streamId])).get(streamId) as LoadedStream<LeadEvent> | undefined;
  if (stream === undefined || leadOfQuote(key) === '') return undefined;
  const decision = lead.decide(
    fold(
      lead,
      stream.events.map(({ event }) => event),
    ),
    { kind: 'expire', quoteId: key, now },
  );
  if (!decision.accepted || decision.events.length === 0) return undefined;
  const commandId = `${KIND}:${key}:${dueAt}`;
  const actor = Actor.create({ kind: Actor_Kind.KIND_SERVICE, id: 'client-onboarding' });
  const shopId = stream.events.at(-1)?.meta.shopId ?? '';
  return {
    cause: { vendorId, actor, correlationId: commandId, causationId: commandId, commandId },
    streams: [{ streamId, expected: expectLoaded(stream), events: decision.events.map((event) => ({ event, occurredAt: dueAt, shopId })) }],
  };
}

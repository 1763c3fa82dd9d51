// Launch streams as they are loaded and appended to.
import { type EpochMs, expectLoaded, fold, type LoadedStream, type StreamAppend } from '@deskfleet/event-store';
import { ShopWentLive } from '@deskfleet/protocol/onboarding';
import { type Agreement, type AgreementEvent, agreementOf } from './agreement.ts';
import { launchUnder } from './launch.ts';
import type { Launch, LaunchEvent } from './state.ts';

export const launchStream = (contractId: string): string => `launch-${contractId}`;

/** The contract of a loaded contract stream; undefined when there is none. */
export function agreementIn(stream: LoadedStream | undefined): Agreement | undefined {
  return agreementOf((stream?.events ?? []).map(({ event }) => event as AgreementEvent));
}

/** The events of a loaded launch stream. */
export function launchEvents(stream: LoadedStream | undefined): readonly LaunchEvent[] {
  return (stream?.events ?? []).map(({ event }) => event as LaunchEvent);
}

export function launchIn(of: Agreement, stream: LoadedStream | undefined): Launch {
  return fold(launchUnder(of), launchEvents(stream));
}

/** Appends what happened as the stream was loaded. A shop's own going live is that shop's event, all else the first shop's: who sees it sees these. */
export function launchAppend(of: Agreement, stream: LoadedStream, events: readonly LaunchEvent[], now: EpochMs): StreamAppend {
  const shopOf = (event: LaunchEvent): string => (event.$type === ShopWentLive.$type ? event.shopId : (of.shopIds[0] ?? ''));
  return {
    streamId: stream.streamId,
    expected: expectLoaded(stream),
    events: events.map((event) => ({ event, occurredAt: now, shopId: shopOf(event) })),
  };
}

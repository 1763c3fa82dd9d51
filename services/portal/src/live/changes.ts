// What changed, read off the services' logs: the topic by whose log it is, vendor and shop by the event's meta. Nothing else is decoded.
import { EventFeedServiceDefinition } from '@deskfleet/protocol/feed';
import { EventMeta } from '@deskfleet/protocol/platform';
import type { Kit, ServiceName } from '@deskfleet/service-kit';
import type { Follow } from './hub.ts';

export interface Change {
  readonly topic: string;
  readonly vendorId: string;
  /** Empty: the vendor's, of no shop. */
  readonly shopId: string;
}

/** What the screens show of each service's events. */
const TOPICS: Readonly<Record<ServiceName, readonly string[]>> = {
  'client-onboarding': ['shops'],
  'agent-pools': ['people'],
  conversations: ['conversations'],
  'sla-monitoring': ['sla', 'floor'],
  'qa-inspection': ['qa'],
  billing: ['billing'],
  portal: ['access'],
};

/** A service that is away is asked again after this long. */
const AGAIN_MS = 2_000;

export function followLogs(kit: Pick<Kit, 'client' | 'log'>): Follow {
  return (onChange, signal) => {
    for (const service of Object.keys(TOPICS) as ServiceName[]) {
      void followOne(kit, service, onChange, signal);
    }
  };
}

async function followOne(kit: Pick<Kit, 'client' | 'log'>, service: ServiceName, onChange: Parameters<Follow>[0], signal: AbortSignal): Promise<void> {
  const feed = kit.client(service, EventFeedServiceDefinition, 'self');
  while (!signal.aborted) {
    try {
      const { position: after, source } = await feed.head({}, { signal });
      for await (const page of feed.read({ after, source, follow: true }, { signal })) {
        for (const { meta } of page.events) {
          const { vendorId, shopId } = EventMeta.decode(meta);
          for (const topic of TOPICS[service]) onChange({ topic, vendorId, shopId });
        }
      }
    } catch (error) {
      if (!signal.aborted) kit.log.debug({ err: error, service }, 'live updates wait for the service');
    }
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS).unref());
  }
}

// What the portal's routes work with. main.ts builds the parts; nothing else knows all of them.
import type { Kit } from '@deskfleet/service-kit';
import type { AccessDesk } from './access/desk.ts';
import type { ShopSets } from './access/shop-sets.ts';
import type { PortalConfig } from './config.ts';
import type { Files } from './files/files.ts';
import type { LiveHub } from './live/hub.ts';
import type { Inbox } from './notifications/inbox.ts';
import type { Samples } from './operations/samples.ts';
import type { Sessions } from './sign-in/session.ts';
import type { Webhooks } from './webhooks/desk.ts';

/** The services behind the portal. */
export type Backend = Pick<Kit, 'client'>;

export interface SettleAnswer {
  readonly settled: boolean;
  readonly rounds: number;
  readonly elapsedMs: number;
  /** What still waits or is parked, by service, when it did not settle. */
  readonly held: readonly { readonly service: string; readonly reason: string }[];
}

export interface ServiceState {
  readonly service: string;
  readonly ready: boolean;
  readonly source: string;
  readonly position: number;
  readonly settled: boolean;
  readonly held: string;
}

export interface Portal {
  readonly config: PortalConfig;
  readonly backend: Backend;
  readonly access: AccessDesk;
  readonly shopSets: ShopSets;
  readonly files: Files;
  readonly inbox: Inbox;
  readonly webhooks: Webhooks;
  readonly sessions: Sessions;
  readonly live: LiveHub;
  settle(deadlineMs: number): Promise<SettleAnswer>;
  /** Every service's state, asked now. */
  services(): Promise<readonly ServiceState[]>;
  /** How every service went in the last hour. */
  readonly samples: Samples;
  now(): number;
}

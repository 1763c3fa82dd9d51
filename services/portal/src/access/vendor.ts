// A vendor, founded once. Stream: vendor-<id>.
import { accept, type Decider } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import { VendorFounded } from '@deskfleet/protocol/access';

export function isVendorFounded(event: UnknownMessage): event is VendorFounded {
  return event.$type === VendorFounded.$type;
}

export interface Vendor {
  readonly founded: boolean;
}

export interface FoundVendor {
  readonly vendorId: string;
  readonly name: string;
}

export const vendor: Decider<FoundVendor, VendorFounded, Vendor> = {
  initial: { founded: false },
  evolve: () => ({ founded: true }),
  decide: (state, { vendorId, name }) => (state.founded ? accept() : accept(VendorFounded.create({ vendorId, name }))),
};

// A vendor, founded once. Stream: vendor-<id>.
import { accept, type Decider } from '@deskfleet/event-store';
import { VendorFounded } from '@deskfleet/protocol/access';

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

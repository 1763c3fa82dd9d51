// ContractSigned. Version 1 did not say whether service begins with a go-live; billing went by whether a trial or batches were agreed. A renewal, which
// has neither, cannot be told from another contract of version 1, so that this stays the rule for all of them.
import { encode } from '@deskfleet/protocol';
import { ContractSigned } from '@deskfleet/protocol/onboarding';
import type { Upcaster } from '../upcasting.ts';

export const contractSigned: Upcaster = {
  type: ContractSigned.$type,
  version: 2,
  upcast(data) {
    const former = ContractSigned.decode(data);
    const awaitsGoLive = former.terms?.trial !== undefined || (former.terms?.batches ?? []).length > 0;
    const today: ContractSigned = { ...former, awaitsGoLive };
    return { type: ContractSigned.$type, data: encode(today) };
  },
};

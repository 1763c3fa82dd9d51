// When nothing more may happen: service has ended, or the contract's last day is over.
import { type Refused, refuse } from '@deskfleet/event-store';
import { type Agreement, endOf } from './agreement.ts';
import type { Launch } from './state.ts';

export type EndedRefusal = 'contract-not-signed' | 'contract-terminated' | 'trial-failed' | 'service-ended' | 'contract-over';

/**
 * Refused when the contract is no contract yet, or its service is over at this instant; `withNotice`: as soon as its end is set, too.
 * Undefined when it runs.
 */
export function ended(of: Agreement, { ending }: Launch, now: number, { withNotice = false } = {}): Refused<EndedRefusal> | undefined {
  if (of.status === 'draft') return refuse('contract-not-signed', { number: of.number, waitsFor: 'vendor-operations' });
  if (ending.status === 'set' && (withNotice || ending.serviceEndsAt <= now)) {
    const { how, serviceEndsAt } = ending;
    if (ending.serviceEndsAt <= now && !withNotice) return refuse('service-ended', { serviceEndsAt, happened: 'ServiceEndSet' });
    return how === 'trial-failed'
      ? refuse('trial-failed', { serviceEndsAt, happened: 'TrialFailed' })
      : refuse('contract-terminated', { serviceEndsAt, happened: 'ContractTerminated' });
  }
  const { endsOn } = of.terms;
  return endsOn !== '' && endOf(endsOn, of) <= now ? refuse('contract-over', { endsOn }) : undefined;
}

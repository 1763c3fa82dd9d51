// What waits in the whole house: every service is asked at once; one that is away makes the list partial, not empty.
import { AgentPoolServiceDefinition } from '@deskfleet/protocol/agents-service';
import { BillingServiceDefinition } from '@deskfleet/protocol/billing-service';
import type { WaitingItem } from '@deskfleet/protocol/common';
import { ConversationServiceDefinition } from '@deskfleet/protocol/conversations-service';
import { CareServiceDefinition } from '@deskfleet/protocol/onboarding-care';
import { LaunchServiceDefinition } from '@deskfleet/protocol/onboarding-launch';
import { OnboardingServiceDefinition } from '@deskfleet/protocol/onboarding-service';
import { QaServiceDefinition } from '@deskfleet/protocol/qa-service';
import { SlaServiceDefinition } from '@deskfleet/protocol/sla-service';
import type { Caller } from '@deskfleet/service-kit';
import type { Portal } from '../portal.ts';
import { type Json, toHttp } from './json.ts';

/** A slow service does not hold the others' items back. */
const WITHIN_MS = 2_000;
/** What fits one screen: the oldest; the others are counts by kind. */
const SHOWN = 50;

export interface Waiting {
  readonly items: readonly { readonly [key: string]: Json }[];
  /** How many wait in all, and those that are not among `items`. */
  readonly total: number;
  readonly rest: number;
  readonly away: readonly string[];
  readonly asOf: number;
}

export async function waitingOfAll({ backend, now }: Portal, caller: Caller, shopIds: readonly string[], aborted: AbortSignal): Promise<Waiting> {
  const request = { shopIds: [...shopIds] };
  const options = { signal: AbortSignal.any([aborted, AbortSignal.timeout(WITHIN_MS)]) };
  const asked = [
    ['client-onboarding', backend.client('client-onboarding', OnboardingServiceDefinition, caller).listWaiting(request, options)],
    ['client-onboarding', backend.client('client-onboarding', CareServiceDefinition, caller).listWaiting(request, options)],
    ['client-onboarding', backend.client('client-onboarding', LaunchServiceDefinition, caller).listWaiting(request, options)],
    ['agent-pools', backend.client('agent-pools', AgentPoolServiceDefinition, caller).listWaiting(request, options)],
    ['conversations', backend.client('conversations', ConversationServiceDefinition, caller).listWaiting(request, options)],
    ['sla-monitoring', backend.client('sla-monitoring', SlaServiceDefinition, caller).listWaiting(request, options)],
    ['qa-inspection', backend.client('qa-inspection', QaServiceDefinition, caller).listWaiting(request, options)],
    ['billing', backend.client('billing', BillingServiceDefinition, caller).listWaiting(request, options)],
  ] as const;
  const answers = await Promise.allSettled(asked.map(([, answer]) => answer));
  const items: WaitingItem[] = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value.items : []));
  const shown = items.sort((a, b) => a.since - b.since).slice(0, SHOWN);
  const total = answers.reduce((n, answer) => n + (answer.status === 'fulfilled' ? answer.value.total : 0), 0);
  return {
    items: shown.map((item) => toHttp(item)),
    total,
    rest: total - shown.length,
    away: [...new Set(asked.flatMap(([service], index) => (answers[index]?.status === 'rejected' ? [service] : [])))],
    asOf: now(),
  };
}

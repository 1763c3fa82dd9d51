// Ctrl K: shops and agents by name, code, pinyin or initials; ids and numbers that were pasted open their page. Every service is asked with the
// caller's own rights, so that one finds what one may open and nothing else.
import { contractIdOf } from '@deskfleet/protocol';
import { AgentPoolServiceDefinition } from '@deskfleet/protocol/agents-service';
import { BillingServiceDefinition } from '@deskfleet/protocol/billing-service';
import { ConversationServiceDefinition } from '@deskfleet/protocol/conversations-service';
import { OnboardingServiceDefinition } from '@deskfleet/protocol/onboarding-service';
import { QaServiceDefinition } from '@deskfleet/protocol/qa-service';
import { SlaServiceDefinition } from '@deskfleet/protocol/sla-service';
import type { Caller } from '@deskfleet/service-kit';
import { normalized, spellingsOf } from '@deskfleet/spelling';
import { Type } from 'typebox';
import type { Portal } from '../../portal.ts';
import { problemOf } from '../problems.ts';
import { EVERYONE, route } from '../route.ts';

const MAX_QUERY = 80;
/** Of shops and of agents. */
const SHOWN = 8;
const SPELLINGS_KEPT = 5_000;

const foundSchema = Type.Object(
  {
    kind: Type.Union(['shop', 'agent', 'contract', 'conversation', 'breach', 'invoice', 'sample', 'inspection'].map((kind) => Type.Literal(kind))),
    id: Type.String(),
    name: Type.String({ description: 'what it is called' }),
    about: Type.String({ description: "a shop's code and client, an agent's presence" }),
    path: Type.String({ description: 'the page that shows it' }),
  },
  { $id: 'Found', title: 'Found' },
);

interface Found {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly path: string;
}

export const searchSchemas = [foundSchema];

export const searchRoute = route(
  {
    method: 'GET',
    url: '/search',
    operationId: 'search',
    tag: 'System',
    summary: 'Shops and agents by name, code, pinyin or initials; ids and numbers',
    description: 'At most 8 shops and 8 agents. An id or number (conversation, contract, invoice, breach, sample, inspection) is found when it is whole.',
    access: EVERYONE,
    query: Type.Object({ q: Type.String({ minLength: 1, maxLength: MAX_QUERY }) }, { additionalProperties: false }),
    answer: Type.Object({
      found: Type.Array(Type.Ref('Found#')),
      away: Type.Boolean({ description: 'a service did not answer: more may be there' }),
    }),
  },
  async ({ portal, caller, query, signal }) => {
    const typed = query.q.trim();
    const asked: Promise<readonly Found[]>[] = [pasted(portal, caller, typed, signal), shops(portal, caller, typed, signal)];
    if (caller.role === 'vendor-operations' || caller.role === 'team-lead') asked.push(agents(portal, caller, typed, signal));
    const answers = await Promise.allSettled(asked);
    return {
      found: answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : [])),
      away: answers.some((answer) => answer.status === 'rejected'),
    };
  },
);

async function shops({ backend }: Portal, caller: Caller, typed: string, signal: AbortSignal): Promise<readonly Found[]> {
  if (normalized(typed) === '') return [];
  const onboarding = backend.client('client-onboarding', OnboardingServiceDefinition, caller);
  const answer = await onboarding.listShops({ search: typed, page: { size: SHOWN } }, { signal });
  return answer.shops.map((shop) => ({
    kind: 'shop',
    id: shop.shopId,
    name: shop.name || shop.code,
    about: [shop.code, shop.clientName].filter(Boolean).join(' · '),
    path: shop.contractId === '' ? `/shops?shops=${shop.shopId}` : `/contracts/${shop.contractId}?shops=${shop.shopId}`,
  }));
}

/** Names are spelled once, the most recent ones are kept. */
const spelled = new Map<string, string>();

function spellingOf(name: string): string {
  const known = spelled.get(name);
  if (known !== undefined) return known;
  if (spelled.size >= SPELLINGS_KEPT) spelled.delete(spelled.keys().next().value ?? '');
  const spelling = spellingsOf(name);
  spelled.set(name, spelling);
  return spelling;
}

async function agents({ backend }: Portal, caller: Caller, typed: string, signal: AbortSignal): Promise<readonly Found[]> {
  const wanted = normalized(typed);
  if (wanted === '') return [];
  const answer = await backend.client('agent-pools', AgentPoolServiceDefinition, caller).listAgents({}, { signal });
  const at = (name: string): number => ` ${spellingOf(name)}`.indexOf(` ${wanted}`);
  return answer.agents
    .filter(({ name }) => spellingOf(name).includes(wanted))
    .sort((a, b) => Number(at(a.name) < 0) - Number(at(b.name) < 0) || a.name.length - b.name.length)
    .slice(0, SHOWN)
    .map(({ agentId, name }) => ({ kind: 'agent', id: agentId, name, about: agentId, path: `/accounts?agent=${agentId}` }));
}

/** What an id or number opens, when it is there and the caller may see it. */
async function pasted({ backend }: Portal, caller: Caller, typed: string, signal: AbortSignal): Promise<readonly Found[]> {
  const options = { signal };
  const one = (kind: string, path: string) => [{ kind, id: typed, name: typed, about: '', path: `/${path}/${encodeURIComponent(typed)}` }];
  const lookups: readonly [RegExp, () => Promise<readonly Found[]>][] = [
    [
      /^cv_[a-z2-7]{26}$/,
      async () => {
        await backend.client('conversations', ConversationServiceDefinition, caller).getConversation({ conversationId: typed }, options);
        return one('conversation', 'conversations');
      },
    ],
    [
      /^br_/,
      async () => {
        await backend.client('sla-monitoring', SlaServiceDefinition, caller).getBreach({ breachId: typed }, options);
        return one('breach', 'breaches');
      },
    ],
    [
      /^sa_/,
      async () => {
        await backend.client('qa-inspection', QaServiceDefinition, caller).getSample({ sampleId: typed }, options);
        return one('sample', 'samples');
      },
    ],
    [
      /^as_/,
      async () => {
        await backend.client('qa-inspection', QaServiceDefinition, caller).getInspection({ assignmentId: typed }, options);
        return one('inspection', 'inspections');
      },
    ],
    [
      /^DF-\d{6}-\d+$/i,
      async () => {
        const { number } = await backend.client('billing', BillingServiceDefinition, caller).getInvoice({ number: typed.toUpperCase() }, options);
        return [{ kind: 'invoice', id: number, name: number, about: '', path: `/invoices/${encodeURIComponent(number)}` }];
      },
    ],
    [
      /^\S{1,64}$/,
      async () => {
        // A contract's id follows from its number.
        const contractId = /^ct_[a-z2-7]{26}$/.test(typed) ? typed : contractIdOf(caller.vendorId, typed);
        const contract = await backend.client('client-onboarding', OnboardingServiceDefinition, caller).getContract({ contractId }, options);
        return [{ kind: 'contract', id: contractId, name: contract.number, about: contract.clientName, path: `/contracts/${contractId}` }];
      },
    ],
  ];
  const lookup = lookups.find(([form]) => form.test(typed))?.[1];
  if (lookup === undefined) return [];
  // Not there and not one's own answer alike: nothing found.
  return lookup().catch((error: unknown) => {
    if (REFUSED.has(problemOf(error)?.status ?? 500)) return [];
    throw error;
  });
}

const REFUSED: ReadonlySet<number> = new Set([403, 404, 422]);

// Where exported rows come from: pages of a service's list, asked with the caller's own rights, and the names of the ids in them.
import { AgentPoolServiceDefinition } from '@deskfleet/protocol/agents-service';
import { OnboardingServiceDefinition, type Shop } from '@deskfleet/protocol/onboarding-service';
import type { Caller } from '@deskfleet/service-kit';
import { BadField } from '../http/json.ts';
import type { Backend } from '../portal.ts';
import type { Language, Names } from './columns.ts';
import { exportWord } from './words.ts';

/** A longer list is a job, which there is none for yet: it is refused with its length where that is known. */
const MAX_ROWS = 100_000;

export interface ListSource {
  readonly backend: Backend;
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

export interface ListPage<Row> {
  readonly rows: readonly Row[];
  readonly nextToken: string;
  readonly total?: number;
}

/** All rows; the first page is there when this answers, so that a refusal is still a refusal and no broken file. */
export async function allRows<Row>(fetchPage: (token: string) => Promise<ListPage<Row>>): Promise<AsyncGenerator<Row>> {
  const first = await fetchPage('');
  if ((first.total ?? 0) > MAX_ROWS) tooMany(String(first.total));
  return rest(first, fetchPage);
}

async function* rest<Row>(first: ListPage<Row>, fetchPage: (token: string) => Promise<ListPage<Row>>): AsyncGenerator<Row> {
  let count = 0;
  for (let page = first; ; page = await fetchPage(page.nextToken)) {
    count += page.rows.length;
    if (count > MAX_ROWS) tooMany(`more than ${MAX_ROWS}`);
    yield* page.rows;
    if (page.nextToken === '') return;
  }
}

function tooMany(found: string): never {
  throw new BadField('rows', found, `at most ${MAX_ROWS}: choose fewer days or shops`);
}

/** The names the caller may read: a client is told accounts, not people. */
export async function namesFor({ backend, caller, signal }: ListSource, language: Language): Promise<Names> {
  const shops = new Map<string, Shop>();
  const onboarding = backend.client('client-onboarding', OnboardingServiceDefinition, caller);
  for (let token = '', more = true; more; more = token !== '') {
    const answer = await onboarding.listShops({ page: { size: 200, token } }, { signal });
    for (const shop of answer.shops) shops.set(shop.shopId, shop);
    token = answer.nextToken;
  }
  const people = caller.role === 'client' ? [] : (await backend.client('agent-pools', AgentPoolServiceDefinition, caller).listAgents({}, { signal })).agents;
  const agents = new Map(people.map(({ agentId, name }) => [agentId, name]));
  return {
    language,
    shop: (shopId) => {
      const shop = shops.get(shopId);
      return { code: shop?.code ?? shopId, name: shop?.name || shop?.code || shopId, zone: shop?.zone ?? '' };
    },
    agent: (key) => {
      const [kind = '', ...rest] = key.split(':');
      const id = rest.length === 0 ? kind : rest.join(':');
      return agents.get(id) ?? (kind === 'none' ? '' : id);
    },
    word: (code) => exportWord(code, language),
  };
}

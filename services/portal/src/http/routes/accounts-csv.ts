// Accounts in and out as CSV: shop, account, party, agent_id, from, to. What goes out can come in again.
import { shopIdOf } from '@deskfleet/protocol';
import { type Account, AgentPoolServiceDefinition, MapAccountsRequest } from '@deskfleet/protocol/agents-service';
import { OnboardingServiceDefinition } from '@deskfleet/protocol/onboarding-service';
import type { Caller, Role } from '@deskfleet/service-kit';
import { Type } from 'typebox';
import type { Portal } from '../../portal.ts';
import { csvOf, parseCsv } from '../csv.ts';
import { BadField, fromHttp, toHttp } from '../json.ts';
import { type Route, rawBody, route, VENDOR } from '../route.ts';
import type { Components } from '../schema.ts';

const HEADER = ['shop', 'account', 'party', 'agent_id', 'from', 'to'];
const MAX_ROWS = 500;
const MAX_BYTES = 262_144;
const PARTIES = ['agent', 'bot', 'shop-staff'];
const MAPPERS: readonly Role[] = ['vendor-operations', 'team-lead'];

export const accountsCsv = route(
  {
    method: 'GET',
    url: '/accounts.csv',
    operationId: 'exportAccounts',
    tag: 'Agents and accounts',
    summary: 'All accounts as CSV, a row per mapping; unmapped ones with an empty party',
    access: VENDOR,
    produces: 'text/csv',
    answer: Type.String(),
  },
  async ({ portal, caller, signal, reply }) => {
    const codes = await shopCodes(portal, caller, signal);
    reply.header('content-disposition', 'attachment; filename="accounts.csv"');
    const rows: (string | number)[][] = [];
    for await (const account of everyAccount(portal, caller, signal)) rows.push(...rowsOf(account, codes));
    return csvOf([...HEADER, 'messages'], rows);
  },
);

export function importAccountsCsv(components: Components): Route {
  return route(
    {
      method: 'POST',
      url: '/accounts.csv',
      operationId: 'importAccounts',
      tag: 'Agents and accounts',
      summary: 'Map accounts by CSV: at most 500 rows, all or nothing',
      description:
        'Columns shop (code), account, party (agent, bot, shop-staff), agent_id (agents only), from and to (RFC 3339, empty = open). Rows with an empty party are left as they are.',
      access: MAPPERS,
      body: rawBody('text/csv', 'header and rows'),
      consumes: 'text/csv',
      bodyLimit: MAX_BYTES,
      answer: components.ref('deskfleet.agents.v1.MapAccountsResponse', 'answer'),
    },
    async ({ portal, caller, body, commandId, signal }) => {
      const mappings = mappingsOf(body.toString('utf8'), caller.vendorId);
      const message = MapAccountsRequest.fromPartial({ ...fromHttp('deskfleet.agents.v1.MapAccountsRequest', { mappings }), commandId });
      const agents = portal.backend.client('agent-pools', AgentPoolServiceDefinition, caller);
      return toHttp(await agents.mapAccounts(message, { signal }));
    },
  );
}

/** The codes of all shops the caller sees, by id. */
export async function shopCodes({ backend }: Portal, caller: Caller, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const onboarding = backend.client('client-onboarding', OnboardingServiceDefinition, caller);
  const codes = new Map<string, string>();
  let token = '';
  do {
    const page = { size: 200, token };
    const answer = await onboarding.listShops({ page }, { signal });
    for (const { shopId, code } of answer.shops) codes.set(shopId, code);
    token = answer.nextToken;
  } while (token !== '');
  return codes;
}

async function* everyAccount({ backend }: Portal, caller: Caller, signal: AbortSignal): AsyncGenerator<Account> {
  const agents = backend.client('agent-pools', AgentPoolServiceDefinition, caller);
  let token = '';
  do {
    const page = { size: 200, token };
    const answer = await agents.listAccounts({ page }, { signal });
    yield* answer.accounts;
    token = answer.nextToken;
  } while (token !== '');
}

function rowsOf(account: Account, codes: ReadonlyMap<string, string>): (string | number)[][] {
  const shop = codes.get(account.shopId) ?? account.shopId;
  if (account.mappings.length === 0) return [[shop, account.account, '', '', '', '', account.messages]];
  return account.mappings.map((mapping) => [
    shop,
    account.account,
    String(toHttp(mapping)['party']),
    mapping.agentId,
    instantText(mapping.fromAt),
    instantText(mapping.toAt),
    account.messages,
  ]);
}

function instantText(at: number): string {
  return at === 0 ? '' : new Date(at).toISOString();
}

function mappingsOf(text: string, vendorId: string): readonly Record<string, unknown>[] {
  const [head, ...rows] = parseCsv(text);
  const columns = head?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  const missing = ['shop', 'account', 'party'].filter((name) => !columns.includes(name));
  if (missing.length > 0) throw new BadField('line 1', columns.join(','), `a header with ${HEADER.join(',')}`);
  if (rows.length > MAX_ROWS) throw new BadField('lines', `${rows.length} rows`, `at most ${MAX_ROWS}`);
  return rows.flatMap(({ line, cells }) => {
    const cell = (name: string): string => cells[columns.indexOf(name)]?.trim() ?? '';
    const party = cell('party');
    if (party === '') return [];
    if (!PARTIES.includes(party)) throw new BadField(`line ${line}, party`, party, PARTIES.join(', '));
    if (cell('account') === '') throw new BadField(`line ${line}, account`, '', 'the sender_id on the platform');
    if (cell('shop') === '') throw new BadField(`line ${line}, shop`, '', "a shop's code");
    return [
      {
        shopId: shopIdOf(vendorId, cell('shop')),
        account: cell('account'),
        party,
        agentId: cell('agent_id'),
        fromAt: instantOf(cell('from'), `line ${line}, from`),
        toAt: instantOf(cell('to'), `line ${line}, to`),
      },
    ];
  });
}

/** An instant with its zone; a date without one would be another instant on another machine. */
export function instantOf(text: string, field: string): number {
  if (text === '') return 0;
  const at = /(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new BadField(field, text, 'an instant with its zone, such as 2026-03-05T10:00:00+08:00');
  return at;
}

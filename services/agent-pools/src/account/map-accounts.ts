// Maps a batch of accounts, all or none. Every mapping that cannot stand is named by its place in the batch.
import { fold, type LoadedStream, type StreamAppend } from '@deskfleet/event-store';
import type { AccountMapped } from '@deskfleet/protocol/agents';
import { type AccountMapping, MapAccountsRequest, MapAccountsResponse } from '@deskfleet/protocol/agents-service';
import { type Caller, type CommandResult, type Kit, refuseCall } from '@deskfleet/service-kit';
import { findShops } from '../queries/shops.ts';
import { type Account, account } from './account.ts';

const MAX_MAPPINGS = 500;
const MAX_ACCOUNT_CHARACTERS = 200;
/** Problems an answer lists; more are counted by trying again. */
const MAX_PROBLEMS = 20;

interface Problem {
  readonly field: string;
  readonly found: unknown;
  readonly expected: unknown;
}

const accountStream = ({ shopId, account: name }: AccountMapping): string => `account-${shopId}-${name}`;
const agentStream = (agentId: string): string => `agent-${agentId}`;

export async function mapAccounts(kit: Kit, caller: Caller, request: MapAccountsRequest): Promise<CommandResult<MapAccountsResponse>> {
  const { mappings } = request;
  if (mappings.length === 0 || mappings.length > MAX_MAPPINGS) {
    refuseCall('mappings-too-many', { field: 'mappings', found: mappings.length, expected: `1 to ${MAX_MAPPINGS}` });
  }
  const shops = await kit.read(caller, (tx) => findShops(tx, [...new Set(mappings.map(({ shopId }) => shopId))]));
  const agentIds = new Set(mappings.map(({ agentId }) => agentId).filter((id) => id !== ''));
  return kit.command({
    caller,
    commandId: request.commandId,
    content: MapAccountsRequest.encode({ ...request, commandId: '' }).finish(),
    answer: MapAccountsResponse,
    streams: [...new Set(mappings.map(accountStream)), ...[...agentIds].map(agentStream)],
    decide(streams, now) {
      const hired = new Set([...agentIds].filter((id) => (streams.get(agentStream(id))?.version ?? 0) > 0));
      const { events, unchanged, problems } = decideAll(mappings, streams, shops, hired);
      if (problems.length > 0) return { accepted: false, code: 'mappings-invalid', facts: { problems: problems.slice(0, MAX_PROBLEMS) } };
      const appends = [...events].map(([streamId, mapped]): StreamAppend => {
        const version = streams.get(streamId)?.version ?? 0;
        return {
          streamId,
          expected: version === 0 ? 'none' : { exactly: version },
          events: mapped.map((event) => ({ event, occurredAt: now, shopId: event.shopId })),
        };
      });
      return { appends, answer: MapAccountsResponse.create({ mapped: mappings.length - unchanged, unchanged }) };
    },
  });
}

function decideAll(mappings: readonly AccountMapping[], streams: ReadonlyMap<string, LoadedStream>, shops: ReadonlySet<string>, hired: ReadonlySet<string>) {
  const states = new Map<string, Account>();
  const events = new Map<string, AccountMapped[]>();
  const problems: Problem[] = [];
  let unchanged = 0;
  mappings.forEach((mapping, index) => {
    const streamId = accountStream(mapping);
    const state = states.get(streamId) ?? fold(account, streams.get(streamId)?.events.map(({ event }) => event as AccountMapped) ?? []);
    const { $type: _, ...fields } = mapping;
    const problem = problemOf(mapping, shops, hired);
    const decision = account.decide(state, { kind: 'map', ...fields });
    if (problem !== undefined) problems.push(placed(index, problem));
    else if (!decision.accepted) problems.push(placed(index, decision.facts));
    else if (decision.events.length === 0) unchanged++;
    else {
      states.set(streamId, decision.events.reduce(account.evolve, state));
      events.set(streamId, [...(events.get(streamId) ?? []), ...decision.events]);
    }
  });
  return { events, unchanged, problems };
}

function problemOf(mapping: AccountMapping, shops: ReadonlySet<string>, hired: ReadonlySet<string>): Problem | undefined {
  const { shopId, account: name, agentId } = mapping;
  if (!shops.has(shopId)) return { field: 'shopId', found: shopId, expected: "one of the vendor's shops" };
  if (name === '' || name.length > MAX_ACCOUNT_CHARACTERS) {
    return { field: 'account', found: `${name.length} characters`, expected: `1 to ${MAX_ACCOUNT_CHARACTERS} characters` };
  }
  if (agentId !== '' && !hired.has(agentId)) return { field: 'agentId', found: agentId, expected: 'an agent who was hired' };
  return undefined;
}

function placed(index: number, { field, found, expected }: Readonly<Record<string, unknown>> | Problem): Problem {
  return { field: `mappings[${index}].${String(field)}`, found, expected };
}

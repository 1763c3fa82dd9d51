// Loading, judging and appending launches: what every command on one shares, and how it is read.
import { type EpochMs, fold, type LoadedStream, type RecordedEvent, type Refused, type StreamAppend } from '@deskfleet/event-store';
import { CommandReceipt } from '@deskfleet/protocol/common';
import { ServiceEndSet } from '@deskfleet/protocol/onboarding';
import { dateOf } from '@deskfleet/service-hours';
import { type Caller, type Kit, notFound, seesShop, unwrap } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { withWhen } from '../happened.ts';
import type { Agreement, AgreementEvent } from '../launch/agreement.ts';
import { type Since, sinceAfter } from '../launch/history.ts';
import { type LaunchCommand, launchUnder } from '../launch/launch.ts';
import type { Launch, LaunchEvent } from '../launch/state.ts';
import { agreementIn, launchAppend, launchIn, launchStream } from '../launch/stream.ts';
import type { LaunchRow } from '../projections/launches.ts';
import { shop } from '../shop/shop.ts';
import { contractStream, shopStream, streamsOf } from '../streams.ts';

export interface Asked {
  readonly commandId: string;
  readonly contractId: string;
  readonly content: Uint8Array;
  /** The contract's shops, where the command may end its service: their own streams then say so in the same append. */
  readonly shopIds?: readonly string[];
}

/** What is asked of the launch, or why this caller may not ask it; made from the contract as it stands. */
export type MakeCommand = (of: Agreement, now: EpochMs) => LaunchCommand | Refused;

/** Runs a command on a contract's launch. What is refused because of something that happened says when it was, and which side did it. */
export async function onLaunch(kit: Kit, caller: Caller, asked: Asked, make: MakeCommand): Promise<CommandReceipt> {
  const [contract, launched] = [contractStream(asked.contractId), launchStream(asked.contractId)];
  const { at } = unwrap(
    await kit.command({
      caller,
      commandId: asked.commandId,
      content: asked.content,
      answer: CommandReceipt,
      streams: [contract, launched, ...(asked.shopIds ?? []).map(shopStream)],
      decide(loaded, now) {
        const of = visible(caller, agreementIn(loaded.get(contract)));
        const stream = loaded.get(launched);
        if (of === undefined || stream === undefined) return { accepted: false, code: 'contract-not-found', facts: { id: asked.contractId } };
        const command = make(of, now);
        if ('accepted' in command) return command;
        const decision = launchUnder(of).decide(launchIn(of, stream), command);
        // Of two who raced, the one who lost is told when the other acted, and which side it was.
        if (!decision.accepted)
          return withWhen(decision, stream, { [decision.code]: `deskfleet.onboarding.v1.${String(decision.facts['happened'])}` }, of.terms.zone);
        const appends = [launchAppend(of, stream, decision.events, now), ...shopsEnded(of, loaded, decision.events, now)];
        return { appends, answer: CommandReceipt.create() };
      },
    }),
  );
  return CommandReceipt.create({ at });
}

/** With the end of service each shop is free for another contract from the day after. */
function shopsEnded(of: Agreement, loaded: ReadonlyMap<string, LoadedStream>, events: readonly LaunchEvent[], now: EpochMs): StreamAppend[] {
  const end = events.find((event) => event.$type === ServiceEndSet.$type);
  if (end?.$type !== ServiceEndSet.$type) return [];
  const streams = streamsOf(loaded, now);
  // The last day on which it still runs: an end at midnight ends the day before.
  const endsOn = dateOf(end.serviceEndsAt - 1, of.terms.zone);
  return of.shopIds.flatMap((shopId) => {
    const decision = shop.decide(fold(shop, streams.shop(shopId)), { kind: 'end-contract', shopId, contractId: of.contractId, endsOn });
    return decision.accepted && decision.events.length > 0 ? [streams.append(shopStream(shopId), decision.events, shopId)] : [];
  });
}

/** A contract that is not the caller's reads as not existing. */
function visible(caller: Caller, of: Agreement | undefined): Agreement | undefined {
  if (of === undefined || (caller.role === 'client' && caller.clientId !== of.clientId)) return undefined;
  return of.shopIds.some((shopId) => seesShop(caller, shopId)) ? of : undefined;
}

/** The contract a command is about to be made for, as its stream says it: a command may come before any read model has heard of the contract. */
export async function agreementFor(kit: Kit, caller: Caller, contractId: string): Promise<Agreement> {
  const streamId = contractStream(contractId);
  const streams = await kit.store.load(caller.vendorId, [streamId]);
  return visible(caller, agreementIn(streams.get(streamId))) ?? notFound('contract', contractId);
}

export interface Read {
  readonly of: Agreement;
  readonly launch: Launch;
  readonly since: Since;
  readonly events: readonly RecordedEvent<LaunchEvent>[];
}

/** One launch as its streams say it, for whoever may see one of its contract's shops: row level security decides, the streams then tell. */
export async function readLaunch(kit: Kit, caller: Caller, contractId: string): Promise<Read> {
  const { rows } = await kit.read(caller, (tx) =>
    sql<Pick<LaunchRow, 'contract_id'>>`
      select contract_id from launches where vendor_id = ${caller.vendorId} and contract_id = ${contractId}
      union all select contract_id from shop_contracts where vendor_id = ${caller.vendorId} and contract_id = ${contractId} limit 1`.execute(tx),
  );
  if (rows.length === 0) return notFound('contract', contractId);
  const streams = await kit.store.load(caller.vendorId, [contractStream(contractId), launchStream(contractId)]);
  const [contract, stream] = [streams.get(contractStream(contractId)), streams.get(launchStream(contractId))];
  const of = visible(caller, agreementIn(contract));
  if (of === undefined || stream === undefined) return notFound('contract', contractId);
  const events = stream.events as readonly RecordedEvent<LaunchEvent>[];
  let since: Since = {};
  for (const { event, occurredAt } of contract?.events ?? []) if (isOfContract(event)) since = sinceAfter(since, event, occurredAt);
  for (const { event, occurredAt } of events) since = sinceAfter(since, event, occurredAt);
  return { of, launch: launchIn(of, stream), since, events };
}

const SIGNATURES = new Set(['ContractDrafted', 'ContractDraftRevised', 'ContractSigned', 'ContractImported'].map((name) => `deskfleet.onboarding.v1.${name}`));

function isOfContract(event: { readonly $type: string }): event is AgreementEvent {
  return SIGNATURES.has(event.$type);
}

export interface WaitingRow {
  readonly contract_id: string;
  /** Of the contract. */
  readonly shop_ids: readonly string[];
  readonly steps: LaunchRow['steps'];
}

/**
 * The launches in which something waits for this caller's side; a client is told what waits for the client only. A launch's row is its contract's first
 * shop's; whoever sees another of the contract's shops only is given the row by the contract, which row level security shows by each of its shops.
 */
export async function waitingLaunches(kit: Kit, caller: Caller, shopIds: readonly string[] | 'all'): Promise<readonly WaitingRow[]> {
  const whose = caller.role === 'client' ? sql`waits_client > 0` : sql`(waits_vendor > 0 or waits_client > 0)`;
  const of = shopIds === 'all' ? sql`true` : sql`jsonb_exists_any(agreement -> 'shopIds', ${[...shopIds]}::text[])`;
  const rows = (as: Caller, those = sql`true`) =>
    kit.read(as, (tx) =>
      sql<WaitingRow>`
        select contract_id, agreement -> 'shopIds' as shop_ids, steps from launches
         where vendor_id = ${caller.vendorId} and ${whose} and ${of} and ${those}`.execute(tx),
    );
  const own = (await rows(caller)).rows;
  if (caller.shopIds === 'all') return own;
  const contracts = await kit.read(caller, (tx) =>
    sql<{ contract_id: string }>`select distinct contract_id from shop_contracts where vendor_id = ${caller.vendorId}`.execute(tx),
  );
  const seen = new Set(own.map(({ contract_id }) => contract_id));
  const others = contracts.rows.map(({ contract_id }) => contract_id).filter((contractId) => !seen.has(contractId));
  if (others.length === 0) return own;
  return [...own, ...(await rows({ ...caller, shopIds: 'all' }, sql`contract_id = any(${others}::text[])`)).rows];
}

// The end of an import: by command, or by itself after 10 minutes without a chunk. Then each conversation it touched learns that its part is
// complete, in slices, so that clocks whose due instant an import brought late are judged.
import { type AppendMember, fold, type LoadedStream, type StreamAppend, type Tx } from '@deskfleet/event-store';
import { CommandReceipt } from '@deskfleet/protocol/common';
import { ConversationImported, ImportChunkTaken, ImportFinished, ImportStarted } from '@deskfleet/protocol/conversations';
import { FinishImportRequest } from '@deskfleet/protocol/conversations-service';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';
import type { Timer, TimerPlan } from '@deskfleet/read-model';
import type { BackgroundWork, Caller, CommandResult, Kit } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { countsOf } from '../queries/imports.ts';
import { IDLE_MS, type Import, type ImportCounts, type ImportEvent, imports, isIdle } from './import.ts';

/** Conversations told in one slice, and in one member of it: larger members would hold the log from its interactive writers. */
const SLICE_CONVERSATIONS = 500;
const MEMBER_CONVERSATIONS = 100;

const NO_COUNTS: ImportCounts = { messages: 0, conversations: 0, inserted: 0, duplicates: 0, rejected: 0 };

export async function finishImport(kit: Kit, caller: Caller, request: FinishImportRequest): Promise<CommandResult<CommandReceipt>> {
  await ownHead(kit);
  const counts = await kit.work((tx) => countsOf(tx, caller.vendorId, request.importId));
  const streamId = `import-${request.importId}`;
  return kit.command({
    caller,
    commandId: request.commandId,
    content: FinishImportRequest.encode({ ...request, commandId: '' }).finish(),
    answer: CommandReceipt,
    streams: [streamId],
    decide(streams, now) {
      const stream = streams.get(streamId);
      const decision = imports.decide(stateOf(stream), { kind: 'finish', importId: request.importId, counts: withoutHeard(counts), by: 'command' });
      if (!decision.accepted) return { ...decision, facts: { import_id: request.importId } };
      return { appends: [appendTo(streamId, stream, decision.events, now)], answer: CommandReceipt.create() };
    },
  });
}

/** Finishes what nobody finished. */
export function idleImports(kit: Kit): TimerPlan<ImportStarted | ImportChunkTaken | ImportFinished> {
  const kind = 'import-idle';
  return {
    kind,
    types: [ImportStarted, ImportChunkTaken, ImportFinished] as TimerPlan<ImportStarted | ImportChunkTaken | ImportFinished>['types'],
    armedBy: [ImportStarted, ImportChunkTaken],
    appends: [ImportFinished],
    changes: ({ event, recordedAt }) =>
      event.$type === ImportFinished.$type
        ? [{ clear: { kind, key: event.importId } }]
        : [{ set: { kind, key: event.importId, dueAt: recordedAt + IDLE_MS, streamId: `import-${event.importId}` } }],
    async fire(timers, now) {
      const members = await Promise.all(timers.map((timer) => finishIdle(kit, timer, now)));
      return members.flatMap((member) => member ?? []);
    },
  };
}

async function finishIdle(kit: Kit, timer: Timer, now: number): Promise<AppendMember | undefined> {
  const stream = (await kit.store.load(timer.vendorId, [timer.streamId])).get(timer.streamId);
  const counts = await kit.work((tx) => countsOf(tx, timer.vendorId, timer.key));
  if (counts === undefined || !isIdle(counts.lastHeardAt, now)) return undefined;
  const decision = imports.decide(stateOf(stream), { kind: 'finish', importId: timer.key, counts: withoutHeard(counts), by: 'idle' });
  if (!decision.accepted || decision.events.length === 0) return undefined;
  return member(timer.vendorId, timer.key, `${timer.kind}:${timer.key}:${timer.dueAt}`, [appendTo(timer.streamId, stream, decision.events, now)]);
}

interface PendingRow {
  vendor_id: string;
  import_id: string;
  conversation_id: string;
  shop_id: string;
}

/** Where a pass over one import's conversations stands. */
interface Pass {
  readonly vendorId: string;
  readonly importId: string;
  readonly after: string;
}

/**
 * Tells the conversations of finished imports, import by import in the order of their ids. A pass begins when the read models hold everything
 * appended so far, and goes on from where its last slice ended: so it tells none twice, and needs not wait for them between its slices.
 */
export function markImported(kit: Kit): BackgroundWork {
  let pass: Pass | undefined;
  return {
    name: 'mark-imported',
    after: [ImportFinished],
    appends: [ConversationImported],
    async slice() {
      const current = pass ?? (await beginPass(kit));
      if (current === undefined) return false;
      const rows = await kit.work((tx) => pendingAfter(tx, current));
      const now = kit.now();
      await Promise.all(membersOf(rows, now).map((each) => kit.store.append(each)));
      const last = rows.at(-1);
      pass = last && { ...current, after: last.conversation_id };
      return true;
    },
    async pending() {
      const { rows } = await kit.work((tx) =>
        sql<{ count: string }>`
          select count(*) as count from imports i
            join imported_conversations p on p.vendor_id = i.vendor_id and p.import_id = i.import_id and p.pending
           where i.finished_at > 0`.execute(tx),
      );
      return Number(rows[0]?.count ?? 0);
    },
  };
}

/** Looks twice: most looks find nothing, and only a pass that begins needs what the one before it appended. */
async function beginPass(kit: Kit): Promise<Pass | undefined> {
  if ((await kit.work(nextPass)) === undefined) return undefined;
  await ownHead(kit);
  return kit.work(nextPass);
}

async function nextPass(tx: Tx): Promise<Pass | undefined> {
  const { rows } = await sql<{ vendor_id: string; import_id: string }>`
    select vendor_id, import_id from imports i
     where finished_at > 0
       and exists (select from imported_conversations p where p.vendor_id = i.vendor_id and p.import_id = i.import_id and p.pending)
     limit 1`.execute(tx);
  return rows[0] && { vendorId: rows[0].vendor_id, importId: rows[0].import_id, after: '' };
}

/** By the partial index on pending rows, then each shop by primary key; a join might be planned over both whole tables, slice after slice. */
async function pendingAfter(tx: Tx, { vendorId, importId, after }: Pass): Promise<PendingRow[]> {
  const { rows } = await sql<PendingRow>`
    with pending as materialized (
      select vendor_id, import_id, conversation_id from imported_conversations
       where vendor_id = ${vendorId} and import_id = ${importId} and pending and conversation_id > ${after}
       order by conversation_id limit ${SLICE_CONVERSATIONS}
    )
    select p.*, (select c.shop_id from conversations c where c.vendor_id = p.vendor_id and c.conversation_id = p.conversation_id) as shop_id
      from pending p order by p.conversation_id`.execute(tx);
  return rows;
}

function membersOf(rows: readonly PendingRow[], now: number): AppendMember[] {
  const members: AppendMember[] = [];
  for (let from = 0; from < rows.length; from += MEMBER_CONVERSATIONS) {
    const part = rows.slice(from, from + MEMBER_CONVERSATIONS);
    const { vendor_id: vendorId = '', import_id: importId = '' } = part[0] ?? {};
    const streams = part.map((row) => ({
      streamId: `conversation-${row.conversation_id}`,
      // It adds to any state: what it says is about the import, not about what else the conversation holds.
      expected: 'any' as const,
      events: [{ event: ConversationImported.create({ conversationId: row.conversation_id, importId }), occurredAt: now, shopId: row.shop_id }],
    }));
    members.push(member(vendorId, importId, `mark-imported:${importId}`, streams));
  }
  return members;
}

function member(vendorId: string, importId: string, commandId: string, streams: readonly StreamAppend[]): AppendMember {
  const actor = Actor.create({ kind: Actor_Kind.KIND_SERVICE, id: 'conversations' });
  return { cause: { vendorId, actor, correlationId: importId, causationId: importId, commandId }, streams };
}

function stateOf(stream: LoadedStream | undefined): Import {
  return fold(imports, stream?.events.map(({ event }) => event as ImportEvent) ?? []);
}

function appendTo(streamId: string, stream: LoadedStream | undefined, events: readonly ImportEvent[], now: number): StreamAppend {
  const version = stream?.version ?? 0;
  return {
    streamId,
    expected: version === 0 ? 'none' : { exactly: version },
    events: events.map((event) => ({ event, occurredAt: now, shopId: '' })),
  };
}

function withoutHeard(counts: (ImportCounts & { lastHeardAt?: number }) | undefined): ImportCounts {
  const { messages, conversations, inserted, duplicates, rejected } = counts ?? NO_COUNTS;
  return { messages, conversations, inserted, duplicates, rejected };
}

/** Waits until this service's read models hold everything appended so far. */
export async function ownHead(kit: Kit): Promise<void> {
  const { position } = await kit.store.head();
  await kit.awaitPosition({ $type: 'deskfleet.common.v1.LogPosition', source: kit.store.source, position });
}

// How a command runs: load, decide, append with the loaded versions; a conflict is loaded and decided again. The answer is kept, refusals included.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type AppendMember, type EpochMs, type EventStore, type Refused, StoreOverloaded } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import { LogPosition } from '@deskfleet/protocol/common';
import { type Actor, Actor_Kind, CommandAnswer } from '@deskfleet/protocol/platform';
import { decodeRefusal, refusalMessage } from './refusals.ts';
import type { Caller, CommandRequest, CommandResult } from './service.ts';

/** Fresh loads after a conflict. */
const RETRIES = 3;
const COMMAND_ID_LIMIT = 200;
const REUSED = 'command-id-reused';

export interface CommandParts {
  readonly store: EventStore;
  /** Keys the fingerprints, so that a dump of the database does not tell a command's content. */
  readonly secret: string;
  readonly now: () => EpochMs;
  readonly newId: () => string;
}

/** Runs one command. Refusals are values; faults throw. */
export async function runCommand<Answer extends UnknownMessage>(parts: CommandParts, request: CommandRequest<Answer>): Promise<CommandResult<Answer>> {
  const { caller, commandId, answer: codec } = request;
  const malformed = checkRequest(caller, commandId);
  if (malformed !== undefined) return { ok: false, refused: malformed };

  const { store } = parts;
  const fingerprint = createHmac('sha256', parts.secret).update(commandId).update('\0').update(request.content).digest();
  const known = await store.answerOf(caller.vendorId, commandId);
  if (known !== undefined) return answerAgain(request, known.answer, timingSafeEqual(fingerprint, known.fingerprint), store);

  const cause = { vendorId: caller.vendorId, actor: actorOf(caller), correlationId: parts.newId(), causationId: commandId, commandId };
  for (let attempt = 0; attempt <= RETRIES; attempt++) {
    const streams = await store.load(caller.vendorId, request.streams);
    await request.prepare?.(attempt > 0);
    const decision = request.decide(streams, parts.now());
    if (isRefused(decision) && request.prepare !== undefined && attempt === 0) continue;
    const outcome: CommandAnswer['outcome'] = isRefused(decision)
      ? { $case: 'refused', value: refusalMessage(decision) }
      : { $case: 'answer', value: Buffer.from(codec.encode(decision.answer).finish()) };
    const member: AppendMember = {
      cause,
      // A stream without events is checked all the same: a decision may rest on what it does not write to.
      streams: isRefused(decision) ? [] : decision.appends.filter(({ events, expected }) => events.length > 0 || expected !== 'any'),
      answer: { fingerprint, bytes: CommandAnswer.encode(CommandAnswer.create({ outcome })).finish() },
    };
    const appended = await append(store, member);
    if ('accepted' in appended) return { ok: false, refused: appended };
    if (appended.outcome === 'repeated') return answerAgain(request, appended.answer, appended.same, store);
    if (appended.outcome === 'conflict') continue;
    if (isRefused(decision)) return { ok: false, refused: decision };
    request.appended?.();
    return { ok: true, answer: decision.answer, at: LogPosition.create({ source: store.source, position: appended.lastPosition }) };
  }
  return { ok: false, refused: { accepted: false, code: 'busy', facts: { streams: request.streams, attempts: RETRIES + 1 } } };
}

/** Too much waiting is told to the caller with when to come again; it is not kept as the command's answer. */
async function append(store: EventStore, member: AppendMember): Promise<Awaited<ReturnType<EventStore['append']>> | Refused> {
  try {
    return await store.append(member);
  } catch (error) {
    if (error instanceof StoreOverloaded) return { accepted: false, code: 'overloaded', facts: { retryAfterMs: error.retryAfterMs } };
    throw error;
  }
}

function checkRequest(caller: Caller, commandId: string): Refused | undefined {
  if (caller.vendorId === '') return { accepted: false, code: 'vendor-missing', facts: { field: 'vendorId', expected: 'a caller who acts in a vendor' } };
  if (commandId.length > 0 && commandId.length <= COMMAND_ID_LIMIT) return undefined;
  return {
    accepted: false,
    code: 'command-id-missing',
    facts: { field: 'commandId', found: commandId.length, expected: `1 to ${COMMAND_ID_LIMIT} characters` },
  };
}

/** The kept answer. Its position is the log's present head: not before the one it was first given with. */
async function answerAgain<Answer extends UnknownMessage>(
  request: CommandRequest<Answer>,
  bytes: Uint8Array,
  same: boolean,
  store: EventStore,
): Promise<CommandResult<Answer>> {
  if (!same)
    return {
      ok: false,
      refused: { accepted: false, code: REUSED, facts: { field: 'commandId', found: request.commandId, expected: 'the same content as before' } },
    };
  const { outcome } = CommandAnswer.decode(bytes);
  if (outcome?.$case === 'refused') return { ok: false, refused: decodeRefusal(outcome.value) };
  const { position } = await store.head();
  return { ok: true, answer: request.answer.decode(outcome?.value ?? new Uint8Array()), at: LogPosition.create({ source: store.source, position }) };
}

function isRefused(decision: object): decision is Refused {
  return 'accepted' in decision && decision.accepted === false;
}

/** Who did it, as every event's meta says it. */
export function actorOf(caller: Caller): Actor {
  return {
    $type: 'deskfleet.platform.v1.Actor',
    kind: caller.kind === 'service' ? Actor_Kind.KIND_SERVICE : Actor_Kind.KIND_USER,
    id: caller.id,
    role: caller.role,
  };
}

// The inspector's desk: the next conversation, blind until submitted. Roles stand for people: agent-a, agent-b in order of appearance.
import { attribute } from '@deskfleet/attribution';
import { factsOfConversation } from '@deskfleet/conversation-facts';
import type { Keyring } from '@deskfleet/event-store/sealing';
import { ConversationServiceDefinition } from '@deskfleet/protocol/conversations-service';
import { Assignment, BlindMessage } from '@deskfleet/protocol/qa-service';
import { type Caller, type Kit, notFound } from '@deskfleet/service-kit';
import { type AssignmentRow, assignmentById, handledBy, openAssignments, progressOf } from '../queries/assignments.ts';
import { findingsOf } from '../queries/findings.ts';
import { attemptOnAssignment } from './commands.ts';
import { withNotes, withReasons } from './notes.ts';

/** Candidates looked at when others take them at the same moment. */
const CANDIDATES = 20;

/** Gives the caller their next open assignment and makes it theirs; an empty assignment when nothing is left for them. */
export async function nextAssignment(kit: Kit, keyring: Keyring, caller: Caller, sampleId: string): Promise<Assignment> {
  const open = await kit.read(caller, (tx) => openAssignments(tx, caller.vendorId, caller.id, sampleId, CANDIDATES));
  for (const row of open) {
    if (row.inspectorId === '' && !(await take(kit, caller, row))) continue;
    return await assignmentOf(kit, keyring, caller, { ...row, inspectorId: caller.id });
  }
  return Assignment.create({ sampleId });
}

/** False when somebody else was quicker. */
async function take(kit: Kit, caller: Caller, row: AssignmentRow): Promise<boolean> {
  const handledByInspector = await kit.read(caller, (tx) => handledBy(tx, caller.vendorId, row.conversationId, caller.id));
  const { assignmentId, sampleId, conversationId } = row;
  const result = await attemptOnAssignment(kit, caller, {
    commandId: `assign:${assignmentId}:${caller.id}`,
    content: Buffer.from(assignmentId),
    shopId: row.shopId,
    command: { kind: 'assign', assignmentId, inspectorId: caller.id, sampleId, conversationId, handledByInspector },
  });
  if (result.ok) await kit.awaitPosition(result.at);
  return result.ok;
}

/** The caller's own assignment, or one that a team lead or operations may look at once it was submitted. */
export async function assignmentFor(kit: Kit, keyring: Keyring, caller: Caller, assignmentId: string): Promise<Assignment> {
  const row = await kit.read(caller, (tx) => assignmentById(tx, caller.vendorId, assignmentId));
  if (row === undefined || (row.state !== 'scored' && row.inspectorId !== caller.id)) return notFound('assignment', assignmentId);
  return await assignmentOf(kit, keyring, caller, row);
}

async function assignmentOf(kit: Kit, keyring: Keyring, caller: Caller, row: AssignmentRow): Promise<Assignment> {
  const { progress, findings } = await kit.read(caller, async (tx) => ({
    progress: await progressOf(tx, caller.vendorId, row.sampleId),
    findings: await findingsOf(tx, caller.vendorId, [row.assignmentId]),
  }));
  const opened = await withNotes(keyring, caller.vendorId, findings);
  const submitted = row.state === 'scored';
  return Assignment.create({
    assignmentId: row.assignmentId,
    sampleId: row.sampleId,
    messages: await blindTranscript(kit, caller, row.conversationId),
    ...progress,
    state: row.state,
    ...(submitted ? { inspection: { ...(await withReasons(keyring, caller.vendorId, row.inspection, row.corrections)), findings: opened } } : {}),
    findings: submitted ? opened : opened.map((finding) => ({ ...finding, conversationId: '', stratum: '' })),
  });
}

async function blindTranscript(kit: Kit, caller: Caller, conversationId: string): Promise<BlindMessage[]> {
  const { messages } = await kit.client('conversations', ConversationServiceDefinition, caller).getConversation({ conversationId });
  const facts = await kit.read(caller, (tx) => factsOfConversation(tx, caller.vendorId, conversationId));
  const told = attribute({ messages: facts?.messages ?? [], mappings: facts?.mappings ?? [], serviceType: facts?.serviceType ?? 0, scope: [], servedFrom: 0 });
  const speakers = new Map(told.messages.map(({ messageId, speaker }) => [messageId, speaker]));
  const letters = new Map<string, string>();
  return messages.map(({ messageId, sentAt, text, erased }) => {
    const speaker = speakers.get(messageId);
    return BlindMessage.create({
      messageId,
      sentAt,
      text,
      erased,
      speaker: speaker?.party === 'agent' ? letterOf(letters, speaker.agentId || speaker.account) : (speaker?.party ?? 'system'),
    });
  });
}

function letterOf(letters: Map<string, string>, person: string): string {
  const letter = letters.get(person) ?? `agent-${String.fromCharCode(97 + (letters.size % 26))}`;
  letters.set(person, letter);
  return letter;
}

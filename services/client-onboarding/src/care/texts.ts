// What people write here in their own words: how long it may be, and where it stands sealed.
import { refuseCall } from '@deskfleet/service-kit';
import type { Found, Sealed } from '../sealed.ts';

/** Characters. */
const TEXT_LIMIT = 4_000;
const REASON_LIMIT = 1_000;

type MissingText = 'text-missing' | 'topics-missing' | 'action-text-missing' | 'reason-missing';

/** Refuses `code` with its place. */
export function textIn(text: string, field: string, code: MissingText = 'text-missing', limit = TEXT_LIMIT): string {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > limit) refuseCall(code, { field, found: `${trimmed.length} characters`, expected: `1 to ${limit} characters` });
  return trimmed;
}

const CONVERSATION = /^cv_[a-z2-7]{26}$/;

/** Refuses `conversation-id-invalid` with its place: what is no id could be a name, and ids are not sealed. */
export function mustBeConversation(id: string, field: string): void {
  if (!CONVERSATION.test(id))
    refuseCall('conversation-id-invalid', { field, found: id.slice(0, 80), expected: 'the id of a conversation: cv_ and 26 characters' });
}

/** A reason, undefined where none is given: whether one is needed is decided. */
export function reasonIn(reason: string): string | undefined {
  return reason.trim() === '' ? undefined : textIn(reason, 'reason', 'reason-missing', REASON_LIMIT);
}

/** Opens what was found; '' where the key was destroyed. */
export async function openAll(sealed: Sealed, vendorId: string, found: readonly Found[]): Promise<string[]> {
  return (await sealed.open(vendorId, found)).map((text) => text ?? '');
}

/** Where the texts stand: sealed there they open nowhere else. */
export const places = {
  question: (questionId: string) => ({ of: questionId, field: 'question' }),
  answer: (questionId: string, version: number) => ({ of: questionId, field: `answer/${version}` }),
  withdrawal: (questionId: string) => ({ of: questionId, field: 'withdrawal' }),
  weakness: (key: string) => ({ of: key, field: 'weakness' }),
  remedy: (key: string) => ({ of: key, field: 'remedy' }),
  suggestion: (suggestionId: string) => ({ of: suggestionId, field: 'suggestion' }),
  reply: (suggestionId: string) => ({ of: suggestionId, field: 'reply' }),
  topics: (meetingId: string) => ({ of: meetingId, field: 'topics' }),
  action: (meetingId: string, key: string) => ({ of: meetingId, field: `action/${key}` }),
};

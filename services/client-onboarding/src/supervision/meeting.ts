// A talk of both sides: when, of which levels, about what, and what each side will do until when. Source: domain.md P-28.6.
import { accept, type Decision, refuse } from '@deskfleet/event-store';
import { Party } from '@deskfleet/protocol/common';
import { ManagementMeetingHeld, MeetingAction, MeetingLevel } from '@deskfleet/protocol/onboarding';
import { inEvent, type SealedText } from '../sealed-text.ts';

export interface PlannedMeeting {
  readonly meetingId: string;
  readonly heldOn: string;
  readonly levels: readonly MeetingLevel[];
  readonly topics: SealedText;
  readonly actions: readonly { readonly key: string; readonly text: SealedText; readonly owner: Party; readonly dueOn: string }[];
}

export type MeetingRefusal = 'held-on-invalid' | 'levels-missing' | 'action-owner-missing' | 'action-due-invalid' | 'actions-too-many';

const ACTIONS_LIMIT = 50;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** `today` is of the contract's zone. */
export function holdMeeting(
  planned: PlannedMeeting,
  { contractId, today, zone }: { readonly contractId: string; readonly today: string; readonly zone: string },
): Decision<ManagementMeetingHeld, MeetingRefusal> {
  const { meetingId, heldOn, topics, actions } = planned;
  const levels = [...new Set(planned.levels)].filter((level) => level > MeetingLevel.MEETING_LEVEL_UNSPECIFIED).sort();
  if (!DATE.test(heldOn) || heldOn > today) return refuse('held-on-invalid', { field: 'heldOn', found: heldOn, expected: `${today} or before` });
  if (levels.length === 0) return refuse('levels-missing', { field: 'levels', found: '', expected: 'who took part: agent, supervisor, manager, director' });
  if (actions.length > ACTIONS_LIMIT) return refuse('actions-too-many', { field: 'actions', found: actions.length, expected: `at most ${ACTIONS_LIMIT}` });
  for (const [index, { owner, dueOn }] of actions.entries()) {
    if (owner !== Party.PARTY_CLIENT && owner !== Party.PARTY_VENDOR)
      return refuse('action-owner-missing', { field: `actions[${index}].owner`, found: '', expected: 'client or vendor' });
    if (!DATE.test(dueOn) || dueOn < heldOn)
      return refuse('action-due-invalid', { field: `actions[${index}].dueOn`, found: dueOn, expected: `${heldOn} or later` });
  }
  const kept = actions.map(({ key, text, owner, dueOn }) => MeetingAction.create({ key, sealedText: inEvent(text), owner, dueOn }));
  return accept(ManagementMeetingHeld.create({ contractId, meetingId, heldOn, levels, sealedTopics: inEvent(topics), actions: kept, zone }));
}

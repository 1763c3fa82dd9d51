// A talk of both sides: when, of which levels, about what, and what each side will do until when. Source: domain.md P-28.6.
import { accept, type Decision, refuse } from '@deskfleet/event-store';
import { Party } from '@deskfleet/protocol/common';
import { ManagementMeetingHeld, MeetingAction, MeetingLevel } from '@deskfleet/protocol/onboarding';

export interface PlannedMeeting {
  readonly meetingId: string;
  readonly heldOn: string;
  readonly levels: readonly MeetingLevel[];
  readonly topics: string;
  readonly actions: readonly { readonly text: string; readonly owner: Party; readonly dueOn: string }[];
}

export type MeetingRefusal =
  | 'held-on-invalid'
  | 'levels-missing'
  | 'topics-missing'
  | 'action-text-missing'
  | 'action-owner-missing'
  | 'action-due-invalid'
  | 'actions-too-many';

/** Characters. */
const TOPICS_LIMIT = 4_000;
const ACTION_LIMIT = 500;
const ACTIONS_LIMIT = 50;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** `today` is of the contract's zone. */
export function holdMeeting(
  planned: PlannedMeeting,
  { contractId, today, zone }: { readonly contractId: string; readonly today: string; readonly zone: string },
): Decision<ManagementMeetingHeld, MeetingRefusal> {
  const { meetingId, heldOn, actions } = planned;
  const levels = [...new Set(planned.levels)].filter((level) => level > MeetingLevel.MEETING_LEVEL_UNSPECIFIED).sort();
  const topics = planned.topics.trim();
  if (!DATE.test(heldOn) || heldOn > today) return refuse('held-on-invalid', { field: 'heldOn', found: heldOn, expected: `${today} or before` });
  if (levels.length === 0) return refuse('levels-missing', { field: 'levels', found: '', expected: 'who took part: agent, supervisor, manager, director' });
  if (topics === '' || topics.length > TOPICS_LIMIT)
    return refuse('topics-missing', { field: 'topics', found: `${topics.length} characters`, expected: `1 to ${TOPICS_LIMIT} characters` });
  if (actions.length > ACTIONS_LIMIT) return refuse('actions-too-many', { field: 'actions', found: actions.length, expected: `at most ${ACTIONS_LIMIT}` });
  for (const [index, { text, owner, dueOn }] of actions.entries()) {
    const said = text.trim();
    if (said === '' || said.length > ACTION_LIMIT) {
      const found = `${said.length} characters`;
      return refuse('action-text-missing', { field: `actions[${index}].text`, found, expected: `1 to ${ACTION_LIMIT} characters` });
    }
    if (owner !== Party.PARTY_CLIENT && owner !== Party.PARTY_VENDOR)
      return refuse('action-owner-missing', { field: `actions[${index}].owner`, found: '', expected: 'client or vendor' });
    if (!DATE.test(dueOn) || dueOn < heldOn)
      return refuse('action-due-invalid', { field: `actions[${index}].dueOn`, found: dueOn, expected: `${heldOn} or later` });
  }
  const kept = actions.map(({ text, owner, dueOn }, index) => MeetingAction.create({ key: `a-${index + 1}`, text: text.trim(), owner, dueOn }));
  return accept(ManagementMeetingHeld.create({ contractId, meetingId, heldOn, levels, topics, actions: kept, zone }));
}

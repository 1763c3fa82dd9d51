// Both sides of a running contract looking at the work: what the client found and the remedy both agree on, suggestions of either side, and the talks of
// their managers. What one side proposes only the other can agree to. Texts come sealed. Source: domain.md P-28, BR-016, BR-017, BR-226.
import { accept, type Decider, type Decision, refuse } from '@deskfleet/event-store';
import { type Consent, Party } from '@deskfleet/protocol/common';
import {
  ManagementMeetingHeld,
  ManagementMeetingMissed,
  MeetingActionDone,
  MeetingLevel,
  RemedyAgreed,
  RemedyDone,
  RemedyProposed,
  SuggestionMade,
  SuggestionReplied,
  SupervisionChecked,
  type Weakness,
} from '@deskfleet/protocol/onboarding';
import { inEvent, type SealedText } from '../sealed-text.ts';
import { holdMeeting, type MeetingRefusal, type PlannedMeeting } from './meeting.ts';

export type SupervisionEvent =
  | SupervisionChecked
  | RemedyProposed
  | RemedyAgreed
  | RemedyDone
  | SuggestionMade
  | SuggestionReplied
  | ManagementMeetingHeld
  | MeetingActionDone
  | ManagementMeetingMissed;

export type Remedy =
  | { readonly status: 'none' }
  | { readonly status: 'proposed'; readonly by: Party; readonly dueOn: string; readonly text: Uint8Array }
  | { readonly status: 'agreed'; readonly dueOn: string }
  | { readonly status: 'done' };

export interface Supervision {
  readonly checks: ReadonlySet<string>;
  readonly remedies: ReadonlyMap<string, Remedy>;
  /** By weakness: the conversation in which it shows. */
  readonly shownIn: ReadonlyMap<string, string>;
  /** `reply`: undefined = open. */
  readonly suggestions: ReadonlyMap<string, { readonly by: Party; readonly reply: boolean | undefined }>;
  /** Open actions of each meeting. */
  readonly meetings: ReadonlyMap<string, { readonly open: ReadonlySet<string>; readonly all: ReadonlySet<string> }>;
  /** Months (YYYY-MM) with a talk of managers, and months that ended without one. */
  readonly met: ReadonlySet<string>;
  readonly missed: ReadonlySet<string>;
}

/** Every command is of one contract, and today is of its zone. */
interface Of {
  readonly contractId: string;
  readonly today: string;
  readonly zone: string;
}

export type SupervisionCommand = Of &
  (
    | {
        readonly kind: 'check';
        readonly checkId: string;
        readonly checkedOn: string;
        readonly inspector: string;
        readonly weaknesses: readonly Weakness[];
        /** The clauses a weakness may be held against. */
        readonly clauseKeys: readonly string[];
        readonly consent: Consent;
      }
    | { readonly kind: 'propose-remedy'; readonly key: string; readonly text: SealedText; readonly dueOn: string; readonly by: Party }
    /** `consent` where the client agrees. */
    | { readonly kind: 'agree-remedy'; readonly key: string; readonly by: Party; readonly consent: Consent | undefined }
    | { readonly kind: 'remedy-done'; readonly key: string; readonly doneOn: string }
    | { readonly kind: 'suggest'; readonly suggestionId: string; readonly text: SealedText; readonly by: Party; readonly consent: Consent | undefined }
    | {
        readonly kind: 'reply';
        readonly suggestionId: string;
        readonly adopted: boolean;
        readonly reason: SealedText | undefined;
        readonly by: Party;
        readonly consent: Consent | undefined;
      }
    | ({ readonly kind: 'meet' } & PlannedMeeting)
    | { readonly kind: 'action-done'; readonly meetingId: string; readonly actionKey: string }
    /** The month is over: by a timer (BR-016). */
    | { readonly kind: 'month-over'; readonly month: string }
  );

type Refusal =
  | MeetingRefusal
  | 'checked-on-invalid'
  | 'inspector-missing'
  | 'clause-unknown'
  | 'judged-missing'
  | 'weakness-not-found'
  | 'remedy-due-invalid'
  | 'remedy-agreed'
  | 'remedy-done'
  | 'remedy-not-proposed'
  | 'remedy-own-proposal'
  | 'remedy-not-agreed'
  | 'done-on-invalid'
  | 'suggestion-not-found'
  | 'suggestion-own'
  | 'suggestion-replied'
  | 'reason-missing'
  | 'meeting-not-found'
  | 'action-not-found';

/** Characters. */
const NAME_LIMIT = 100;

export const supervision: Decider<SupervisionCommand, SupervisionEvent, Supervision, Refusal> = {
  initial: { checks: new Set(), remedies: new Map(), shownIn: new Map(), suggestions: new Map(), meetings: new Map(), met: new Set(), missed: new Set() },

  evolve(state, event) {
    const remedy = (key: string, now: Remedy) => ({ ...state, remedies: new Map(state.remedies).set(key, now) });
    switch (event.$type) {
      case SupervisionChecked.$type: {
        const found = event.weaknesses.map(({ key }) => [key, { status: 'none' }] as const);
        const shown = event.weaknesses.flatMap(({ key, conversationId }) => (conversationId === '' ? [] : [[key, conversationId] as const]));
        return {
          ...state,
          checks: new Set(state.checks).add(event.checkId),
          remedies: new Map([...state.remedies, ...found]),
          shownIn: new Map([...state.shownIn, ...shown]),
        };
      }
      case RemedyProposed.$type:
        return remedy(event.weaknessKey, { status: 'proposed', by: event.by, dueOn: event.dueOn, text: event.remedy });
      case RemedyAgreed.$type: {
        const known = state.remedies.get(event.weaknessKey);
        return remedy(event.weaknessKey, { status: 'agreed', dueOn: known?.status === 'proposed' ? known.dueOn : '' });
      }
      case RemedyDone.$type:
        return remedy(event.weaknessKey, { status: 'done' });
      case SuggestionMade.$type:
        return { ...state, suggestions: new Map(state.suggestions).set(event.suggestionId, { by: event.by, reply: undefined }) };
      case SuggestionReplied.$type: {
        const by = state.suggestions.get(event.suggestionId)?.by ?? Party.PARTY_UNSPECIFIED;
        return { ...state, suggestions: new Map(state.suggestions).set(event.suggestionId, { by, reply: event.adopted }) };
      }
      case ManagementMeetingHeld.$type: {
        const all = new Set(event.actions.map(({ key }) => key));
        const meetings = new Map(state.meetings).set(event.meetingId, { open: all, all });
        return { ...state, meetings, met: managers(event.levels) ? new Set(state.met).add(event.heldOn.slice(0, 7)) : state.met };
      }
      case MeetingActionDone.$type: {
        const meeting = state.meetings.get(event.meetingId);
        if (meeting === undefined) return state;
        const open = new Set([...meeting.open].filter((key) => key !== event.actionKey));
        return { ...state, meetings: new Map(state.meetings).set(event.meetingId, { ...meeting, open }) };
      }
      case ManagementMeetingMissed.$type:
        return { ...state, missed: new Set(state.missed).add(event.month) };
    }
  },

  decide(state, command) {
    switch (command.kind) {
      case 'check':
        return check(state, command);
      case 'propose-remedy':
        return propose(state, command);
      case 'agree-remedy':
        return agree(state, command);
      case 'remedy-done':
        return remedyDone(state, command);
      case 'suggest': {
        const { contractId, suggestionId, text, by, consent } = command;
        if (state.suggestions.has(suggestionId)) return accept();
        return accept(SuggestionMade.create({ contractId, suggestionId, text: text.bytes, by, subjectId: text.subjectId, consent }));
      }
      case 'reply':
        return reply(state, command);
      case 'meet':
        return state.meetings.has(command.meetingId) ? accept() : holdMeeting(command, command);
      case 'action-done':
        return actionDone(state, command);
      case 'month-over': {
        const { contractId, month } = command;
        if (month >= command.today.slice(0, 7) || state.met.has(month) || state.missed.has(month)) return accept();
        return accept(ManagementMeetingMissed.create({ contractId, month }));
      }
    }
  },
};

type Command<Kind extends SupervisionCommand['kind']> = Extract<SupervisionCommand, { kind: Kind }>;
type Decided = Decision<SupervisionEvent, Refusal>;

/** BR-016: agents and supervisors alone are not enough. */
export function managers(levels: readonly MeetingLevel[]): boolean {
  return levels.some((level) => level === MeetingLevel.MEETING_LEVEL_MANAGER || level === MeetingLevel.MEETING_LEVEL_DIRECTOR);
}

/** The side that has to say yes to what this one proposes. */
export function otherSide(party: Party): Party {
  return party === Party.PARTY_CLIENT ? Party.PARTY_VENDOR : Party.PARTY_CLIENT;
}

/** BR-017: a weakness appears with its date and inspector, the agreed remedy empty. */
function check(state: Supervision, command: Command<'check'>): Decided {
  const { contractId, checkId, checkedOn, weaknesses, clauseKeys, consent, today } = command;
  if (state.checks.has(checkId)) return accept();
  const inspector = command.inspector.trim();
  if (checkedOn > today) return refuse('checked-on-invalid', { field: 'checkedOn', found: checkedOn, expected: `${today} or before` });
  if (inspector === '' || inspector.length > NAME_LIMIT)
    return refuse('inspector-missing', { field: 'inspector', found: `${inspector.length} characters`, expected: `1 to ${NAME_LIMIT} characters` });
  for (const [index, { clauseKey, judged }] of weaknesses.entries()) {
    if (judged === 0) return refuse('judged-missing', { field: `weaknesses[${index}].judged`, found: '', expected: 'process or result' });
    if (clauseKey !== '' && !clauseKeys.includes(clauseKey))
      return refuse('clause-unknown', { field: `weaknesses[${index}].clauseKey`, found: clauseKey, expected: 'a clause of the contract, or none' });
  }
  return accept(SupervisionChecked.create({ contractId, checkId, checkedOn, inspector, weaknesses: [...weaknesses], consent }));
}

function propose(state: Supervision, { contractId, key, text, dueOn, by, today }: Command<'propose-remedy'>): Decided {
  const remedy = state.remedies.get(key);
  if (remedy === undefined) return refuse('weakness-not-found', { id: key });
  if (remedy.status === 'agreed') return refuse('remedy-agreed', { dueOn: remedy.dueOn });
  if (remedy.status === 'done') return refuse('remedy-done');
  if (dueOn < today) return refuse('remedy-due-invalid', { field: 'dueOn', found: dueOn, expected: `${today} or later` });
  return accept(RemedyProposed.create({ contractId, weaknessKey: key, remedy: text.bytes, dueOn, by, subjectId: text.subjectId }));
}

function agree(state: Supervision, { contractId, key, by, consent }: Command<'agree-remedy'>): Decided {
  const remedy = state.remedies.get(key);
  if (remedy === undefined) return refuse('weakness-not-found', { id: key });
  if (remedy.status === 'agreed' || remedy.status === 'done') return accept();
  if (remedy.status === 'none') return refuse('remedy-not-proposed');
  if (remedy.by === by) return refuse('remedy-own-proposal');
  return accept(RemedyAgreed.create({ contractId, weaknessKey: key, by, consent }));
}

function remedyDone(state: Supervision, { contractId, key, doneOn, today }: Command<'remedy-done'>): Decided {
  const remedy = state.remedies.get(key);
  if (remedy === undefined) return refuse('weakness-not-found', { id: key });
  if (remedy.status === 'done') return accept();
  if (remedy.status !== 'agreed') return refuse('remedy-not-agreed');
  if (doneOn > today) return refuse('done-on-invalid', { field: 'doneOn', found: doneOn, expected: `${today} or before` });
  return accept(RemedyDone.create({ contractId, weaknessKey: key, doneOn }));
}

/** Suggest rather than command: the other side answers for itself, and gives its reason when it does not follow (P-28.2). */
function reply(state: Supervision, { contractId, suggestionId, adopted, reason, by, consent }: Command<'reply'>): Decided {
  const suggestion = state.suggestions.get(suggestionId);
  if (suggestion === undefined) return refuse('suggestion-not-found', { id: suggestionId });
  if (suggestion.by === by) return refuse('suggestion-own');
  if (suggestion.reply !== undefined) return suggestion.reply === adopted ? accept() : refuse('suggestion-replied');
  if (!adopted && reason === undefined) return refuse('reason-missing', { field: 'reason', found: '', expected: 'why it is not adopted' });
  return accept(SuggestionReplied.create({ contractId, suggestionId, adopted, sealedReason: reason && inEvent(reason), by, consent }));
}

function actionDone(state: Supervision, { contractId, meetingId, actionKey }: Command<'action-done'>): Decided {
  const meeting = state.meetings.get(meetingId);
  if (meeting === undefined) return refuse('meeting-not-found', { id: meetingId });
  if (!meeting.all.has(actionKey)) return refuse('action-not-found', { id: actionKey });
  return meeting.open.has(actionKey) ? accept(MeetingActionDone.create({ contractId, meetingId, actionKey })) : accept();
}

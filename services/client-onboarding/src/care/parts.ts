// The parts of living together that the service is made of.
import {
  ClarificationAnswered,
  ClarificationAsked,
  ClarificationNeededBy,
  ClarificationWithdrawn,
  ConversationMentioned,
  ConversationMentionsErased,
  KnowledgeRecorded,
  ManagementMeetingHeld,
  ManagementMeetingMissed,
  MeetingActionDone,
  RemedyAgreed,
  RemedyDone,
  RemedyProposed,
  SuggestionMade,
  SuggestionReplied,
  SupervisionChecked,
} from '@deskfleet/protocol/onboarding';
import type { Kit, ServiceParts } from '@deskfleet/service-kit';
import { careApi } from '../care-api.ts';
import { knowledge, questions } from '../projections/questions.ts';
import { meetings, missedMeetings, suggestions, supervisionChecks, weaknesses } from '../projections/supervision.ts';
import type { Sealed } from '../sealed.ts';
import { erasedSubjects } from '../subscriptions/erased-subjects.ts';
import { meetingTimers } from '../supervision/meeting-timers.ts';

export function careParts(
  kit: Kit,
  sealed: Sealed,
): Pick<ServiceParts, 'events' | 'projections' | 'subscriptions' | 'api'> & { readonly timers: NonNullable<ServiceParts['timers']> } {
  return {
    events: [
      ClarificationAsked,
      ClarificationNeededBy,
      ClarificationAnswered,
      ClarificationWithdrawn,
      KnowledgeRecorded,
      SupervisionChecked,
      RemedyProposed,
      RemedyAgreed,
      RemedyDone,
      SuggestionMade,
      SuggestionReplied,
      ManagementMeetingHeld,
      MeetingActionDone,
      ManagementMeetingMissed,
      ConversationMentioned,
      ConversationMentionsErased,
    ],
    subscriptions: [erasedSubjects(kit, sealed)],
    projections: [questions, knowledge, supervisionChecks, weaknesses, suggestions, meetings, missedMeetings],
    timers: [meetingTimers(kit.store)],
    api: [careApi(kit, sealed)],
  };
}

// Living together: questions to the owner and what their answers teach, the client's supervision, suggestions, management meetings.
import { CareServiceDefinition } from '@deskfleet/protocol/onboarding-care';
import type { Role } from '@deskfleet/service-kit';
import { EVERYONE, type Route } from '../route.ts';
import { rpcRoutes } from '../rpc.ts';
import type { Components } from '../schema.ts';

const ASKERS: readonly Role[] = ['vendor-operations', 'team-lead', 'qa-inspector'];
const LEADS: readonly Role[] = ['vendor-operations', 'team-lead'];
/** The client, or operations on its behalf. */
const AGREEING: readonly Role[] = ['client', 'vendor-operations'];
const BOTH: readonly Role[] = ['client', 'vendor-operations', 'team-lead'];

export function careRoutes(components: Components): readonly Route[] {
  const care = rpcRoutes(components, 'client-onboarding', CareServiceDefinition, 'Living together');
  const contract = '/contracts/{contractId}';
  return [
    care.get('/questions', 'listQuestions', {
      summary: 'Questions to the owners: open ones by age, then the others',
      description: 'openAtEndOf lists what was asked by the end of that day and not answered by then.',
      access: EVERYONE,
    }),
    care.get('/questions/{questionId}', 'getQuestion', { summary: 'One question with every version of its answer', access: EVERYONE }),
    care.post('/shops/{shopId}/questions', 'askClarification', { summary: "Ask a shop's owner", access: ASKERS, required: ['text'] }),
    care.post('/questions/{questionId}/buyers', 'addWaitingBuyer', {
      summary: 'Another buyer waits for this answer',
      access: ASKERS,
      required: ['conversationId'],
    }),
    care.post('/questions/{questionId}/answer', 'answerClarification', {
      summary: "Answer, as the client or on its behalf with evidence; the answer becomes the shop's knowledge",
      access: AGREEING,
      required: ['text'],
    }),
    care.post('/questions/{questionId}/corrections', 'correctKnowledge', {
      summary: 'The next version of an answer',
      access: AGREEING,
      required: ['text', 'version'],
    }),
    care.post('/questions/{questionId}/withdrawal', 'withdrawClarification', { summary: 'Ask no more, with the reason', access: ASKERS, required: ['reason'] }),
    care.get('/shops/{shopId}/knowledge', 'listKnowledge', {
      summary: "What a shop's agents go by; a search looks into questions and answers",
      access: EVERYONE,
    }),
    care.get(`${contract}/supervision`, 'getSupervision', {
      summary: "The client's checks of a period with what became of each weakness, their summary, and suggestions",
      access: EVERYONE,
    }),
    care.post(`${contract}/supervision`, 'recordSupervision', {
      summary: 'Record a check of the client, with the weaknesses it found',
      access: AGREEING,
      required: ['checkedOn', 'inspector', 'weaknesses'],
    }),
    care.post(`${contract}/weaknesses/{weaknessKey}/remedy`, 'proposeRemedy', {
      summary: 'Propose a remedy, of either side',
      access: BOTH,
      required: ['text', 'dueOn'],
    }),
    care.post(`${contract}/weaknesses/{weaknessKey}/agreement`, 'agreeRemedy', { summary: "Agree to the other side's remedy", access: AGREEING }),
    care.post(`${contract}/weaknesses/{weaknessKey}/done`, 'reportRemedyDone', { summary: 'Report a remedy as done', access: LEADS, required: ['doneOn'] }),
    care.post(`${contract}/suggestions`, 'makeSuggestion', { summary: 'Suggest something, of either side', access: BOTH, required: ['text'] }),
    care.post(`${contract}/suggestions/{suggestionId}/reply`, 'replySuggestion', {
      summary: "Adopt the other side's suggestion, or decline it with a reason",
      access: AGREEING,
      required: ['adopted'],
    }),
    care.get(`${contract}/meetings`, 'listMeetings', {
      summary: 'Talks of both sides with what is to be done, and months without one of managers',
      access: EVERYONE,
    }),
    care.post(`${contract}/meetings`, 'recordMeeting', { summary: 'Record a talk', access: BOTH, required: ['heldOn', 'levels', 'topics'] }),
    care.post(`${contract}/meetings/{meetingId}/actions/{actionKey}/done`, 'reportActionDone', { summary: 'Report an action as done', access: BOTH }),
  ];
}

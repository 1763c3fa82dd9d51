// gRPC methods of supervision, suggestions and meetings -> commands and queries; nothing else.
import { type EpochMs, expectLoaded, fold, type LoadedStream, type Refused } from '@deskfleet/event-store';
import type { MessageType, UnknownMessage } from '@deskfleet/protocol';
import { CommandReceipt, type Consent, Party } from '@deskfleet/protocol/common';
import { SupervisionChecked, Weakness } from '@deskfleet/protocol/onboarding';
import {
  AgreeRemedyRequest,
  type CareServiceImplementation,
  MakeSuggestionRequest,
  MakeSuggestionResponse,
  ProposeRemedyRequest,
  RecordMeetingRequest,
  RecordMeetingResponse,
  RecordSupervisionRequest,
  RecordSupervisionResponse,
  ReplySuggestionRequest,
  ReportActionDoneRequest,
  ReportRemedyDoneRequest,
  Supervision as SupervisionView,
} from '@deskfleet/protocol/onboarding-care';
import { dateOf } from '@deskfleet/service-hours';
import { allow, type Caller, type CallerContext, type Kit, refuseCall, unwrap } from '@deskfleet/service-kit';
import { consentOf } from '../consent.ts';
import { isDate } from '../contract/terms.ts';
import { mentioned } from '../mention/mention.ts';
import { checksOf, meetingsOf, meetingsWithTexts, suggestionsOf, suggestionsWithTexts, summaryOf, weaknessesOf, withTexts } from '../queries/supervision.ts';
import { type Sealed, type Subject, subjects } from '../sealed.ts';
import { supervisionStream } from '../supervision/meeting-timers.ts';
import { otherSide, type Supervision, type SupervisionCommand, type SupervisionEvent, supervision } from '../supervision/supervision.ts';
import { contractFor, type SeenContract } from './contracts.ts';
import { mustBeConversation, places, reasonIn, textIn } from './texts.ts';

type Methods = Omit<
  CareServiceImplementation<CallerContext>,
  | 'askClarification'
  | 'addWaitingBuyer'
  | 'answerClarification'
  | 'withdrawClarification'
  | 'correctKnowledge'
  | 'listQuestions'
  | 'getQuestion'
  | 'listKnowledge'
  | 'listWaiting'
>;

/** Weaknesses of one check. */
const WEAKNESSES_LIMIT = 50;
/** Characters of an action. */
const ACTION_LIMIT = 500;

interface Asked<Answer extends UnknownMessage> {
  readonly commandId: string;
  readonly content: Uint8Array;
  readonly codec: MessageType<Answer>;
  readonly answer: Answer;
  readonly command: (state: Supervision, of: { readonly contractId: string; readonly today: string; readonly zone: string }) => SupervisionCommand | Refused;
}

export function supervisionMethods(kit: Kit, sealed: Sealed): Methods {
  const onContract = async <Answer extends UnknownMessage>(caller: Caller, { contractId, zone, shopIds }: SeenContract, asked: Asked<Answer>) => {
    const streamId = supervisionStream(contractId);
    const result = await kit.command({
      caller,
      commandId: asked.commandId,
      content: asked.content,
      answer: asked.codec,
      streams: [streamId],
      decide(streams, now: EpochMs) {
        const stream = streams.get(streamId);
        const state = stateOf(stream);
        const command = asked.command(state, { contractId, zone, today: dateOf(now, zone) });
        if ('accepted' in command) return command;
        const decision = supervision.decide(state, command);
        if (!decision.accepted) return decision;
        // A contract's rows are listed at its first shop, so that whoever sees that shop is told of them.
        const shopId = shopIds[0] ?? '';
        const events = decision.events.map((event) => ({ event, occurredAt: now, shopId }));
        return {
          appends: [{ streamId, expected: expectLoaded(stream ?? { version: 0 }), events }, ...mentioned(shownIn(decision.events), now, shopId)],
          answer: asked.answer,
        };
      },
    });
    return unwrap(result);
  };
  /** The subject whose key seals what is said of a weakness. */
  const subjectOf = async (caller: Caller, contractId: string, weaknessKey: string) => {
    const streamId = supervisionStream(contractId);
    const stream = (await kit.store.load(caller.vendorId, [streamId])).get(streamId);
    return weaknessSubject(contractId, stateOf(stream).shownIn.get(weaknessKey) ?? '');
  };

  return {
    async recordSupervision(request, { caller }) {
      allow(caller, 'client', 'vendor-operations');
      const { contractId, checkedOn, inspector } = request;
      const contract = await contractFor(kit, caller, contractId);
      mustBeDate(checkedOn, 'checkedOn');
      if (request.weaknesses.length > WEAKNESSES_LIMIT)
        refuseCall('weaknesses-too-many', { field: 'weaknesses', found: request.weaknesses.length, expected: `at most ${WEAKNESSES_LIMIT}` });
      const checkId = `sc_${kit.newId()}`;
      const found = request.weaknesses.map((each, index) => {
        if (each.conversationId !== '') mustBeConversation(each.conversationId, `weaknesses[${index}].conversationId`);
        return { ...each, key: `we_${kit.newId()}`, text: textIn(each.text, `weaknesses[${index}].text`) };
      });
      const texts = await sealed.seal(
        caller.vendorId,
        found.map(({ key, text, conversationId }) => ({ subject: weaknessSubject(contractId, conversationId), ...places.weakness(key), text })),
      );
      const weaknesses = found.map(({ key, judged, conversationId, clauseKey }, index) =>
        Weakness.create({ key, text: texts[index]?.bytes, subjectId: texts[index]?.subjectId, judged, conversationId, clauseKey }),
      );
      const clauseKeys = contract.terms.clauses.map(({ key }) => key);
      const { answer, at } = await onContract(caller, contract, {
        commandId: request.commandId,
        content: RecordSupervisionRequest.encode({ ...request, commandId: '' }).finish(),
        codec: RecordSupervisionResponse,
        answer: RecordSupervisionResponse.create({ checkId, weaknessKeys: found.map(({ key }) => key) }),
        command: (_, of) => {
          const consent = consentOf(caller, contract.clientId, request.consent, { file: false });
          return 'accepted' in consent ? consent : { kind: 'check', ...of, checkId, checkedOn, inspector, weaknesses, clauseKeys, consent };
        },
      });
      return { ...answer, at };
    },

    async proposeRemedy(request, { caller }) {
      allow(caller, 'client', 'vendor-operations', 'team-lead');
      const { contractId, weaknessKey: key, dueOn } = request;
      const contract = await contractFor(kit, caller, contractId);
      mustBeDate(dueOn, 'dueOn');
      const written = textIn(request.text, 'text');
      const text = await sealed.sealOne(caller.vendorId, { subject: await subjectOf(caller, contractId, key), ...places.remedy(key), text: written });
      const { at } = await onContract(caller, contract, {
        ...receipt(request.commandId, ProposeRemedyRequest.encode({ ...request, commandId: '' }).finish()),
        command: (_, of) => ownWord(caller, contract) ?? { kind: 'propose-remedy', ...of, key, text, dueOn, by: sideOf(caller) },
      });
      return CommandReceipt.create({ at });
    },

    async agreeRemedy(request, { caller }) {
      allow(caller, 'client', 'vendor-operations');
      const { contractId, weaknessKey: key } = request;
      const contract = await contractFor(kit, caller, contractId);
      const { at } = await onContract(caller, contract, {
        ...receipt(request.commandId, AgreeRemedyRequest.encode({ ...request, commandId: '' }).finish()),
        command: (state, of) => {
          const remedy = state.remedies.get(key);
          const said = yesOf(caller, contract, remedy?.status === 'proposed' ? remedy.by : undefined, request.consent);
          return 'accepted' in said ? said : { kind: 'agree-remedy', ...of, key, ...said };
        },
      });
      return CommandReceipt.create({ at });
    },

    async reportRemedyDone(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead');
      const { contractId, weaknessKey: key, doneOn } = request;
      const contract = await contractFor(kit, caller, contractId);
      mustBeDate(doneOn, 'doneOn');
      const { at } = await onContract(caller, contract, {
        ...receipt(request.commandId, ReportRemedyDoneRequest.encode({ ...request, commandId: '' }).finish()),
        command: (_, of) => ({ kind: 'remedy-done', ...of, key, doneOn }),
      });
      return CommandReceipt.create({ at });
    },

    async makeSuggestion(request, { caller }) {
      allow(caller, 'client', 'vendor-operations', 'team-lead');
      const { contractId } = request;
      const contract = await contractFor(kit, caller, contractId);
      const suggestionId = `sg_${kit.newId()}`;
      const written = textIn(request.text, 'text');
      const text = await sealed.sealOne(caller.vendorId, { subject: subjects.contract(contractId), ...places.suggestion(suggestionId), text: written });
      const { answer, at } = await onContract(caller, contract, {
        commandId: request.commandId,
        content: MakeSuggestionRequest.encode({ ...request, commandId: '' }).finish(),
        codec: MakeSuggestionResponse,
        answer: MakeSuggestionResponse.create({ suggestionId }),
        command: (_, of) => {
          const consent = caller.role === 'client' ? consentOf(caller, contract.clientId, undefined, { file: false }) : undefined;
          return consent !== undefined && 'accepted' in consent ? consent : { kind: 'suggest', ...of, suggestionId, text, by: sideOf(caller), consent };
        },
      });
      return { ...answer, at };
    },

    async replySuggestion(request, { caller }) {
      allow(caller, 'client', 'vendor-operations');
      const { contractId, suggestionId, adopted } = request;
      const contract = await contractFor(kit, caller, contractId);
      const why = reasonIn(request.reason);
      const reason =
        why === undefined
          ? undefined
          : await sealed.sealOne(caller.vendorId, { subject: subjects.contract(contractId), ...places.reply(suggestionId), text: why });
      const { at } = await onContract(caller, contract, {
        ...receipt(request.commandId, ReplySuggestionRequest.encode({ ...request, commandId: '' }).finish()),
        command: (state, of) => {
          const said = yesOf(caller, contract, state.suggestions.get(suggestionId)?.by, request.consent);
          return 'accepted' in said ? said : { kind: 'reply', ...of, suggestionId, adopted, reason, ...said };
        },
      });
      return CommandReceipt.create({ at });
    },

    async getSupervision(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'qa-inspector', 'finance', 'client');
      await kit.awaitPosition(request.after);
      const { contractId, zone } = await contractFor(kit, caller, request.contractId);
      const period = { from: request.range?.from ?? '', to: request.range?.to ?? '' };
      for (const date of [period.from, period.to]) if (date !== '') mustBeDate(date, 'range');
      const today = dateOf(kit.now(), zone);
      const found = await kit.read({ ...caller, shopIds: 'all' }, async (tx) => ({
        checks: await checksOf(tx, contractId, period),
        weaknesses: await weaknessesOf(tx, contractId, period),
        summary: await summaryOf(tx, contractId, period, today),
        suggestions: await suggestionsOf(tx, contractId),
      }));
      return SupervisionView.create({
        contractId,
        checks: found.checks,
        weaknesses: await withTexts(sealed, caller.vendorId, found.weaknesses, today),
        summary: found.summary,
        suggestions: await suggestionsWithTexts(sealed, caller.vendorId, found.suggestions),
        today,
      });
    },

    async recordMeeting(request, { caller }) {
      allow(caller, 'client', 'vendor-operations', 'team-lead');
      const { contractId, heldOn, levels } = request;
      const contract = await contractFor(kit, caller, contractId);
      const meetingId = `me_${kit.newId()}`;
      const subject = subjects.contract(contractId);
      const planned = request.actions.map(({ text, owner, dueOn }, index) => ({
        ...{ key: `a-${index + 1}`, owner, dueOn },
        said: textIn(text, `actions[${index}].text`, 'action-text-missing', ACTION_LIMIT),
      }));
      const topics = await sealed.sealOne(caller.vendorId, {
        ...{ subject, ...places.topics(meetingId) },
        text: textIn(request.topics, 'topics', 'topics-missing'),
      });
      const actions = await Promise.all(
        planned.map(async ({ said, ...action }) => ({
          ...action,
          text: await sealed.sealOne(caller.vendorId, { subject, ...places.action(meetingId, action.key), text: said }),
        })),
      );
      const { answer, at } = await onContract(caller, contract, {
        commandId: request.commandId,
        content: RecordMeetingRequest.encode({ ...request, commandId: '' }).finish(),
        codec: RecordMeetingResponse,
        answer: RecordMeetingResponse.create({ meetingId }),
        command: (_, of) => ownWord(caller, contract) ?? { kind: 'meet', ...of, meetingId, heldOn, levels, topics, actions },
      });
      return { ...answer, at };
    },

    async reportActionDone(request, { caller }) {
      allow(caller, 'client', 'vendor-operations', 'team-lead');
      const { contractId, meetingId, actionKey } = request;
      const contract = await contractFor(kit, caller, contractId);
      const { at } = await onContract(caller, contract, {
        ...receipt(request.commandId, ReportActionDoneRequest.encode({ ...request, commandId: '' }).finish()),
        command: (_, of) => ownWord(caller, contract) ?? { kind: 'action-done', ...of, meetingId, actionKey },
      });
      return CommandReceipt.create({ at });
    },

    async listMeetings(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'qa-inspector', 'finance', 'client');
      await kit.awaitPosition(request.after);
      const { contractId, zone } = await contractFor(kit, caller, request.contractId);
      const found = await kit.read({ ...caller, shopIds: 'all' }, (tx) => meetingsOf(tx, contractId));
      return meetingsWithTexts(sealed, caller.vendorId, found, zone, dateOf(kit.now(), zone));
    },
  };
}

/** What shows in a conversation goes with its customers. */
function weaknessSubject(contractId: string, conversationId: string): Subject {
  return conversationId === '' ? subjects.contract(contractId) : subjects.conversation(conversationId);
}

/** The conversations in which weaknesses show that a check found. */
function shownIn(events: readonly SupervisionEvent[]) {
  return events.flatMap((event) =>
    event.$type === SupervisionChecked.$type
      ? event.weaknesses
          .filter(({ conversationId }) => conversationId !== '')
          .map(({ key, conversationId }) => ({ conversationId, mention: { weakness: { contractId: event.contractId, weaknessKey: key } } }))
      : [],
  );
}

function receipt(commandId: string, content: Uint8Array): Pick<Asked<CommandReceipt>, 'commandId' | 'content' | 'codec' | 'answer'> {
  return { commandId, content, codec: CommandReceipt, answer: CommandReceipt.create() };
}

const sideOf = (caller: Caller): Party => (caller.role === 'client' ? Party.PARTY_CLIENT : Party.PARTY_VENDOR);

/** A client's user speaks for the client only who may; undefined = may speak. */
function ownWord(caller: Caller, { clientId }: SeenContract): Refused | undefined {
  if (caller.role !== 'client') return undefined;
  const consent = consentOf(caller, clientId, undefined, { file: false });
  return 'accepted' in consent ? consent : undefined;
}

/** Who answers what `proposer` said: the other side. Where that is the client and the vendor's user writes it down, it is on the client's behalf. */
function yesOf(
  caller: Caller,
  { clientId }: SeenContract,
  proposer: Party | undefined,
  given: Consent | undefined,
): { readonly by: Party; readonly consent: Consent | undefined } | Refused {
  const by = proposer === undefined || caller.role === 'client' ? sideOf(caller) : otherSide(proposer);
  if (by === Party.PARTY_VENDOR) return { by, consent: undefined };
  const consent = consentOf(caller, clientId, given, { file: false });
  return 'accepted' in consent ? consent : { by, consent };
}

function stateOf(stream: LoadedStream | undefined): Supervision {
  return fold(supervision, stream?.events.map(({ event }) => event as SupervisionEvent) ?? []);
}

function mustBeDate(date: string, field: string): void {
  if (!isDate(date)) refuseCall('date-invalid', { field, found: date.slice(0, 20), expected: 'a date such as 2026-03-05' });
}

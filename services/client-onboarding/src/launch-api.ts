// gRPC methods of a launch -> commands and queries; nothing else. Both sides act here: what the client agrees to carries its consent.
import { type Refused, refuse } from '@deskfleet/event-store';
import { type CommandReceipt, type Consent, ListWaitingResponse, Party, WaitingItem } from '@deskfleet/protocol/common';
import { InformationHandedOver, TrainingKind, TrainingResult } from '@deskfleet/protocol/onboarding';
import {
  AcceptBatchRequest,
  AddHandbackItemRequest,
  ConfirmTrainingRequest,
  GiveVerdictRequest,
  GoLiveRequest,
  HandOverInformationRequest,
  LaunchServiceDefinition,
  type LaunchServiceImplementation,
  RecordTrainingRequest,
  ReopenInformationRequest,
  ReportReworkRequest,
  RequestReworkRequest,
  ReturnHandbackItemRequest,
  RevealInformationRequest,
  RevealInformationResponse,
  ScheduleTrainingRequest,
  ScheduleTrainingResponse,
  SetInformationItemRequest,
  SignHandbackRequest,
  TerminateContractRequest,
  TrialCard,
  TrialExtensionRequest,
  Verdict,
} from '@deskfleet/protocol/onboarding-launch';
import { dateOf } from '@deskfleet/service-hours';
import {
  allow,
  type Caller,
  type CallerContext,
  type GrpcService,
  grpcService,
  type Kit,
  listedAt,
  refuseCall,
  visibleShops,
  WAITING_SHOWN,
} from '@deskfleet/service-kit';
import { consentOf } from './consent.ts';
import type { Agreement } from './launch/agreement.ts';
import type { LaunchCommand } from './launch/launch.ts';
import { nameOfTraining } from './launch/training.ts';
import { launchMessage } from './launch/view.ts';
import { type Sealed, subjects } from './sealed.ts';
import { agreementFor, onLaunch, type Read, readLaunch, waitingLaunches } from './work/launches.ts';
import { othersOf } from './work/others.ts';

const CONTENT = 'content';
const CONTENT_CHARACTERS = 4_000;
/** Who works with a shop's information. */
const READERS = ['vendor-operations', 'team-lead', 'client'] as const;

/** What one side says: who it is, and the client's consent where it is the client's word. */
interface Word {
  readonly by: Party;
  readonly consent: Consent | undefined;
}

export function launchApi(kit: Kit, sealed: Sealed): GrpcService {
  const others = othersOf(kit);

  const contentsOf = async (caller: Caller, { of, launch, events }: Read): Promise<Map<string, string | undefined>> => {
    if (!READERS.some((role) => role === caller.role)) return new Map();
    const plain = Object.entries(launch.information).flatMap(([key, { progress }]) => (progress.status === 'handed-over' && !progress.secret ? [key] : []));
    return opened(caller, of, plain, events);
  };

  const opened = async (caller: Caller, { contractId }: Agreement, keys: readonly string[], events: Read['events']) => {
    const found = keys.map((itemKey) => {
      const last = events.findLast(({ event }) => event.$type === InformationHandedOver.$type && event.itemKey === itemKey)?.event;
      const { content: bytes, subjectId } = last?.$type === InformationHandedOver.$type ? last : { content: new Uint8Array(), subjectId: '' };
      return { of: `${contractId}/${itemKey}`, field: CONTENT, bytes, subjectId };
    });
    const texts = await sealed.open(caller.vendorId, found);
    return new Map(keys.map((key, index) => [key, texts[index]]));
  };

  /** One command of either side's. */
  const said = (
    caller: Caller,
    request: { commandId: string; contractId: string },
    content: Uint8Array,
    make: (of: Agreement, now: number) => LaunchCommand | Refused,
    shopIds: readonly string[] = [],
  ): Promise<CommandReceipt> => onLaunch(kit, caller, { commandId: request.commandId, contractId: request.contractId, content, shopIds }, make);

  const implementation: LaunchServiceImplementation<CallerContext> = {
    async getLaunch({ contractId, after }, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'finance', 'client');
      await kit.awaitPosition(after);
      const read = await readLaunch(kit, caller, contractId);
      const planned = Object.values(read.launch.trainings).some(({ agentIds }) => agentIds.length > 0);
      const [agentNames, contents] = await Promise.all([planned ? others.agentNames(caller) : undefined, contentsOf(caller, read)]);
      return launchMessage({ ...read, agentNames, contents, now: kit.now() });
    },

    async getTrial({ contractId }, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'finance', 'client');
      const { of, launch } = await readLaunch(kit, caller, contractId);
      const now = kit.now();
      const { trial } = launch;
      if (trial.status === 'none') return TrialCard.create({ contractId, asOf: now });
      const last = dateOf(trial.status === 'passed' || trial.status === 'failed' ? trial.decidedAt : now, of.terms.zone);
      const [clauses, standing] = await Promise.all([
        others.clauses(caller, of, { from: trial.startsOn, to: last }),
        trial.status === 'running' && caller.role !== 'team-lead' ? others.standing(caller, contractId) : undefined,
      ]);
      const { deposit, fees, kept, refund, receivable } = standing ?? {};
      return TrialCard.create({
        ...{ contractId, clausesKnown: clauses !== undefined, clauses: [...(clauses ?? [])], asOf: now },
        ...{ standingKnown: standing !== undefined, deposit, fees, kept, refund, receivable },
      });
    },

    async scheduleTraining(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'client');
      const trainingId = `tr_${kit.newId()}`;
      const { at } = await said(caller, request, ScheduleTrainingRequest.encode(request).finish(), () => {
        const { topic, givenBy, plannedOn, shopIds, agentIds } = request;
        const training = trainingNamed(request.kind);
        if (training === undefined) return refuse('training-kind-missing', { field: 'kind', found: '', expected: 'product, shop or rules' });
        return { kind: 'schedule-training', trainingId, training, topic, givenBy, plannedOn, shopIds, agentIds };
      });
      return ScheduleTrainingResponse.create({ trainingId, at });
    },

    async recordTraining(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'client');
      const names = await others.agentNames(caller);
      if (names === undefined) return refuseCall('agents-away', { service: 'agent-pools' });
      return said(caller, request, RecordTrainingRequest.encode(request).finish(), (of, now) => {
        const word = wordOf(caller, of, request.consent, { file: false });
        if ('accepted' in word) return word;
        const unknown = request.results.find(({ agentId }) => !names.has(agentId));
        if (unknown !== undefined) return refuse('agent-not-found', { id: unknown.agentId });
        const results = request.results.map((result) => TrainingResult.create({ ...result, agentName: names.get(result.agentId) ?? '' }));
        const { trainingId, heldOn, minutes } = request;
        return { kind: 'record-training', trainingId, heldOn, minutes, results, ...word, now };
      });
    },

    async confirmTraining(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'client');
      return said(caller, request, ConfirmTrainingRequest.encode(request).finish(), (of) => {
        const word = wordOf(caller, of, request.consent, { file: false });
        return 'accepted' in word ? word : { kind: 'confirm-training', trainingId: request.trainingId, ...word };
      });
    },

    async setInformationItem(request, { caller }) {
      allow(caller, 'vendor-operations');
      const { itemKey, title, required, reason } = request;
      return said(caller, request, SetInformationItemRequest.encode(request).finish(), () => ({
        kind: 'set-information-item',
        itemKey,
        title,
        required,
        reason,
      }));
    },

    async handOverInformation(request, { caller }) {
      allow(caller, 'vendor-operations', 'client');
      const { contractId, itemKey, secret, fileIds } = request;
      const text = request.content.trim();
      if (text.length > CONTENT_CHARACTERS)
        refuseCall('information-content-too-long', { field: 'content', found: text.length, expected: `at most ${CONTENT_CHARACTERS} characters` });
      const of = await agreementFor(kit, caller, contractId);
      const mine = consentOf(caller, of.clientId, request.consent, { file: false });
      if ('accepted' in mine) return refuseCall(mine.code, { ...mine.facts });
      const place = { of: `${contractId}/${itemKey}`, field: CONTENT };
      const sealedText = text === '' ? undefined : await sealed.sealOne(caller.vendorId, { subject: subjects.contract(contractId), ...place, text });
      return said(caller, request, HandOverInformationRequest.encode(request).finish(), () => ({
        ...{ kind: 'hand-over-information', itemKey, secret, fileIds, consent: mine },
        ...{ content: sealedText?.bytes ?? Buffer.alloc(0), subjectId: sealedText?.subjectId ?? '' },
      }));
    },

    async reopenInformation(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'client');
      const { itemKey, reason } = request;
      const by = caller.role === 'client' ? Party.PARTY_CLIENT : Party.PARTY_VENDOR;
      return said(caller, request, ReopenInformationRequest.encode(request).finish(), () => ({ kind: 'reopen-information', itemKey, reason, by }));
    },

    async revealInformation(request, { caller }) {
      allow(caller, ...READERS);
      const { itemKey, contractId } = request;
      // The look is recorded first: nobody has seen what is not written down.
      const { at } = await said(caller, request, RevealInformationRequest.encode(request).finish(), () => ({
        kind: 'reveal-information',
        itemKey,
        userId: caller.id,
      }));
      const { of, events } = await readLaunch(kit, caller, contractId);
      const content = (await opened(caller, of, [itemKey], events)).get(itemKey);
      return RevealInformationResponse.create({ content: content ?? '', erased: content === undefined, at });
    },

    async goLive(request, { caller }) {
      allow(caller, 'vendor-operations');
      return said(caller, request, GoLiveRequest.encode(request).finish(), (_, now) => ({ kind: 'go-live', batchKey: request.batchKey, now }));
    },

    async acceptBatch(request, { caller }) {
      allow(caller, 'vendor-operations', 'client');
      return said(caller, request, AcceptBatchRequest.encode(request).finish(), (of, now) => {
        const consent = consentOf(caller, of.clientId, request.consent, { file: false });
        return 'accepted' in consent ? consent : { kind: 'accept-batch', batchKey: request.batchKey, consent, now };
      });
    },

    async requestRework(request, { caller }) {
      allow(caller, 'vendor-operations', 'client');
      return said(caller, request, RequestReworkRequest.encode(request).finish(), (of, now) => {
        const consent = consentOf(caller, of.clientId, request.consent, { file: false });
        return 'accepted' in consent ? consent : { kind: 'request-rework', batchKey: request.batchKey, reason: request.reason, consent, now };
      });
    },

    async reportRework(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead');
      const { batchKey, note } = request;
      return said(caller, request, ReportReworkRequest.encode(request).finish(), (_, now) => ({ kind: 'report-rework', batchKey, note, now }));
    },

    async proposeTrialExtension(request, { caller }) {
      allow(caller, 'vendor-operations', 'client');
      return said(caller, request, TrialExtensionRequest.encode(request).finish(), (of, now) => {
        const word = wordOf(caller, of, request.consent, { file: false });
        return 'accepted' in word ? word : { kind: 'propose-extension', endsOn: request.endsOn, ...word, now };
      });
    },

    async agreeTrialExtension(request, { caller }) {
      allow(caller, 'vendor-operations', 'client');
      return said(caller, request, TrialExtensionRequest.encode(request).finish(), (of, now) => {
        const word = wordOf(caller, of, request.consent, { file: false });
        return 'accepted' in word ? word : { kind: 'agree-extension', endsOn: request.endsOn, ...word, now };
      });
    },

    async giveVerdict(request, { caller }) {
      allow(caller, 'vendor-operations', 'client');
      const { verdict, reason, serviceEndsAt } = request;
      if (verdict !== Verdict.VERDICT_PASSED && verdict !== Verdict.VERDICT_FAILED)
        return refuseCall('verdict-missing', { field: 'verdict', found: '', expected: 'passed or failed' });
      const asked = { kind: 'give-verdict', passed: verdict === Verdict.VERDICT_PASSED, reason, serviceEndsAt } as const;
      const { shopIds } = await agreementFor(kit, caller, request.contractId);
      const make = (of: Agreement, now: number): LaunchCommand | Refused => {
        // A vendor who shows nothing of the client's has no verdict of the client's (BR-206).
        if (caller.role !== 'client' && request.consent === undefined) return { ...asked, consent: undefined, now };
        const consent = consentOf(caller, of.clientId, request.consent, { file: true });
        return 'accepted' in consent ? consent : { ...asked, consent, now };
      };
      return said(caller, request, GiveVerdictRequest.encode(request).finish(), make, shopIds);
    },

    async terminateContract(request, { caller }) {
      allow(caller, 'vendor-operations', 'client');
      const { shopIds } = await agreementFor(kit, caller, request.contractId);
      const make = (of: Agreement, now: number): LaunchCommand | Refused => {
        const word = wordOf(caller, of, request.consent, { file: true });
        const { reason, lastServiceOn } = request;
        return 'accepted' in word ? word : { kind: 'terminate', reason, lastServiceOn, ...word, now };
      };
      return said(caller, request, TerminateContractRequest.encode(request).finish(), make, shopIds);
    },

    async addHandbackItem(request, { caller }) {
      allow(caller, 'vendor-operations', 'client');
      const { key, title } = request;
      return said(caller, request, AddHandbackItemRequest.encode(request).finish(), (_, now) => ({ kind: 'add-handback-item', key, title, now }));
    },

    async returnHandbackItem(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead');
      const { key, note } = request;
      return said(caller, request, ReturnHandbackItemRequest.encode(request).finish(), (_, now) => ({ kind: 'return-handback-item', key, note, now }));
    },

    async signHandback(request, { caller }) {
      allow(caller, 'vendor-operations', 'client');
      return said(caller, request, SignHandbackRequest.encode(request).finish(), (of, now) => {
        const word = wordOf(caller, of, request.consent, { file: true });
        return 'accepted' in word ? word : { kind: 'sign-handback', party: word.by, consent: word.consent, userId: caller.id, now };
      });
    },

    async listWaiting(request, { caller }) {
      const asked = visibleShops(caller, request.shopIds);
      const rows = await waitingLaunches(kit, caller, asked);
      const items = rows.flatMap(({ contract_id: contractId, shop_ids, steps }) => {
        const shopId = listedAt(asked, shop_ids) ?? '';
        return steps
          .filter(({ waitsFor }) => caller.role !== 'client' || waitsFor === 'client')
          .map((step) => WaitingItem.create({ ...step, vendorId: caller.vendorId, shopId, contractId, path: `/contracts/${contractId}/onboarding` }));
      });
      return ListWaitingResponse.create({ items: items.sort((a, b) => a.since - b.since).slice(0, WAITING_SHOWN), total: items.length });
    },
  };
  return grpcService(LaunchServiceDefinition, implementation);
}

function trainingNamed(kind: TrainingKind) {
  const { TRAINING_KIND_PRODUCT, TRAINING_KIND_SHOP, TRAINING_KIND_RULES } = TrainingKind;
  return kind === TRAINING_KIND_PRODUCT || kind === TRAINING_KIND_SHOP || kind === TRAINING_KIND_RULES ? nameOfTraining(kind) : undefined;
}

/** The side that speaks: the client's user for the client; the vendor for itself or, giving a consent, on the client's behalf. */
function wordOf(caller: Caller, of: Agreement, given: Consent | undefined, needs: { readonly file: boolean }): Word | Refused {
  if (caller.role !== 'client' && given === undefined) return { by: Party.PARTY_VENDOR, consent: undefined };
  const consent = consentOf(caller, of.clientId, given, needs);
  return 'accepted' in consent ? consent : { by: Party.PARTY_CLIENT, consent };
}

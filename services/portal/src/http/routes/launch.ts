// From a signed contract to its end: trainings, information list, batches, trial, termination, handback. Both sides act on the same addresses.
import { LaunchServiceDefinition } from '@deskfleet/protocol/onboarding-launch';
import { OPERATIONS, type Route } from '../route.ts';
import { rpcRoutes } from '../rpc.ts';
import type { Components } from '../schema.ts';

const READERS = ['vendor-operations', 'team-lead', 'finance', 'client'] as const;
const BOTH = ['vendor-operations', 'client'] as const;
const WORKERS = ['vendor-operations', 'team-lead', 'client'] as const;
const VENDORS = ['vendor-operations', 'team-lead'] as const;
const ON_BEHALF = 'The vendor does so on the behalf of the client with `consent`: a note that shows it';

export function launchRoutes(components: Components): readonly Route[] {
  const launch = rpcRoutes(components, 'client-onboarding', LaunchServiceDefinition, 'Launch of a contract');
  const at = '/contracts/{contractId}';
  return [
    launch.get(`${at}/launch`, 'getLaunch', {
      summary: 'Gates, trainings, information, batches, trial, end: each open step with whose turn and since when',
      access: READERS,
    }),
    launch.get(`${at}/trial`, 'getTrial', {
      summary: "The trial's clauses as they stand, and what would be kept and refunded if it ended today",
      access: READERS,
    }),

    launch.post(`${at}/trainings`, 'scheduleTraining', { summary: 'Plan a training', access: WORKERS, required: ['kind', 'topic', 'givenBy', 'plannedOn'] }),
    launch.post(`${at}/trainings/{trainingId}/record`, 'recordTraining', {
      summary: 'Tell how a training went; it waits for the other side',
      description: ON_BEHALF,
      access: WORKERS,
      required: ['heldOn', 'minutes', 'results'],
    }),
    launch.post(`${at}/trainings/{trainingId}/confirm`, 'confirmTraining', {
      summary: "Confirm the other side's account of a training",
      description: ON_BEHALF,
      access: WORKERS,
    }),

    launch.post(`${at}/information/{itemKey}`, 'handOverInformation', {
      summary: 'Hand over an item of the information list',
      description: ON_BEHALF,
      access: BOTH,
    }),
    launch.post(`${at}/information/{itemKey}/terms`, 'setInformationItem', {
      summary: 'Add an item to the information list, or say why one is not needed',
      access: OPERATIONS,
      required: ['required'],
    }),
    launch.post(`${at}/information/{itemKey}/reopen`, 'reopenInformation', {
      summary: 'Open an item again: something is missing in it',
      access: WORKERS,
      required: ['reason'],
    }),
    launch.post(`${at}/information/{itemKey}/reveal`, 'revealInformation', { summary: 'Open a secret; the look is recorded', access: WORKERS }),

    launch.post(`${at}/batches/{batchKey}/go-live`, 'goLive', {
      summary: 'Bring a batch live; the first one starts the trial',
      description: 'Refused `not-ready` with all that is missing: each with its code, its facts, whose turn it is and where they act.',
      access: OPERATIONS,
    }),
    launch.post(`${at}/batches/{batchKey}/accept`, 'acceptBatch', { summary: 'Accept the live work of a batch', description: ON_BEHALF, access: BOTH }),
    launch.post(`${at}/batches/{batchKey}/rework`, 'requestRework', {
      summary: 'Ask for rework of a batch',
      description: ON_BEHALF,
      access: BOTH,
      required: ['reason'],
    }),
    launch.post(`${at}/batches/{batchKey}/reworked`, 'reportRework', { summary: 'Say that the rework is done', access: VENDORS, required: ['note'] }),

    launch.post(`${at}/trial/extension`, 'proposeTrialExtension', {
      summary: 'Propose to make the trial longer',
      description: ON_BEHALF,
      access: BOTH,
      required: ['endsOn'],
    }),
    launch.post(`${at}/trial/extension/agree`, 'agreeTrialExtension', {
      summary: "Agree to the other side's proposal",
      description: ON_BEHALF,
      access: BOTH,
      required: ['endsOn'],
    }),
    launch.post(`${at}/trial/verdict`, 'giveVerdict', {
      summary: "The client's verdict",
      description: `${ON_BEHALF}, and a file.`,
      access: BOTH,
      required: ['verdict'],
    }),

    launch.post(`${at}/termination`, 'terminateContract', {
      summary: 'Give notice on a contract',
      description: `${ON_BEHALF}, and a file.`,
      access: BOTH,
      required: ['reason'],
    }),
    launch.post(`${at}/handback`, 'addHandbackItem', { summary: 'Add an item to what is handed back', access: BOTH, required: ['key', 'title'] }),
    launch.post(`${at}/handback/sign`, 'signHandback', { summary: 'Sign the handback', description: `${ON_BEHALF}, and a file.`, access: BOTH }),
    launch.post(`${at}/handback/{key}/return`, 'returnHandbackItem', { summary: 'Say how an item was handed back', access: VENDORS, required: ['note'] }),
  ];
}

// qa-inspection: samples, scores and findings, each of which can be checked again. The parts it is made of.
import { type Concluded, conversationFactsMigrations, conversationIntake, recordConclusions } from '@deskfleet/conversation-facts';
import { ensureMasterKeyFile, Keyring, openKeyDatabase, readMasterKey } from '@deskfleet/event-store/sealing';
import {
  ConversationNotesErased,
  FindingRaised,
  FrameEntryRecorded,
  InspectionAssigned,
  InspectionCorrected,
  InspectionScored,
  InspectionSkipped,
  SampleDrawn,
} from '@deskfleet/protocol/qa';
import type { Kit, Listener, ServiceDefinition } from '@deskfleet/service-kit';
import { qaApi } from './api.ts';
import { type FrameEntry, frameEntry } from './frame/frame-entry.ts';
import { frameEntries } from './projections/frame-entries.ts';
import { samples } from './projections/samples.ts';
import { agentUsers } from './subscriptions/agent-users.ts';
import { erasedSubjects } from './subscriptions/erased-subjects.ts';

const frame = { service: 'qa-inspection', event: FrameEntryRecorded, streamOf: (conversationId: string) => `frame-${conversationId}`, decider: frameEntry };

export const service: ServiceDefinition = {
  name: 'qa-inspection',
  migrations: [conversationFactsMigrations, new URL('../migrations/', import.meta.url)],
  async parts(kit) {
    const { keyring, listener } = await openKeyring(kit);
    const intake = conversationIntake<Concluded<FrameEntry>>({
      group: 'qa-inspection',
      appends: [FrameEntryRecorded],
      sliceSize: 500,
      assess: (conversations, tx) => recordConclusions({ ...frame, store: kit.store, now: () => kit.now() }, conversations, tx),
      work: (task) => kit.work(task),
    });
    return {
      events: [
        FrameEntryRecorded,
        SampleDrawn,
        InspectionAssigned,
        InspectionSkipped,
        InspectionScored,
        InspectionCorrected,
        FindingRaised,
        ConversationNotesErased,
      ],
      projections: [frameEntries, samples],
      subscriptions: [intake.subscription, agentUsers, erasedSubjects(kit, keyring)],
      intakes: [intake.facts],
      work: [intake.reassessment],
      api: [qaApi(kit, keyring)],
      listeners: [listener],
    };
  },
};

async function openKeyring({ keys, now }: Kit): Promise<{ keyring: Keyring; listener: Listener }> {
  if (keys.masterKeyFile === undefined) throw new Error('DESKFLEET_MASTER_KEY: missing, expected the path of the file that holds the master key');
  ensureMasterKeyFile(keys.masterKeyFile);
  const pool = await openKeyDatabase(keys.databaseUrl, { maxConnections: 2 });
  return {
    keyring: new Keyring(pool, readMasterKey(keys.masterKeyFile), now, keys.cacheMs),
    listener: { name: 'key database', start: async () => undefined, close: () => pool.end() },
  };
}

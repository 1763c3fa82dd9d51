// qa-inspection: samples, scores and findings, each of which can be checked again. The parts it is made of.
import { type Concluded, conversationFactsMigrations, conversationIntake, recordConclusions } from '@deskfleet/conversation-facts';
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
import { openKeyring, type ServiceDefinition } from '@deskfleet/service-kit';
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
      sliceSize: 1_000,
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

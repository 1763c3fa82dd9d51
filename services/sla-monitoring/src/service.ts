// sla-monitoring: whose customers were answered in time, and which were not. The parts it is made of.
import { conversationFactsMigrations, conversationIntake } from '@deskfleet/conversation-facts';
import type { ServiceDefinition } from '@deskfleet/service-kit';
import { slaApi } from './api.ts';
import { clockEvents } from './clock/stream.ts';
import { clockTimers } from './clock/timers.ts';
import { breaches } from './projections/breaches.ts';
import { warnings } from './projections/warnings.ts';
import { type AssessedBefore, assess } from './subscriptions/assess.ts';

/** Events a slice. The log's only other writers here are timers, so a slice may be long; its appends are cut to 100 events a call. */
const SLICE_EVENTS = 1_000;

export const slaMonitoring: ServiceDefinition = {
  name: 'sla-monitoring',
  migrations: [conversationFactsMigrations, new URL('../migrations/', import.meta.url)],
  parts: (kit) => {
    const intake = conversationIntake<AssessedBefore>({
      group: 'sla-monitoring',
      appends: clockEvents,
      sliceSize: SLICE_EVENTS,
      followImports: true,
      assess: (conversations, tx) => assess(kit, conversations, tx),
      work: (task) => kit.work(task),
    });
    return {
      events: clockEvents,
      projections: [breaches, warnings],
      subscriptions: [intake.subscription],
      timers: clockTimers(kit.store),
      intakes: [intake.facts],
      work: [intake.reassessment],
      api: [slaApi(kit)],
    };
  },
};

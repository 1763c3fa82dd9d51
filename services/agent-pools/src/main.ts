// agent-pools: who our agents are, which accounts they speak through, and who gets a live conversation. The only file that knows every part.
import {
  AccountMapped,
  AgentHired,
  AgentLevelChanged,
  AgentPresenceChanged,
  AgentRostered,
  AgentTrainedForShop,
  AgentUnrostered,
  ConversationAssigned,
  ConversationQueued,
  ShiftCancelled,
  ShiftPlanned,
  StaffingEndMoved,
  StaffingFeedConnected,
  StaffingFellShort,
  StaffingRecovered,
  StaffingShortfallBegan,
  StaffingShortfallEnded,
} from '@deskfleet/protocol/agents';
import { openKeyring, runService, type ServiceDefinition } from '@deskfleet/service-kit';
import { api } from './api.ts';
import { assignWaiting } from './assignment/assign-waiting.ts';
import { accountMappings } from './projections/account-mappings.ts';
import { agents } from './projections/agents.ts';
import { duty } from './projections/duty.ts';
import { shifts } from './projections/shifts.ts';
import { shortfalls } from './projections/shortfalls.ts';
import { staffingTimers } from './staffing/timers.ts';
import { watchStaffing } from './staffing/watch-staffing.ts';
import { staffingApi } from './staffing-api.ts';
import { contracts } from './subscriptions/contracts.ts';
import { intake } from './subscriptions/conversations.ts';
import { trainings } from './subscriptions/trainings.ts';

export const service: ServiceDefinition = {
  name: 'agent-pools',
  migrations: new URL('../migrations/', import.meta.url),
  async parts(kit) {
    const { keyring, listener } = await openKeyring(kit);
    return {
      events: [
        AgentHired,
        AgentLevelChanged,
        AgentTrainedForShop,
        AgentPresenceChanged,
        AccountMapped,
        ConversationAssigned,
        ConversationQueued,
        ShiftPlanned,
        ShiftCancelled,
        AgentRostered,
        AgentUnrostered,
        StaffingFeedConnected,
        StaffingFellShort,
        StaffingEndMoved,
        StaffingRecovered,
        StaffingShortfallBegan,
        StaffingShortfallEnded,
      ],
      projections: [agents, accountMappings, duty, shifts, shortfalls],
      subscriptions: [intake, contracts, trainings(kit)],
      timers: staffingTimers(kit.store),
      work: [assignWaiting(kit), watchStaffing(kit)],
      api: [api(kit), staffingApi(kit, keyring)],
      listeners: [listener],
    };
  },
};

if (import.meta.main) await runService(service);

// Whether a shop has as many agents online as its contract promises. Too few is no shortfall yet: it is one when it has lasted more than 15 minutes of
// service time. Source: BR-218.
import { accept, type Decider, type EpochMs } from '@deskfleet/event-store';
import { StaffingEndMoved, StaffingFellShort, StaffingRecovered, StaffingShortfallBegan, StaffingShortfallEnded } from '@deskfleet/protocol/agents';

export type StaffingEvent = StaffingFellShort | StaffingEndMoved | StaffingRecovered | StaffingShortfallBegan | StaffingShortfallEnded;

/** Service time too few may be there without being a shortfall. */
export const ALLOWED_MS = 15 * 60_000;

interface TooFew {
  readonly contractId: string;
  readonly contracted: number;
  readonly online: number;
  readonly since: EpochMs;
  /** Service ends then, and with it what is owed; 0 = open. */
  readonly endsAt: EpochMs;
}

export type Staffing =
  | { readonly status: 'enough' }
  | ({ readonly status: 'too-few'; readonly dueAt: EpochMs } & TooFew)
  | ({ readonly status: 'shortfall' } & TooFew);

export type StaffingCommand =
  /** The people were counted: too few for a contract, or not (`short` undefined: enough, not known, or no contract in force). */
  | {
      readonly kind: 'count';
      readonly shopId: string;
      readonly since: EpochMs;
      readonly short: (Omit<TooFew, 'since'> & { readonly dueAt: EpochMs }) | undefined;
    }
  /** Time went on: the allowed time may be used up. */
  | { readonly kind: 'elapse'; readonly shopId: string; readonly now: EpochMs }
  /** Time went on: service may have ended. */
  | { readonly kind: 'service-ends'; readonly shopId: string; readonly now: EpochMs };

export const staffing: Decider<StaffingCommand, StaffingEvent, Staffing> = {
  initial: { status: 'enough' },

  evolve(staffing, event) {
    const endsAt = staffing.status === 'enough' ? 0 : staffing.endsAt;
    switch (event.$type) {
      case StaffingFellShort.$type:
        return { status: 'too-few', ...tooFewOf(event), dueAt: event.dueAt };
      case StaffingEndMoved.$type:
        return staffing.status === 'enough' ? staffing : { ...staffing, endsAt: event.endsAt };
      case StaffingShortfallBegan.$type:
        return { status: 'shortfall', ...tooFewOf({ ...event, endsAt }) };
      case StaffingRecovered.$type:
      case StaffingShortfallEnded.$type:
        return { status: 'enough' };
    }
  },

  decide(staffing, command) {
    const { shopId } = command;
    if (command.kind === 'elapse') {
      if (staffing.status !== 'too-few' || command.now <= staffing.dueAt) return accept();
      const { contractId, contracted, online, since } = staffing;
      return accept(StaffingShortfallBegan.create({ shopId, contractId, contracted, online, since }));
    }
    if (command.kind === 'service-ends') {
      if (staffing.status === 'enough' || staffing.endsAt === 0 || command.now < staffing.endsAt) return accept();
      return accept(ended(shopId, staffing, staffing.endsAt));
    }
    const { short, since } = command;
    // The same too few again, a head more or less: it goes on since when it began.
    if (staffing.status !== 'enough' && short?.contractId === staffing.contractId) {
      const { contractId, endsAt } = short;
      return endsAt === staffing.endsAt ? accept() : accept(StaffingEndMoved.create({ shopId, contractId, endsAt }));
    }
    const over = staffing.status === 'enough' ? [] : [ended(shopId, staffing, since)];
    return accept(...over, ...(short === undefined ? [] : [StaffingFellShort.create({ shopId, since, ...short })]));
  },
};

function tooFewOf({ contractId, contracted, online, since, endsAt }: TooFew): TooFew {
  return { contractId, contracted, online, since, endsAt };
}

function ended(shopId: string, { status, contractId }: Exclude<Staffing, { status: 'enough' }>, at: EpochMs): StaffingEvent {
  return status === 'shortfall'
    ? StaffingShortfallEnded.create({ shopId, contractId, endedAt: at })
    : StaffingRecovered.create({ shopId, contractId, recoveredAt: at });
}

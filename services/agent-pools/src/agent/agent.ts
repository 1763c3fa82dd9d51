// An agent (客服): hired with skills and a load they can carry, of a level, trained shop by shop, present or not. Source: domain.md, agent; BR-014, G-141.
import { accept, type Decider, refuse } from '@deskfleet/event-store';
import { AgentHired, AgentLevelChanged, AgentPresenceChanged, AgentTrainedForShop, Presence } from '@deskfleet/protocol/agents';
import { AgentLevel } from '@deskfleet/protocol/terms';

export const SKILLS = ['pre-sale', 'after-sale'] as const;
export const MAX_LOAD = 50;

export type AgentEvent = AgentHired | AgentLevelChanged | AgentTrainedForShop | AgentPresenceChanged;

export type Agent =
  | { readonly status: 'none' }
  /** `presence` is undefined until somebody reports it; `level` unspecified until it is said. */
  | { readonly status: 'hired'; readonly level: AgentLevel; readonly presence: Presence | undefined; readonly trainedShops: readonly string[] };

export type AgentCommand =
  | {
      readonly kind: 'hire';
      readonly agentId: string;
      readonly name: string;
      readonly skills: readonly string[];
      readonly maxLoad: number;
      readonly userId: string;
      /** Unspecified: not said yet. */
      readonly level: AgentLevel;
    }
  | { readonly kind: 'change-level'; readonly agentId: string; readonly level: AgentLevel }
  | { readonly kind: 'train'; readonly agentId: string; readonly shopId: string; readonly trainedOn: string }
  | { readonly kind: 'change-presence'; readonly agentId: string; readonly presence: Presence; readonly source: PresenceSource };

/** Who says whether an agent is there. */
export type PresenceSource = 'page' | 'webhook';

export type AgentRefusal =
  | 'agent-not-found'
  | 'agent-name-missing'
  | 'skill-unknown'
  | 'max-load-invalid'
  | 'agent-level-unknown'
  | 'training-date-invalid'
  | 'presence-missing';

export const agent: Decider<AgentCommand, AgentEvent, Agent, AgentRefusal> = {
  initial: { status: 'none' },

  evolve(state, event) {
    switch (event.$type) {
      case 'deskfleet.agents.v1.AgentHired':
        return { status: 'hired', level: event.level, presence: undefined, trainedShops: [] };
      case 'deskfleet.agents.v1.AgentLevelChanged':
        return state.status === 'none' ? state : { ...state, level: event.level };
      case 'deskfleet.agents.v1.AgentTrainedForShop':
        return state.status === 'none' ? state : { ...state, trainedShops: [...state.trainedShops, event.shopId] };
      case 'deskfleet.agents.v1.AgentPresenceChanged':
        return state.status === 'none' ? state : { ...state, presence: event.presence };
    }
  },

  decide(state, command) {
    if (command.kind === 'hire') return hire(state, command);
    if (state.status === 'none') return refuse('agent-not-found', { id: command.agentId });
    switch (command.kind) {
      case 'change-level': {
        const { agentId, level } = command;
        if (!LEVELS.has(level)) return unknownLevel(level);
        return state.level === level ? accept<AgentEvent>() : accept<AgentEvent>(AgentLevelChanged.create({ agentId, level }));
      }
      case 'train': {
        const { agentId, shopId, trainedOn } = command;
        if (!isDate(trainedOn)) return refuse('training-date-invalid', { field: 'trainedOn', found: trainedOn, expected: 'a date, e.g. 2026-11-23' });
        if (state.trainedShops.includes(shopId)) return accept<AgentEvent>();
        return accept<AgentEvent>(AgentTrainedForShop.create({ agentId, shopId, trainedOn }));
      }
      case 'change-presence': {
        const { agentId, presence, source } = command;
        if (presence !== Presence.PRESENCE_ONLINE && presence !== Presence.PRESENCE_AWAY && presence !== Presence.PRESENCE_OFFLINE) {
          return refuse('presence-missing', { field: 'presence', found: presence, expected: 'online | away | offline' });
        }
        return state.presence === presence ? accept<AgentEvent>() : accept<AgentEvent>(AgentPresenceChanged.create({ agentId, presence, source }));
      }
    }
  },
};

/** The ladder (G-141). */
const LEVELS: ReadonlySet<AgentLevel> = new Set([
  AgentLevel.AGENT_LEVEL_JUNIOR,
  AgentLevel.AGENT_LEVEL_MIDDLE,
  AgentLevel.AGENT_LEVEL_SENIOR,
  AgentLevel.AGENT_LEVEL_ACCOUNT_MANAGER,
]);

function unknownLevel(level: AgentLevel) {
  return refuse('agent-level-unknown' as const, { field: 'level', found: level, expected: 'junior, middle, senior or account-manager' });
}

function hire(state: Agent, { agentId, name, skills, maxLoad, userId, level }: Extract<AgentCommand, { kind: 'hire' }>) {
  if (state.status !== 'none') return accept<AgentEvent>();
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > 100) {
    return refuse('agent-name-missing' as const, { field: 'name', found: `${trimmed.length} characters`, expected: '1 to 100 characters' });
  }
  const unknown = skills.find((skill) => !SKILLS.some((known) => known === skill));
  if (unknown !== undefined) return refuse('skill-unknown' as const, { field: 'skills', found: unknown, expected: SKILLS.join(' | ') });
  if (!Number.isInteger(maxLoad) || maxLoad < 1 || maxLoad > MAX_LOAD) {
    return refuse('max-load-invalid' as const, { field: 'maxLoad', found: maxLoad, expected: `1 to ${MAX_LOAD} conversations at once` });
  }
  if (level !== AgentLevel.AGENT_LEVEL_UNSPECIFIED && !LEVELS.has(level)) return unknownLevel(level);
  return accept<AgentEvent>(AgentHired.create({ agentId, name: trimmed, skills: [...new Set(skills)], maxLoad, userId, level }));
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

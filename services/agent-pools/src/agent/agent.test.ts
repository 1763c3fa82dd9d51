// An agent's life with us, as far as assignment needs it.
import { fold } from '@deskfleet/event-store';
import { AgentHired, AgentLevelChanged, AgentPresenceChanged, AgentTrainedForShop, Presence } from '@deskfleet/protocol/agents';
import { AgentLevel } from '@deskfleet/protocol/terms';
import { expect, test } from 'vitest';
import { type AgentEvent, agent } from './agent.ts';

const hired = AgentHired.create({ agentId: 'ag_1', name: '小美', skills: ['pre-sale'], maxLoad: 5, userId: 'u1' });
const trained = AgentTrainedForShop.create({ agentId: 'ag_1', shopId: 'sh_1', trainedOn: '2026-11-01' });
const online = AgentPresenceChanged.create({ agentId: 'ag_1', presence: Presence.PRESENCE_ONLINE, source: 'page' });
const after = (...events: AgentEvent[]) => fold(agent, events);
const hire = {
  kind: 'hire',
  agentId: 'ag_1',
  name: ' 小美 ',
  skills: ['pre-sale', 'pre-sale'],
  maxLoad: 5,
  userId: 'u1',
  level: AgentLevel.AGENT_LEVEL_UNSPECIFIED,
} as const;

test('an agent is hired with a name, skills and a load', () => expect(agent.decide(after(), hire)).toEqual({ accepted: true, events: [hired] }));

test('an agent is trained on a shop once', () => {
  const train = { kind: 'train', agentId: 'ag_1', shopId: 'sh_1', trainedOn: '2026-11-01' } as const;
  expect(agent.decide(after(hired), train)).toEqual({ accepted: true, events: [trained] });
  expect(agent.decide(after(hired, trained), train)).toEqual({ accepted: true, events: [] });
});

test('nobody knows where a new agent is until it is said, and a presence is said once', () => {
  const come = { kind: 'change-presence', agentId: 'ag_1', presence: Presence.PRESENCE_ONLINE, source: 'page' } as const;
  const away = AgentPresenceChanged.create({ agentId: 'ag_1', presence: Presence.PRESENCE_OFFLINE, source: 'webhook' });
  expect(agent.decide(after(hired), { ...come, presence: Presence.PRESENCE_OFFLINE, source: 'webhook' })).toEqual({ accepted: true, events: [away] });
  expect(agent.decide(after(hired), come)).toEqual({ accepted: true, events: [online] });
  expect(agent.decide(after(hired, online), come)).toEqual({ accepted: true, events: [] });
});

test('G-141: an agent is of a level from the hiring or from when it is said, changed once for each', () => {
  const middle = AgentLevel.AGENT_LEVEL_MIDDLE;
  const change = { kind: 'change-level', agentId: 'ag_1', level: middle } as const;
  const changed = AgentLevelChanged.create({ agentId: 'ag_1', level: middle });
  const hiredMiddle = AgentHired.create({ ...hired, level: middle });
  expect(agent.decide(after(), { ...hire, level: middle })).toEqual({ accepted: true, events: [hiredMiddle] });
  expect(agent.decide(after(hiredMiddle), change)).toEqual({ accepted: true, events: [] });
  expect(agent.decide(after(hired), change)).toEqual({ accepted: true, events: [changed] });
  expect(agent.decide(after(hired, changed), change)).toEqual({ accepted: true, events: [] });
  const back = { ...change, level: AgentLevel.AGENT_LEVEL_JUNIOR };
  expect(agent.decide(after(hired, changed), back)).toMatchObject({ events: [{ level: AgentLevel.AGENT_LEVEL_JUNIOR }] });
  expect(agent.decide(after(), change)).toMatchObject({ code: 'agent-not-found' });
  for (const level of [AgentLevel.AGENT_LEVEL_UNSPECIFIED, 9 as AgentLevel])
    expect(agent.decide(after(hired), { ...change, level })).toMatchObject({ code: 'agent-level-unknown', facts: { field: 'level', found: level } });
  expect(agent.decide(after(), { ...hire, level: 9 as AgentLevel })).toMatchObject({ code: 'agent-level-unknown' });
});

test('bad input is named by field', () => {
  expect(agent.decide(after(), { ...hire, name: ' ' })).toMatchObject({ code: 'agent-name-missing', facts: { field: 'name' } });
  expect(agent.decide(after(), { ...hire, skills: ['juggling'] })).toMatchObject({ code: 'skill-unknown', facts: { found: 'juggling' } });
  expect(agent.decide(after(), { ...hire, maxLoad: 0 })).toMatchObject({ code: 'max-load-invalid' });
  expect(agent.decide(after(), { ...hire, maxLoad: 51 })).toMatchObject({ code: 'max-load-invalid' });
  expect(agent.decide(after(hired), { kind: 'train', agentId: 'ag_1', shopId: 'sh_1', trainedOn: '2026-02-30' })).toMatchObject({
    code: 'training-date-invalid',
  });
  expect(agent.decide(after(hired), { kind: 'change-presence', agentId: 'ag_1', presence: Presence.PRESENCE_UNSPECIFIED, source: 'page' })).toMatchObject({
    code: 'presence-missing',
  });
});

test('nobody trains or greets an agent who was never hired', () =>
  expect(agent.decide(after(), { kind: 'train', agentId: 'ag_9', shopId: 'sh_1', trainedOn: '2026-11-01' })).toMatchObject({ code: 'agent-not-found' }));

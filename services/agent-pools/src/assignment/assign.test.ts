// Who gets a conversation of our own channels, and why nobody does.
import { Presence } from '@deskfleet/protocol/agents';
import { ServiceType } from '@deskfleet/protocol/conversations';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assign, type Candidate } from './assign.ts';

const agent = (agentId: string, fields: Partial<Candidate> = {}): Candidate => ({
  agentId,
  skills: ['pre-sale'],
  maxLoad: 4,
  presence: Presence.PRESENCE_ONLINE,
  trainedShops: ['sh_x'],
  load: 0,
  ...fields,
});
const conversation = { shopId: 'sh_x', serviceType: ServiceType.SERVICE_TYPE_PRE_SALE };

test('an agent not trained on the shop never gets its conversations, however free', () => {
  // BR-014
  expect(assign(conversation, [agent('free', { trainedShops: ['sh_y'] }), agent('busy', { load: 3 })])).toMatchObject({ agentId: 'busy' });
  expect(assign(conversation, [agent('free', { trainedShops: ['sh_y'] })])).toEqual({ agentId: undefined, reason: 'no-agent-trained' });
});

test('whoever is there, nobody untrained, absent or full is chosen', () => {
  // BR-014
  const agents = fc.array(
    fc.record({
      agentId: fc.string(),
      skills: fc.subarray(['pre-sale', 'after-sale']),
      maxLoad: fc.integer({ min: 1, max: 5 }),
      presence: fc.constantFrom(Presence.PRESENCE_ONLINE, Presence.PRESENCE_AWAY, Presence.PRESENCE_OFFLINE),
      trainedShops: fc.subarray(['sh_x', 'sh_y']),
      load: fc.nat(6),
    }),
  );
  fc.assert(
    fc.property(agents, (candidates) => {
      const fit = candidates.filter(
        (each) =>
          each.trainedShops.includes('sh_x') && each.skills.includes('pre-sale') && each.presence === Presence.PRESENCE_ONLINE && each.load < each.maxLoad,
      );
      const { agentId } = assign(conversation, candidates);
      expect(agentId === undefined ? fit.length === 0 : fit.some((each) => each.agentId === agentId)).toBe(true);
    }),
  );
});

test('a conversation queues and says why', () => {
  expect(assign(conversation, [agent('a', { skills: ['after-sale'] })]).reason).toBe('no-agent-skilled');
  expect(assign(conversation, [agent('a', { presence: Presence.PRESENCE_AWAY })]).reason).toBe('no-agent-present');
  expect(assign(conversation, [agent('a', { load: 4 })]).reason).toBe('all-agents-full');
});

test('the agent with the smaller share of their load in hand is chosen', () =>
  expect(assign(conversation, [agent('a', { load: 2, maxLoad: 4 }), agent('b', { load: 3, maxLoad: 10 })])).toEqual({
    agentId: 'b',
    reason: 'trained, pre-sale, load 3 of 10',
  }));

test('a conversation that does not say its service type needs no particular skill', () =>
  expect(assign({ ...conversation, serviceType: ServiceType.SERVICE_TYPE_UNSPECIFIED }, [agent('a', { skills: [] })])).toMatchObject({ agentId: 'a' }));

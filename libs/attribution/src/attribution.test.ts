// Whose message, whose conversation, which answer: BR-022 and BR-212, and what holds for every conversation.
import { AccountParty } from '@deskfleet/protocol/agents';
import { Sender, ServiceType } from '@deskfleet/protocol/conversations';
import { ServiceScope } from '@deskfleet/protocol/terms';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AccountMapping, type AttributionInput, agentKey, attribute, type TimelineMessage } from './index.ts';

const { SENDER_CUSTOMER: customer, SENDER_AGENT: agent, SENDER_BOT: bot, SENDER_SYSTEM: system } = Sender;

let count = 0;
const says = (sender: Sender, sentAt: number, account = sender === customer ? '' : 'seat-1'): TimelineMessage => {
  count += 1;
  return { messageId: `m${count}`, sentAt, ordinal: count, sender, account };
};
const mapped = (party: AccountParty, fromAt = 0, toAt = 0, version = 1): AccountMapping => ({
  account: 'seat-1',
  version,
  party,
  agentId: party === AccountParty.ACCOUNT_PARTY_AGENT ? `a${version}` : '',
  fromAt,
  toAt,
});
const conversation = (messages: TimelineMessage[], more: Partial<AttributionInput> = {}) =>
  attribute({ messages, mappings: [], serviceType: ServiceType.SERVICE_TYPE_UNSPECIFIED, scope: [], servedFrom: 0, ...more });

describe('the messages', () => {
  test('stand in order, each id once, the later given of two, whatever the order they came in', () => {
    const message = fc
      .record({ id: fc.nat(6), sentAt: fc.nat(5) })
      .map(({ id, sentAt }): TimelineMessage => ({ ...says(customer, sentAt), messageId: `m${id}`, ordinal: id }));
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), (messages) => {
        const last = messages.filter(({ messageId }, index) => !messages.slice(index + 1).some((other) => other.messageId === messageId));
        const expected = last.sort((a, b) => a.sentAt - b.sentAt || a.ordinal - b.ordinal);
        expect(conversation(messages).messages.map(({ messageId, sentAt }) => [messageId, sentAt])).toEqual(
          expected.map(({ messageId, sentAt }) => [messageId, sentAt]),
        );
      }),
    );
  });
});

describe('who answers', () => {
  test('BR-022: an automatic reply stops nothing, the human after it does', () => {
    const told = conversation([says(customer, 0), says(bot, 1_000), says(system, 2_000), says(agent, 45_000)]);
    expect(told.firstAnswer?.sentAt).toBe(45_000);
    expect(told.rounds).toHaveLength(1);
    expect(told.agentMessages).toBe(1);
  });

  test("BR-022: an agent's account mapped to a bot at that instant answers like a bot, and a millisecond later like a human", () => {
    const asBotUntil = (toAt: number) => conversation([says(customer, 0), says(agent, 1_000)], { mappings: [mapped(AccountParty.ACCOUNT_PARTY_BOT, 0, toAt)] });
    expect(asBotUntil(1_001)).toMatchObject({ firstAnswer: undefined, botOnly: true, unanswered: false });
    expect(asBotUntil(1_000)).toMatchObject({ firstAnswer: { sentAt: 1_000 }, botOnly: false, unanswered: false });
  });

  test('an agent account mapped to nobody is ours under its own name', () => {
    const { firstAnswer, notOurs } = conversation([says(customer, 0), says(agent, 1)]);
    expect(notOurs).toBeUndefined();
    expect(firstAnswer?.speaker.party === 'agent' && agentKey(firstAnswer.speaker)).toBe('account:seat-1');
  });

  test('the later mapping replaces the part of the earlier one that it overlaps', () => {
    const mappings = [mapped(AccountParty.ACCOUNT_PARTY_AGENT, 100, 200, 2), mapped(AccountParty.ACCOUNT_PARTY_AGENT, 0, 0, 1)];
    const keys = conversation(
      [99, 100, 199, 200].map((at) => says(agent, at)),
      { mappings },
    ).messages.map(({ speaker }) => speaker.party === 'agent' && agentKey(speaker));
    expect(keys).toEqual(['agent:a1', 'agent:a2', 'agent:a2', 'agent:a1']);
  });

  test('nobody answered; a bot alone did; a welcome text before the customer is no answer', () => {
    expect(conversation([says(customer, 0)])).toMatchObject({ unanswered: true, botOnly: false });
    expect(conversation([says(bot, 0), says(customer, 1)])).toMatchObject({ unanswered: true, botOnly: false });
    expect(conversation([says(customer, 0), says(bot, 1)])).toMatchObject({ unanswered: false, botOnly: true });
    expect(conversation([says(agent, 0)])).toMatchObject({ firstCustomer: undefined, firstAnswer: undefined, rounds: [], unanswered: false });
  });
});

describe('BR-212: whose conversation', () => {
  const preSaleOnly = [ServiceScope.SERVICE_SCOPE_PRE_SALE];

  test('an after-sale chat is out of the scope pre-sale; a pre-sale one and one that does not say are in it', () => {
    const of = (serviceType: ServiceType) => conversation([says(customer, 0)], { serviceType, scope: preSaleOnly }).notOurs;
    expect(of(ServiceType.SERVICE_TYPE_AFTER_SALE)).toBe('out-of-scope');
    expect(of(ServiceType.SERVICE_TYPE_PRE_SALE)).toBeUndefined();
    expect(of(ServiceType.SERVICE_TYPE_UNSPECIFIED)).toBeUndefined();
  });

  test("one first answered by the shop's own staff is not ours, even when we answer later", () => {
    const mappings = [mapped(AccountParty.ACCOUNT_PARTY_SHOP_STAFF)];
    expect(conversation([says(customer, 0), says(agent, 1), says(agent, 2, 'seat-2')], { mappings }).notOurs).toBe('shop-staff');
    expect(conversation([says(customer, 0), says(agent, 1, 'seat-2'), says(agent, 2)], { mappings }).notOurs).toBeUndefined();
  });

  test("a word of the shop's staff before any customer is no answer", () => {
    const mappings = [mapped(AccountParty.ACCOUNT_PARTY_SHOP_STAFF)];
    expect(conversation([says(agent, 0), says(customer, 1), says(agent, 2, 'seat-2')], { mappings }).notOurs).toBeUndefined();
  });
});

describe('P-06: agents take conversations from the go-live on', () => {
  const liveAt = 1_000;

  test('one that began before it is not ours, even when we answer; one that begins at that instant is', () => {
    const began = (at: number) => conversation([says(customer, at), says(agent, 2_000)], { servedFrom: liveAt });
    expect(began(999)).toMatchObject({ notOurs: 'before-go-live', firstAnswer: { sentAt: 2_000 } });
    expect(began(1_000).notOurs).toBeUndefined();
  });

  test('a shop that is not live has none of ours; without a customer the first message begins it', () => {
    expect(conversation([says(customer, 5_000)], { servedFrom: Number.POSITIVE_INFINITY }).notOurs).toBe('before-go-live');
    expect(conversation([says(agent, 999), says(agent, 1_001)], { servedFrom: liveAt }).notOurs).toBe('before-go-live');
    expect(conversation([says(agent, 999), says(customer, 1_001)], { servedFrom: liveAt }).notOurs).toBeUndefined();
  });
});

describe('rounds', () => {
  test('begin with the first unanswered customer message and end with the next human one', () => {
    const { rounds } = conversation([says(agent, 0), says(customer, 1), says(customer, 2), says(bot, 3), says(agent, 4), says(agent, 5), says(customer, 6)]);
    expect(rounds.map(({ number, start, answer }) => [number, start.sentAt, answer?.sentAt])).toEqual([
      [1, 1, 4],
      [2, 6, undefined],
    ]);
  });

  test('two messages of one instant stand in the order of their numbers', () => {
    const [first, second] = [says(customer, 7), says(agent, 7)];
    expect(conversation([second, first]).firstAnswer?.messageId).toBe(second.messageId);
  });
});

describe('for every conversation', () => {
  const message = fc.record({
    messageId: fc.integer({ min: 1, max: 40 }).map((n) => `m${n}`),
    sentAt: fc.integer({ min: 0, max: 30 }),
    ordinal: fc.integer({ min: 0, max: 3 }),
    sender: fc.constantFrom(customer, agent, bot, system),
    account: fc.constantFrom('seat-1', 'seat-2'),
  });
  const messages = fc.uniqueArray(message, { selector: (m) => m.messageId, maxLength: 20 });

  test('the order in which messages arrive, and a second arrival, change nothing', () =>
    fc.assert(
      fc.property(messages, fc.integer(), (list, seed) => {
        const shuffled = list.toSorted((a, b) => ((a.sentAt * 31 + seed) % 7) - ((b.sentAt * 31 + seed) % 7));
        expect(conversation([...shuffled, ...list])).toEqual(conversation(list));
      }),
    ));

  test('rounds follow each other, all but the last answered, and the first answer ends the first round', () =>
    fc.assert(
      fc.property(messages, (list) => {
        const { rounds, firstCustomer, firstAnswer } = conversation(list);
        expect(rounds.slice(0, -1).every(({ answer }) => answer !== undefined)).toBe(true);
        expect(rounds[0]?.start).toEqual(firstCustomer);
        expect(rounds[0]?.answer).toEqual(firstAnswer);
      }),
    ));
});

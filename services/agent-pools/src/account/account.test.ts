// Who speaks through an account when.
import { fold } from '@deskfleet/event-store';
import { AccountMapped, AccountParty } from '@deskfleet/protocol/agents';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { account, type MapCommand, replacePart, type Span } from './account.ts';

const { ACCOUNT_PARTY_AGENT: ofAgent, ACCOUNT_PARTY_BOT: ofBot, ACCOUNT_PARTY_SHOP_STAFF: ofShop } = AccountParty;
const map = (fields: Partial<MapCommand>): MapCommand => ({
  kind: 'map',
  shopId: 'sh_1',
  account: 'DemoShop:小美',
  party: ofAgent,
  agentId: fields.party === undefined || fields.party === ofAgent ? 'ag_1' : '',
  fromAt: 0,
  toAt: 0,
  ...fields,
});
const mapped = (fields: Partial<MapCommand>) => {
  const { kind: _, ...mapping } = map(fields);
  return AccountMapped.create(mapping);
};
const after = (...events: AccountMapped[]) => fold(account, events);

test('a mapping from ever to open covers all time', () =>
  expect(after(mapped({}))).toEqual([{ fromAt: 0, toAt: Number.POSITIVE_INFINITY, party: ofAgent, agentId: 'ag_1' }]));

test("a later mapping replaces the part it overlaps: the shop's own staff sat in for a week", () =>
  // BR-212
  expect(after(mapped({}), mapped({ party: ofShop, fromAt: 100, toAt: 200 }))).toMatchObject([
    { fromAt: 0, toAt: 100, party: ofAgent },
    { fromAt: 100, toAt: 200, party: ofShop },
    { fromAt: 200, toAt: Number.POSITIVE_INFINITY, party: ofAgent },
  ]));

test('a mapping that says what is known already changes nothing', () => {
  expect(account.decide(after(mapped({})), map({}))).toEqual({ accepted: true, events: [] });
  expect(account.decide(after(mapped({})), map({ fromAt: 50, toAt: 80 }))).toEqual({ accepted: true, events: [] });
  expect(account.decide(after(mapped({ toAt: 100 })), map({ fromAt: 50 }))).toMatchObject({ events: [{ fromAt: 50 }] });
});

test('a mapping without party, without its agent, with one that does not speak, or without any time is refused', () => {
  expect(account.decide([], map({ party: AccountParty.ACCOUNT_PARTY_UNSPECIFIED }))).toMatchObject({ code: 'mapping-without-party' });
  expect(account.decide([], map({ agentId: '' }))).toMatchObject({ code: 'mapping-without-agent' });
  expect(account.decide([], map({ party: ofBot, agentId: 'ag_1' }))).toMatchObject({ code: 'mapping-with-agent' });
  expect(account.decide([], map({ fromAt: 100, toAt: 100 }))).toMatchObject({ code: 'mapping-span-empty' });
  expect(account.decide([], map({ fromAt: 100, toAt: 101 }))).toMatchObject({ accepted: true });
});

test('whatever was mapped, at every instant the last mapping that covers it speaks', () => {
  const spans = fc.array(fc.record({ fromAt: fc.nat(20), length: fc.integer({ min: 1, max: 10 }), party: fc.constantFrom(ofAgent, ofBot, ofShop) }), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(spans, (drawn) => {
      const laid = drawn.map(({ fromAt, length, party }): Span => ({ fromAt, toAt: fromAt + length, party, agentId: '' }));
      const result = laid.reduce<readonly Span[]>(replacePart, []);
      for (let at = 0; at < 32; at++) {
        const last = laid.findLast((span) => span.fromAt <= at && at < span.toAt);
        const covering = result.filter((span) => span.fromAt <= at && at < span.toAt);
        expect(covering.map(({ party }) => party)).toEqual(last === undefined ? [] : [last.party]);
      }
    }),
  );
});

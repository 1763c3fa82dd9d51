import { specify } from '@deskfleet/event-store/testing';
import { ShopAdded, ShopContractEnded, ShopContracted } from '@deskfleet/protocol/onboarding';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shop } from './shop.ts';

const { given } = specify(shop);
const facts = { shopId: 'sh_1', clientId: 'cl_1', code: 'north-tmall', name: '北岸旗舰店', platform: 'tmall' };
const added = ShopAdded.create(facts);
const add = { kind: 'add', ...facts } as const;
const contract = (contractId: string, effectiveOn: string, endsOn = '', clientId = 'cl_1') =>
  ({ kind: 'contract', shopId: 'sh_1', clientId, contractId, effectiveOn, endsOn }) as const;
const contracted = (contractId: string, effectiveOn: string, endsOn = '') => ShopContracted.create({ shopId: 'sh_1', contractId, effectiveOn, endsOn });

test('a shop is added under the code that its channels call it by', () => given().when(add).then(added));

test('the same shop again changes nothing, another shop under its code is refused', () => {
  given(added).when(add).thenNothing();
  given(added)
    .when({ ...add, name: '南岸旗舰店' })
    .thenRefused('shop-code-taken', { code: 'north-tmall' });
});

test.each(['', ' ', 'a/b', '-a', 'a b', 'x'.repeat(101)])('the code %j is refused', (code) =>
  given()
    .when({ ...add, code })
    .thenRefused('shop-code-invalid', { field: 'code' }),
);

test.each(['a', '北岸', 'AppleSupport', 'x'.repeat(100)])('the code %j is taken', (code) =>
  given()
    .when({ ...add, code })
    .then(ShopAdded.create({ ...facts, code })),
);

test('a shop without name or platform is refused', () => {
  given()
    .when({ ...add, name: ' ' })
    .thenRefused('shop-name-missing', { field: 'name' });
  given()
    .when({ ...add, platform: '' })
    .thenRefused('shop-platform-missing', { field: 'platform' });
});

test('a contract covers a shop of its client, and no other', () => {
  given(added).when(contract('ct_1', '2026-01-01')).then(contracted('ct_1', '2026-01-01'));
  given(added)
    .when(contract('ct_1', '2026-01-01', '', 'cl_2'))
    .thenRefused('shop-of-another-client', { shopId: 'sh_1' });
  given().when(contract('ct_1', '2026-01-01')).thenRefused('shop-not-found', { id: 'sh_1' });
});

test('two contracts never cover a shop on the same day; the day after the last one is free', () => {
  const first = contracted('ct_1', '2026-01-01', '2026-06-30');
  given(added, first).when(contract('ct_2', '2026-06-30')).thenRefused('contract-overlaps', { contractId: 'ct_1', from: '2026-01-01', to: '2026-06-30' });
  given(added, first).when(contract('ct_2', '2026-07-01')).then(contracted('ct_2', '2026-07-01'));
  given(added, first)
    .when(contract('ct_2', '2025-01-01', '2025-12-31'))
    .then(contracted('ct_2', '2025-01-01', '2025-12-31'));
  given(added, first)
    .when(contract('ct_2', '2025-01-01', '2026-01-01'))
    .thenRefused('contract-overlaps');
  given(added, contracted('ct_1', '2026-01-01')).when(contract('ct_2', '2030-01-01')).thenRefused('contract-overlaps');
});

test('however contracts come, no day of a shop has two', () => {
  const day = fc.integer({ min: 1, max: 28 }).map((n) => `2026-02-${String(n).padStart(2, '0')}`);
  const span = fc.record({ effectiveOn: day, endsOn: fc.option(day, { nil: '' }) }).filter(({ effectiveOn, endsOn }) => endsOn === '' || effectiveOn <= endsOn);
  fc.assert(
    fc.property(fc.array(span, { maxLength: 12 }), (spans) => {
      let state = shop.evolve(shop.initial, added);
      for (const [index, { effectiveOn, endsOn }] of spans.entries()) {
        const command = contract(`ct_${index}`, effectiveOn, endsOn);
        const decision = shop.decide(state, command);
        if (!decision.accepted) continue;
        for (const event of decision.events) state = shop.evolve(state, event);
        const again = shop.decide(state, command);
        expect(again.accepted && again.events).toEqual([]);
      }
      const covers = state.status === 'added' ? state.covers : [];
      for (let n = 1; n <= 28; n++) {
        const on = `2026-02-${String(n).padStart(2, '0')}`;
        expect(covers.filter((cover) => cover.effectiveOn <= on && (cover.endsOn === '' || on <= cover.endsOn)).length).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test('a contract whose service ended early leaves the shop free from the day after', () => {
  const end = (endsOn: string) => ({ kind: 'end-contract', shopId: 'sh_1', contractId: 'ct_1', endsOn }) as const;
  const ended = (endsOn: string) => ShopContractEnded.create({ shopId: 'sh_1', contractId: 'ct_1', endsOn });
  const open = [added, contracted('ct_1', '2026-03-01')];
  given(...open)
    .when(end('2026-03-16'))
    .then(ended('2026-03-16'));
  given(...open, ended('2026-03-16'))
    .when(end('2026-03-16'))
    .thenNothing();
  given(...open, ended('2026-03-16'))
    .when(contract('ct_2', '2026-03-16'))
    .thenRefused('contract-overlaps', { to: '2026-03-16' });
  given(...open, ended('2026-03-16'))
    .when(contract('ct_2', '2026-03-17'))
    .then(contracted('ct_2', '2026-03-17'));
  // Ended before its first day it never covered the shop; and none ends later than it would have.
  given(...open, ended('2026-02-28'))
    .when(contract('ct_2', '2026-03-01'))
    .then(contracted('ct_2', '2026-03-01'));
  given(added, contracted('ct_1', '2026-03-01', '2026-03-31'))
    .when(end('2026-03-31'))
    .thenNothing();
});

import { fold } from '@deskfleet/event-store';
import { specify } from '@deskfleet/event-store/testing';
import { Consent, Consent_DecidedBy, Party } from '@deskfleet/protocol/common';
import {
  ContractDraftDropped,
  ContractDrafted,
  ContractDraftRevised,
  ContractOffered,
  ContractOfferWithdrawn,
  ContractPartySigned,
  ContractSigned,
} from '@deskfleet/protocol/onboarding';
import { ContractTerms } from '@deskfleet/protocol/terms';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wholeTerms } from '../../test/whole-terms.ts';
import { type Contract, type ContractCommand, type ContractEvent, contract } from './contract.ts';

const { given } = specify(contract);
const contractId = 'ct_1';
const content = { contractId, number: 'HT-1', clientId: 'cl_1', shopIds: ['sh_1'], leadId: 'ld_1', templateId: '', succeedsContractId: '' };
const drafted = ContractDrafted.create({ ...content, terms: wholeTerms });
const partial = ContractDrafted.create({ ...content, terms: ContractTerms.create({ currency: 'CNY' }) });
const offer = { kind: 'offer', revision: 1, textHash: 'aa', textObject: 'contract-texts/ct_1/aa' } as const;
const offered = ContractOffered.create({ contractId, textHash: 'aa', textObject: 'contract-texts/ct_1/aa' });
const consent = Consent.create({ decidedBy: Consent_DecidedBy.DECIDED_BY_CLIENT, userId: 'us_9' });
const clientSigns = { kind: 'sign-text', party: Party.PARTY_CLIENT, textHash: 'aa', userId: 'us_9', consent, today: '2026-03-02' } as const;
const vendorSigns = { ...clientSigns, party: Party.PARTY_VENDOR, userId: 'us_1', consent: undefined } as const;
const byClient = ContractPartySigned.create({ contractId, party: Party.PARTY_CLIENT, textHash: 'aa', userId: 'us_9', consent });
const byVendor = ContractPartySigned.create({ contractId, party: Party.PARTY_VENDOR, textHash: 'aa', userId: 'us_1' });
const { templateId: _, succeedsContractId: __, ...signedContent } = content;
const signed = ContractSigned.create({
  ...signedContent,
  terms: wholeTerms,
  signedOn: '2026-03-02',
  clientConsent: consent,
  textHash: 'aa',
  textObject: 'contract-texts/ct_1/aa',
  awaitsGoLive: true,
});
const withdrawn = ContractOfferWithdrawn.create({ contractId, reason: 'the fee is wrong', by: Party.PARTY_CLIENT });
const dropped = ContractDraftDropped.create({ contractId, reason: 'lead lost' });

test('a draft may lack what signing needs; the same again changes nothing, another under its number is refused', () => {
  const draft = { kind: 'draft', ...content, terms: partial.terms } as const;
  given().when(draft).then(partial);
  given(partial).when(draft).thenNothing();
  given(partial)
    .when({ ...draft, clientId: 'cl_2' })
    .thenRefused('contract-number-taken', { number: 'HT-1' });
  given(partial, dropped).when(draft).then(partial);
});

test('an incomplete draft is not offered, and all that is missing is told at once', () => {
  // BR-003
  const { decision } = given(partial).when(offer);
  expect(decision).toMatchObject({ accepted: false, code: 'terms-invalid' });
  const problems = decision.accepted ? [] : (decision.facts['problems'] as { code: string }[]);
  expect(problems.map(({ code }) => code)).toEqual(expect.arrayContaining(['service-window-missing', 'staffing-missing', 'zone-unknown', 'fee-missing']));
  given(drafted).when(offer).then(offered);
  given(drafted, offered).when(offer).thenNothing();
});

test('two who revise at once do not overwrite each other', () => {
  const revise = { kind: 'revise', shopIds: ['sh_1'], terms: { ...wholeTerms, noticeDays: 60 }, revision: 1 } as const;
  const revised = ContractDraftRevised.create({ contractId, shopIds: ['sh_1'], terms: { ...wholeTerms, noticeDays: 60 } });
  given(drafted).when(revise).then(revised);
  given(drafted, revised).when(revise).thenNothing();
  given(drafted, revised)
    .when({ ...revise, terms: { ...wholeTerms, noticeDays: 90 } })
    .thenRefused('draft-changed', { seen: 1, revision: 2 });
  given(drafted, revised).when(offer).thenRefused('draft-changed');
});

test('what is offered is frozen until it is withdrawn; then its signatures are void', () => {
  given(drafted, offered).when({ kind: 'revise', shopIds: [], terms: undefined, revision: 1 }).thenRefused('contract-offered');
  given(drafted, offered, byVendor).when({ kind: 'withdraw', by: Party.PARTY_CLIENT, reason: 'the fee is wrong' }).then(withdrawn);
  given(drafted, offered, byVendor, withdrawn).when(clientSigns).thenRefused('contract-offer-withdrawn', { reason: 'the fee is wrong' });
  given(drafted, offered, byVendor, withdrawn, offered).when(clientSigns).then(byClient);
});

test('each side signs the text it saw; another text is refused', () => {
  given(drafted, offered).when(clientSigns).then(byClient);
  given(drafted, offered)
    .when({ ...clientSigns, textHash: 'bb' })
    .thenRefused('text-changed');
  given(drafted, offered, byClient).when(clientSigns).thenNothing();
  given(drafted).when(clientSigns).thenRefused('contract-not-offered');
});

test('the second signature signs the contract, whichever side it is', () => {
  given(drafted, offered, byClient).when(vendorSigns).then(byVendor, signed);
  given(drafted, offered, byVendor).when(clientSigns).then(byClient, signed);
  given(drafted, offered, byVendor, byClient, signed).when(clientSigns).thenNothing();
});

test('service under a signed contract begins with a go-live; a renewal goes on with what is live, unless a handover or a trial was agreed again', () => {
  const awaits = (succeedsContractId: string, terms: ContractTerms) => {
    const { decision } = given(ContractDrafted.create({ ...content, terms, succeedsContractId }), offered, byClient).when(vendorSigns);
    return decision.accepted && decision.events.flatMap((event) => (event.$type === ContractSigned.$type ? [event.awaitsGoLive] : []))[0];
  };
  const plain = { ...wholeTerms, trial: undefined, batches: [] };
  expect(awaits('', plain)).toBe(true);
  expect(awaits('ct_0', plain)).toBe(false);
  expect(awaits('ct_0', { ...plain, batches: wholeTerms.batches })).toBe(true);
});

test('a signed contract is neither revised, withdrawn, dropped nor signed as another text', () => {
  const history = [drafted, offered, byVendor, byClient, signed] as const;
  given(...history)
    .when({ kind: 'withdraw', by: Party.PARTY_VENDOR, reason: 'x' })
    .thenRefused('contract-signed', { number: 'HT-1' });
  given(...history)
    .when({ kind: 'drop', reason: 'x' })
    .thenRefused('contract-signed');
  given(...history)
    .when({ ...clientSigns, textHash: 'bb' })
    .thenRefused('contract-signed');
});

/** What either side may ask at any time, with right and wrong hashes and revisions. */
const commands: fc.Arbitrary<ContractCommand> = fc.oneof(
  fc.record({ kind: fc.constant('draft' as const), ...constants({ ...content, terms: wholeTerms }) }),
  fc.record({
    kind: fc.constant('revise' as const),
    shopIds: fc.constant(['sh_1']),
    terms: fc.integer({ min: 0, max: 3 }).map((noticeDays) => ({ ...wholeTerms, noticeDays })),
    revision: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({
    kind: fc.constant('offer' as const),
    revision: fc.integer({ min: 1, max: 4 }),
    textHash: fc.constantFrom('aa', 'bb'),
    textObject: fc.constant('contract-texts/ct_1/x'),
  }),
  fc.record({ kind: fc.constant('withdraw' as const), by: fc.constantFrom(Party.PARTY_CLIENT, Party.PARTY_VENDOR), reason: fc.constant('no') }),
  fc.record({
    kind: fc.constant('sign-text' as const),
    party: fc.constantFrom(Party.PARTY_CLIENT, Party.PARTY_VENDOR),
    textHash: fc.constantFrom('aa', 'bb'),
    userId: fc.constant('us'),
    consent: fc.constant(consent),
    today: fc.constant('2026-03-02'),
  }),
  fc.record({ kind: fc.constant('drop' as const), reason: fc.constant('no') }),
);

function constants<Value extends object>(value: Value): { [Key in keyof Value]: fc.Arbitrary<Value[Key]> } {
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fc.constant(one)])) as { [Key in keyof Value]: fc.Arbitrary<Value[Key]> };
}

test('however both sides act, no text is signed that a side did not see, and a signed one never changes', () =>
  fc.assert(
    fc.property(fc.array(commands, { maxLength: 40 }), (asked) => {
      const events: ContractEvent[] = [];
      let state: Contract = contract.initial;
      for (const command of asked) {
        const decision = contract.decide(state, command);
        if (!decision.accepted) continue;
        const before = state;
        for (const event of decision.events) state = contract.evolve(state, event);
        events.push(...decision.events);
        if (before.status === 'running') expect(decision.events).toEqual([]);
        const again = contract.decide(state, command);
        expect(again.accepted && again.events.length > 0, `${command.kind} again`).toBe(false);
      }
      const signedEvents = events.filter((event) => event.$type === ContractSigned.$type);
      expect(signedEvents.length).toBeLessThanOrEqual(1);
      for (const event of signedEvents) {
        const offeredAt = events.findLastIndex((one) => one.$type === ContractOffered.$type);
        const seen = events.slice(offeredAt).filter((one) => one.$type === ContractPartySigned.$type);
        expect(new Set(seen.map(({ party }) => party)).size).toBe(2);
        const text = fold(contract, events.slice(0, offeredAt + 1));
        expect(text.status === 'offered' && text.textHash).toBe(event.textHash);
        for (const one of seen) expect(one.textHash).toBe(event.textHash);
        expect(text.status === 'offered' && text.draft.terms).toEqual(event.terms);
      }
    }),
    { numRuns: 1_000 },
  ));

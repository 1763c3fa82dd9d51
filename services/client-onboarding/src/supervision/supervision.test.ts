import { specify } from '@deskfleet/event-store/testing';
import { Consent, Consent_DecidedBy, Party } from '@deskfleet/protocol/common';
import {
  Judged,
  ManagementMeetingHeld,
  ManagementMeetingMissed,
  MeetingAction,
  MeetingActionDone,
  MeetingLevel,
  RemedyAgreed,
  RemedyDone,
  RemedyProposed,
  SealedText,
  SuggestionMade,
  SuggestionReplied,
  SupervisionChecked,
  Weakness,
} from '@deskfleet/protocol/onboarding';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Supervision, type SupervisionCommand, supervision } from './supervision.ts';

const { given } = specify(supervision);
const { PARTY_CLIENT: client, PARTY_VENDOR: vendor } = Party;
const of = { contractId: 'ct_1', today: '2026-11-20', zone: 'Asia/Shanghai' } as const;
const byClient = Consent.create({ decidedBy: Consent_DecidedBy.DECIDED_BY_CLIENT, userId: 'us_owner' });
const sealed = (text: string) => ({ subjectId: 'su_1', bytes: Buffer.from(text) });
const inEvent = (text: string) => SealedText.create({ subjectId: 'su_1', ciphertext: Buffer.from(text) });
const weakness = (key: string, clauseKey = '') =>
  Weakness.create({ key, text: Buffer.from('slow'), judged: Judged.JUDGED_PROCESS, clauseKey, subjectId: 'su_1' });
const check = {
  kind: 'check',
  ...{ ...of, checkId: 'sc_1', checkedOn: '2026-11-19', inspector: ' 店主 ' },
  ...{ weaknesses: [weakness('w-1')], clauseKeys: ['first-response'], consent: byClient },
} as const;
const checked = SupervisionChecked.create({
  ...{ contractId: 'ct_1', checkId: 'sc_1', checkedOn: '2026-11-19', inspector: '店主', weaknesses: [weakness('w-1')], consent: byClient },
});
const propose = { kind: 'propose-remedy', ...of, key: 'w-1', text: sealed('train'), dueOn: '2026-11-30', by: vendor } as const;
const proposed = (by: Party = vendor) =>
  RemedyProposed.create({ contractId: 'ct_1', weaknessKey: 'w-1', remedy: Buffer.from('train'), dueOn: '2026-11-30', by, subjectId: 'su_1' });
const agree = { kind: 'agree-remedy', ...of, key: 'w-1', by: client, consent: byClient } as const;
const agreed = RemedyAgreed.create({ contractId: 'ct_1', weaknessKey: 'w-1', by: client, consent: byClient });
const done = { kind: 'remedy-done', ...of, key: 'w-1', doneOn: '2026-11-20' } as const;

test('a weakness the client records has its date and inspector, the agreed remedy empty', () => {
  // BR-017
  given().when(check).then(checked);
  expect(given(checked).state.remedies.get('w-1')).toEqual({ status: 'none' });
  given(checked).when(check).thenNothing();
});

test('a weakness that shows in a conversation is known by it', () => {
  const shown = SupervisionChecked.create({ ...checked, weaknesses: [Weakness.create({ ...weakness('w-1'), conversationId: 'cv_1' }), weakness('w-2')] });
  expect([...given(shown).state.shownIn]).toEqual([['w-1', 'cv_1']]);
});

test('a check that found nothing is recorded too', () =>
  given()
    .when({ ...check, weaknesses: [] })
    .then(SupervisionChecked.create({ ...checked, weaknesses: [] })));

test('a weakness is held against a clause of the contract or none, and says what it judges', () => {
  // P-28.3, BR-226
  given()
    .when({ ...check, weaknesses: [weakness('w-1', 'first-response')] })
    .then(SupervisionChecked.create({ ...checked, weaknesses: [weakness('w-1', 'first-response')] }));
  given()
    .when({ ...check, weaknesses: [weakness('w-1'), weakness('w-2', 'attitude')] })
    .thenRefused('clause-unknown', { field: 'weaknesses[1].clauseKey' });
  given()
    .when({ ...check, weaknesses: [Weakness.create({ key: 'w-1' })] })
    .thenRefused('judged-missing');
});

test('nobody looks tomorrow, and somebody looked', () => {
  given()
    .when({ ...check, checkedOn: '2026-11-21' })
    .thenRefused('checked-on-invalid');
  given()
    .when({ ...check, inspector: ' ' })
    .thenRefused('inspector-missing');
});

test('a remedy proposed by one side is agreed by the other, not by itself', () => {
  given(checked).when(propose).then(proposed());
  given(checked, proposed()).when(agree).then(agreed);
  given(checked, proposed())
    .when({ ...agree, by: vendor, consent: undefined })
    .thenRefused('remedy-own-proposal');
  given(checked, proposed(client)).when(agree).thenRefused('remedy-own-proposal');
  given(checked, proposed(client))
    .when({ ...agree, by: vendor, consent: undefined })
    .then(RemedyAgreed.create({ contractId: 'ct_1', weaknessKey: 'w-1', by: vendor }));
  given(checked).when(agree).thenRefused('remedy-not-proposed');
  given(checked, proposed(), agreed).when(agree).thenNothing();
});

test('another proposal replaces the first until one is agreed', () => {
  given(checked, proposed())
    .when({ ...propose, by: client })
    .then(proposed(client));
  given(checked, proposed(), agreed).when(propose).thenRefused('remedy-agreed', { dueOn: '2026-11-30' });
  given(checked)
    .when({ ...propose, dueOn: '2026-11-19' })
    .thenRefused('remedy-due-invalid', { field: 'dueOn' });
  given(checked)
    .when({ ...propose, key: 'w-9' })
    .thenRefused('weakness-not-found');
});

test('an agreed remedy is done on a day that has come', () => {
  const over = RemedyDone.create({ contractId: 'ct_1', weaknessKey: 'w-1', doneOn: '2026-11-20' });
  given(checked, proposed(), agreed).when(done).then(over);
  given(checked, proposed(), agreed, over).when(done).thenNothing();
  given(checked, proposed(), agreed, over).when(propose).thenRefused('remedy-done');
  given(checked, proposed()).when(done).thenRefused('remedy-not-agreed');
  given(checked, proposed(), agreed)
    .when({ ...done, doneOn: '2026-11-21' })
    .thenRefused('done-on-invalid');
});

const made = SuggestionMade.create({ contractId: 'ct_1', suggestionId: 'sg_1', text: Buffer.from('x'), by: client, subjectId: 'su_1', consent: byClient });
const suggest = { kind: 'suggest', ...of, suggestionId: 'sg_1', text: sealed('x'), by: client, consent: byClient } as const;
const reply = { kind: 'reply', ...of, suggestionId: 'sg_1', adopted: false, reason: sealed('too dear'), by: vendor, consent: undefined } as const;
const replied = SuggestionReplied.create({ contractId: 'ct_1', suggestionId: 'sg_1', adopted: false, sealedReason: inEvent('too dear'), by: vendor });

test('a suggestion is adopted, or declined with a reason, by the other side', () => {
  // P-28.2
  given().when(suggest).then(made);
  given(made).when(reply).then(replied);
  given(made)
    .when({ ...reply, reason: undefined })
    .thenRefused('reason-missing');
  given(made)
    .when({ ...reply, adopted: true, reason: undefined })
    .then(SuggestionReplied.create({ ...replied, adopted: true, sealedReason: undefined }));
  given(made)
    .when({ ...reply, by: client })
    .thenRefused('suggestion-own');
  given(made, replied).when(reply).thenNothing();
  given(made, replied)
    .when({ ...reply, adopted: true })
    .thenRefused('suggestion-replied');
});

const meet = {
  kind: 'meet',
  ...{ ...of, meetingId: 'me_1', heldOn: '2026-11-18', levels: [MeetingLevel.MEETING_LEVEL_SUPERVISOR], topics: sealed('双十一') },
  actions: [{ key: 'a-1', text: sealed('extra shift'), owner: vendor, dueOn: '2026-11-25' }],
} as const;
const held = (...levels: MeetingLevel[]) =>
  ManagementMeetingHeld.create({
    ...{ contractId: 'ct_1', meetingId: 'me_1', heldOn: '2026-11-18', levels, sealedTopics: inEvent('双十一'), zone: 'Asia/Shanghai' },
    actions: [MeetingAction.create({ key: 'a-1', sealedText: inEvent('extra shift'), owner: vendor, dueOn: '2026-11-25' })],
  });
const monthOver = { kind: 'month-over', ...of, today: '2026-12-01', month: '2026-11' } as const;
const missed = ManagementMeetingMissed.create({ contractId: 'ct_1', month: '2026-11' });

test('a month with meetings of supervisors only is one without a talk of managers', () => {
  // BR-016
  given(held(MeetingLevel.MEETING_LEVEL_SUPERVISOR)).when(monthOver).then(missed);
  given(held(MeetingLevel.MEETING_LEVEL_AGENT, MeetingLevel.MEETING_LEVEL_MANAGER)).when(monthOver).thenNothing();
  given(held(MeetingLevel.MEETING_LEVEL_DIRECTOR)).when(monthOver).thenNothing();
  given(missed).when(monthOver).thenNothing();
});

test('a month is over when it is over', () => {
  // BR-016
  given()
    .when({ ...monthOver, today: '2026-11-30' })
    .thenNothing();
  given().when(monthOver).then(missed);
});

test('a meeting says when, who, what about, and what each side does until when', () => {
  given().when(meet).then(held(MeetingLevel.MEETING_LEVEL_SUPERVISOR));
  given(held(MeetingLevel.MEETING_LEVEL_SUPERVISOR)).when(meet).thenNothing();
  given()
    .when({ ...meet, heldOn: '2026-11-21' })
    .thenRefused('held-on-invalid');
  given()
    .when({ ...meet, levels: [MeetingLevel.MEETING_LEVEL_UNSPECIFIED] })
    .thenRefused('levels-missing');
  const action = (change: object) => given().when({ ...meet, actions: [{ key: 'a-1', text: sealed('x'), owner: vendor, dueOn: '2026-11-25', ...change }] });
  action({ owner: Party.PARTY_UNSPECIFIED }).thenRefused('action-owner-missing');
  action({ dueOn: '2026-11-17' }).thenRefused('action-due-invalid');
});

test('an action is done once', () => {
  const act = { kind: 'action-done', ...of, meetingId: 'me_1', actionKey: 'a-1' } as const;
  const acted = MeetingActionDone.create({ contractId: 'ct_1', meetingId: 'me_1', actionKey: 'a-1' });
  const meeting = held(MeetingLevel.MEETING_LEVEL_MANAGER);
  given(meeting).when(act).then(acted);
  given(meeting, acted).when(act).thenNothing();
  given(meeting)
    .when({ ...act, actionKey: 'a-9' })
    .thenRefused('action-not-found');
  given().when(act).thenRefused('meeting-not-found');
});

test('whatever both sides do at once, nobody agrees to their own word, and what is agreed, replied or done stays so', () => {
  const party = fc.constantFrom(client, vendor);
  const key = fc.constantFrom('w-1', 'w-2');
  const command: fc.Arbitrary<SupervisionCommand> = fc.oneof(
    fc.constant(check),
    fc.constant({ ...check, checkId: 'sc_2', weaknesses: [weakness('w-2')] }),
    fc.tuple(key, party).map(([k, by]) => ({ ...propose, key: k, by })),
    fc.tuple(key, party).map(([k, by]) => ({ ...agree, key: k, by, consent: by === client ? byClient : undefined })),
    key.map((k) => ({ ...done, key: k })),
    party.map((by) => ({ ...suggest, by })),
    fc.tuple(party, fc.boolean()).map(([by, adopted]) => ({ ...reply, by, adopted })),
    fc.constantFrom(MeetingLevel.MEETING_LEVEL_SUPERVISOR, MeetingLevel.MEETING_LEVEL_MANAGER).map((level) => ({ ...meet, levels: [level] })),
    fc.constantFrom('2026-09', '2026-10', '2026-11').map((month) => ({ ...monthOver, month })),
  );
  const rank = { none: 0, proposed: 1, agreed: 2, done: 3 };
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
      let state: Supervision = supervision.initial;
      for (const each of commands) {
        const before = state;
        const decision = supervision.decide(state, each);
        if (!decision.accepted) continue;
        for (const event of decision.events) {
          if (event.$type === RemedyAgreed.$type)
            expect(before.remedies.get(event.weaknessKey)).toMatchObject({ status: 'proposed', by: event.by === client ? vendor : client });
          if (event.$type === SuggestionReplied.$type) expect(before.suggestions.get(event.suggestionId)?.by).not.toBe(event.by);
          state = supervision.evolve(state, event);
        }
        for (const [k, remedy] of before.remedies) expect(rank[state.remedies.get(k)?.status ?? 'none']).toBeGreaterThanOrEqual(rank[remedy.status]);
        for (const [id, { reply: was }] of before.suggestions) if (was !== undefined) expect(state.suggestions.get(id)?.reply).toBe(was);
        for (const month of state.missed) if (!before.missed.has(month)) expect(state.met.has(month)).toBe(false);
        if (each.kind !== 'propose-remedy') expect(supervision.decide(state, each)).toMatchObject({ accepted: true, events: [] });
      }
    }),
  );
});

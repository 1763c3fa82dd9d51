import { fold } from '@deskfleet/event-store';
import { FindingRaised, InspectionAssigned, InspectionCorrected, InspectionScored, InspectionSkipped } from '@deskfleet/protocol/qa';
import { describe, expect, test } from 'vitest';
import { type Grade, type InspectionCommand, type InspectionEvent, inspection } from './inspection.ts';
import { scorecard } from './scorecard.ts';

const me = { assignmentId: 'as_1', inspectorId: 'us_me' };
const all = (grade: string): Grade[] => (scorecard(0)?.items ?? []).map(({ key }) => ({ itemKey: key, grade }));
const but = (grades: Grade[], itemKey: string, grade: string): Grade[] => grades.map((given) => (given.itemKey === itemKey ? { itemKey, grade } : given));
const given = (...past: InspectionEvent[]) => ({ when: (command: InspectionCommand) => inspection.decide(fold(inspection, past), command) });
const assigned = InspectionAssigned.create({ assignmentId: 'as_1', sampleId: 'sa_1', conversationId: 'cv_1', inspectorId: 'us_me' });
const assign = { ...me, kind: 'assign', sampleId: 'sa_1', conversationId: 'cv_1', handledByInspector: false } as const;
const submit = (grades: Grade[]) => ({ ...me, kind: 'score', scorecardVersion: 1, grades }) as const;
const scoredWith = (grades: Grade[]): InspectionEvent => {
  const decision = given(assigned).when(submit(grades));
  const event = decision.accepted ? decision.events[0] : undefined;
  if (event === undefined) throw new Error('not scored');
  return event;
};

const reason = { subjectId: 'su_1', sealed: Buffer.from('why, sealed') };
describe('who inspects', () => {
  test('whoever handled the conversation does not inspect it (BR-171)', () =>
    expect(given().when({ ...assign, handledByInspector: true })).toMatchObject({ accepted: false, code: 'inspector-handled-conversation' }));
  test('an assignment is one inspector’s, and asking again changes nothing', () => {
    expect(given().when(assign)).toMatchObject({ accepted: true, events: [{ $type: InspectionAssigned.$type, inspectorId: 'us_me' }] });
    expect(given(assigned).when(assign)).toMatchObject({ accepted: true, events: [] });
    expect(given(assigned).when({ ...assign, inspectorId: 'us_other' })).toMatchObject({ code: 'assigned-to-another' });
    expect(given(assigned).when({ ...submit(all('pass')), inspectorId: 'us_other' })).toMatchObject({ code: 'assigned-to-another' });
  });
});

describe('a score', () => {
  test('counts pass whole, partial half, fail none, and what does not apply not at all', () => {
    expect(scoredWith(all('pass'))).toMatchObject({ $type: InspectionScored.$type, totalTenths: 1000, maxTenths: 1000, fatal: false });
    expect(scoredWith(but(all('pass'), 'answer', 'partial'))).toMatchObject({ totalTenths: 850, maxTenths: 1000 });
    expect(scoredWith(but(all('pass'), 'selling', 'na'))).toMatchObject({ totalTenths: 850, maxTenths: 850 });
  });
  test('is 0 when a fatal item failed', () => expect(scoredWith(but(all('pass'), 'red-line', 'fail'))).toMatchObject({ totalTenths: 0, fatal: true }));
  test('names what is still open and what it cannot read', () => {
    expect(given(assigned).when(submit(all('pass').slice(0, 5)))).toMatchObject({
      code: 'scorecard-incomplete',
      facts: { missing: ['order', 'red-line'], answered: 5, of: 7 },
    });
    expect(given(assigned).when(submit(but(all('pass'), 'tone', 'great')))).toMatchObject({ code: 'grade-invalid', facts: { field: 'tone', found: 'great' } });
  });
  test('sent twice is one score; another one is a correction', () => {
    const scored = scoredWith(all('pass'));
    expect(given(assigned, scored).when(submit(all('pass')))).toMatchObject({ accepted: true, events: [] });
    expect(given(assigned, scored).when(submit(all('fail')))).toMatchObject({ code: 'already-scored' });
    const correction = { ...me, kind: 'correct', grades: but(all('pass'), 'tone', 'fail'), reason } as const;
    expect(given(assigned, scored).when(correction)).toMatchObject({ events: [{ $type: InspectionCorrected.$type, totalTenths: 850 }] });
    expect(given(assigned, scored).when({ ...correction, reason: undefined })).toMatchObject({ code: 'reason-missing' });
    expect(given(assigned).when(correction)).toMatchObject({ code: 'not-scored' });
  });
});

test('a skip says why, and ends the assignment', () => {
  const skip = { ...me, kind: 'skip', reason } as const;
  expect(given(assigned).when(skip)).toMatchObject({
    events: [{ $type: InspectionSkipped.$type, reason: '', reasonSubject: 'su_1', sealedReason: reason.sealed }],
  });
  expect(given(assigned).when({ ...skip, reason: undefined })).toMatchObject({ code: 'reason-missing' });
  const skipped = InspectionSkipped.create({ ...me, reasonSubject: 'su_1', sealedReason: reason.sealed });
  expect(given(assigned, skipped).when(submit(all('pass')))).toMatchObject({ code: 'already-skipped' });
});

describe('a finding', () => {
  const finding = {
    findingId: 'fi_1',
    messageId: 'm-4',
    messageKnown: true,
    category: '承诺',
    severity: 'major',
    noteSubject: 's',
    note: Buffer.alloc(0),
    stratum: 'agent:a',
  };
  const raise = (over: Partial<typeof finding> = {}) => ({ ...me, kind: 'raise-finding', finding: { ...finding, ...over } }) as const;
  test('hangs on a message of the conversation (BR-172)', () => {
    expect(given(assigned).when(raise())).toMatchObject({ events: [{ $type: FindingRaised.$type, messageId: 'm-4', conversationId: 'cv_1' }] });
    expect(given(assigned).when(raise({ messageId: '' }))).toMatchObject({ code: 'finding-without-message' });
    expect(given(assigned).when(raise({ messageKnown: false }))).toMatchObject({ code: 'finding-without-message' });
  });
  test('has a category and a severity', () => {
    expect(given(assigned).when(raise({ severity: 'huge' }))).toMatchObject({ code: 'severity-invalid' });
    expect(given(assigned).when(raise({ category: '' }))).toMatchObject({ code: 'category-missing' });
  });
});

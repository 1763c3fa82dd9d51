// The whole service on real PostgreSQL: samples that can be drawn again, inspections judged blind, findings on messages.
import type { UnknownMessage } from '@deskfleet/protocol';
import { AccountParty, AgentHired } from '@deskfleet/protocol/agents';
import { SubjectErased } from '@deskfleet/protocol/conversations';
import { ConversationNotesErased, FindingRaised, InspectionCorrected, InspectionSkipped, SampleDrawn } from '@deskfleet/protocol/qa';
import type { Assignment } from '@deskfleet/protocol/qa-service';
import { failureOf } from '@deskfleet/service-kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ground, startGround, terms } from './ground.ts';

const { ACCOUNT_PARTY_AGENT: ours, ACCOUNT_PARTY_SHOP_STAFF: shopStaff } = AccountParty;
const APRIL = { from: '2026-04-01', to: '2026-04-30' };
const lead = { role: 'team-lead', id: 'lead-1' } as const;
const client = { role: 'client', id: 'client-1', clientId: 'c1', shopIds: ['sh-small'] } as const;

let ground: Ground;
beforeAll(async () => {
  ground = await startGround();
  const { upstream } = ground;
  await ground.happened(
    upstream.contract('K-1', ['sh-small', 'sh-big'], terms),
    upstream.record('agent-pools', 'agent-ag-a', '', AgentHired.create({ agentId: 'ag-a', userId: 'inspector-2' })),
    upstream.mapped('sh-small', 'seat-a', ours, 'ag-a'),
    upstream.mapped('sh-small', 'seat-b', ours, 'ag-b'),
    upstream.mapped('sh-small', 'owner', shopStaff),
    // The inspector wrote second in `handled`: that is enough.
    ...upstream.conversation('sh-small', 'handled', '2026-04-02T10:00:00+08:00', ['seat-b', 'seat-a']),
    ...upstream.conversation('sh-small', 'second', '2026-04-03T10:00:00+08:00', ['seat-b']),
    ...upstream.conversation('sh-small', 'third', '2026-04-30T23:59:59+08:00', ['seat-b']),
    ...upstream.conversation('sh-small', 'in-may', '2026-05-01T00:00:00+08:00', ['seat-b']),
    ...upstream.conversation('sh-small', 'not-ours', '2026-04-04T10:00:00+08:00', ['owner']),
  );
});
afterAll(() => ground?.remove());

let commands = 0;
const commandId = (): string => `command-${++commands}`;
type Drawing = Parameters<ReturnType<Ground['api']>['drawSample']>[0];
const drawSample = (more: Drawing) => ground.api().drawSample({ commandId: commandId(), range: APRIL, seed: 42, everyAgent: true, ...more });
const eventOf = async <Event extends UnknownMessage>(streamId: string, is: (event: UnknownMessage) => event is Event): Promise<Event> => {
  const stream = (await ground.qa.kit.store.load('v1', [streamId])).get(streamId);
  const found = stream?.events.map(({ event }) => event).find(is);
  if (found === undefined) throw new Error(`${streamId} has no such event`);
  return found;
};
const isDrawn = (event: UnknownMessage): event is SampleDrawn => event.$type === SampleDrawn.$type;
const isFinding = (event: UnknownMessage): event is FindingRaised => event.$type === FindingRaised.$type;
const drawnBy = (sampleId: string): Promise<SampleDrawn> => eventOf(`sample-${sampleId}`, isDrawn);
const codeOf = async (call: Promise<unknown>): Promise<string> => (await failureOf(call)).code;

test('every table of the service is held by row level security', async () => expect(await ground.qa.unprotectedTables()).toEqual([]));

test('BR-170, BR-219: of 1,000 conversations by 10 agents 5 % are 50, each agent at least once, and drawn again they are the same for ever', async () => {
  const { upstream } = ground;
  const seats = Array.from({ length: 10 }, (_, n) => `seat-${n}`);
  await ground.happened(
    ...seats.map((seat, n) => upstream.mapped('sh-big', seat, ours, `ag-${n}`)),
    ...Array.from({ length: 1_000 }, (_, n) =>
      upstream.conversation('sh-big', `big-${n}`, '2026-04-10T10:00:00+08:00', [seats[n < 995 ? n % 9 : 9] ?? '']),
    ).flat(),
  );
  const sample = await drawSample({ shopIds: ['sh-big'], ratioBp: 500 });
  expect(sample).toMatchObject({ frameSize: 1_000, drawn: 50 });
  const { strata } = await ground.api().getSample({ sampleId: sample.sampleId });
  expect(strata.map(({ size }) => size).toSorted((a, b) => a - b)[0]).toBe(5);
  expect([strata.length, strata.every(({ drawn }) => drawn >= 1), strata.reduce((n, { drawn }) => n + drawn, 0)]).toEqual([10, true, 50]);
  const ids = (await drawnBy(sample.sampleId)).items.map(({ assignmentId }) => assignmentId);
  expect(await ground.api().redrawSample(sample)).toMatchObject({ same: true, sameFrame: true, assignmentIds: ids });

  await ground.happened(
    upstream.mapped('sh-big', 'seat-0', shopStaff),
    ...upstream.conversation('sh-big', 'big-late', '2026-04-10T11:00:00+08:00', ['seat-1']),
  );
  expect(await ground.api().redrawSample(sample)).toMatchObject({ same: true, sameFrame: true, assignmentIds: ids });
  expect((await drawSample({ shopIds: ['sh-big'], ratioBp: 500 })).frameSize).toBe(1_000 - 111 + 1);
  expect(await codeOf(ground.api({ shopIds: ['sh-small'] }).redrawSample(sample))).toBe('sample-not-found');
});

test('a sample that cannot be drawn is refused by name, and a repeated command draws once', async () => {
  expect(await codeOf(drawSample({ shopIds: ['sh-small'], ratioBp: 0 }))).toBe('ratio-invalid');
  expect(await codeOf(drawSample({ shopIds: ['sh-small'], ratioBp: 100, range: { from: '2026-04-30', to: '2026-04-01' } }))).toBe('range-invalid');
  expect(await codeOf(drawSample({ shopIds: ['sh-small'], ratioBp: 100, range: { from: '2026-06-01', to: '2026-06-30' } }))).toBe('frame-empty');
  expect(await codeOf(drawSample({ shopIds: ['sh-small'], ratioBp: 100, seed: -1 }))).toBe('seed-invalid');
  const twice = { commandId: commandId(), shopIds: ['sh-big'], ratioBp: 100, range: { from: '2026-04-10', to: '2026-04-10' } };
  expect((await drawSample(twice)).sampleId).toBe((await drawSample(twice)).sampleId);
});

const GRADES = ['greeting', 'understanding', 'answer', 'tone', 'selling', 'order', 'red-line'];
const grades = (over: Readonly<Record<string, string>> = {}) => GRADES.map((itemKey) => ({ itemKey, grade: over[itemKey] ?? 'pass' }));

test('an inspection from the draw to what the client reads', async () => {
  const { sampleId, frameSize, drawn } = await drawSample({ shopIds: ['sh-small'], ratioBp: 10_000 });
  expect([frameSize, drawn]).toEqual([3, 3]); // neither the shop's own nor May's
  const { items } = await drawnBy(sampleId);
  const conversationOf = (assignmentId: string): string => items.find((item) => item.assignmentId === assignmentId)?.conversationId ?? '';
  const [one, two] = [ground.api(), ground.api({ id: 'inspector-2' })];
  const next = (api = two): Promise<Assignment> => api.nextAssignment({ commandId: commandId(), sampleId });

  // BR-171, and blind: roles for people, and nothing that names the conversation, the agent or the stratum.
  const assignment = await next();
  const { assignmentId } = assignment;
  const conversationId = conversationOf(assignmentId);
  expect(['second', 'third']).toContain(conversationId);
  expect(assignment).toMatchObject({ sampleId, state: 'open', done: 0, total: 3, inspection: undefined, findings: [] });
  expect(assignment.messages.map(({ speaker, text }) => [speaker, text])).toEqual([
    ['customer', '在吗'],
    ['agent-a', '亲，在的'],
  ]);
  const told = JSON.stringify({ ...assignment, messages: assignment.messages.map((message) => ({ ...message, messageId: '' })) });
  for (const name of [conversationId, 'ag-b', 'seat-b', 'sh-small']) expect(told).not.toContain(name);
  expect((await next()).assignmentId).toBe(assignmentId); // what is on the desk comes first
  expect((await two.getSample({ sampleId })).rows.map((row) => [row.state, row.conversationId, row.stratum])).toEqual(Array(3).fill(['open', '', '']));
  expect(await codeOf(one.getAssignment({ assignmentId }))).toBe('assignment-not-found');
  expect(await codeOf(ground.api(lead).getAssignment({ assignmentId }))).toBe('assignment-not-found');

  // BR-172
  const finding = (messageId: string, more: object = {}) =>
    two.raiseFinding({ commandId: commandId(), assignmentId, messageId, category: 'tone', severity: 'minor', note: 'MARKER curt', ...more });
  expect(await codeOf(finding(''))).toBe('finding-without-message');
  expect(await codeOf(finding('handled-1'))).toBe('finding-without-message');
  expect(await codeOf(finding(`${conversationId}-1`, { severity: 'huge' }))).toBe('severity-invalid');
  const raised = await finding(`${conversationId}-1`);
  const event = await eventOf(`assignment-${assignmentId}`, isFinding);
  expect(Buffer.from(FindingRaised.encode(event).finish()).includes('MARKER')).toBe(false);
  expect((await ground.api(lead).listFindings({ after: raised.at })).findings).toMatchObject([
    { findingId: raised.findingId, conversationId, messageId: `${conversationId}-1`, note: 'MARKER curt', stratum: 'agent:ag-b', shopId: 'sh-small' },
  ]);
  expect((await two.getAssignment({ assignmentId })).findings).toMatchObject([{ note: 'MARKER curt', conversationId: '', stratum: '' }]);
  expect((await two.listFindings({})).findings).toEqual([]);
  expect((await ground.api(client).listFindings({})).findings).toEqual([]);
  expect(await ground.api(client).listInspections({})).toMatchObject({ total: 0, inspections: [] });
  expect(await codeOf(ground.api(client).getInspection({ assignmentId }))).toBe('inspection-not-found');

  const score = (api: typeof two, given = grades({ answer: 'partial' })) =>
    api.scoreInspection({ commandId: commandId(), assignmentId, scorecardVersion: 1, items: given });
  expect(await codeOf(score(two, grades().slice(1)))).toBe('scorecard-incomplete');
  expect(await codeOf(score(one))).toBe('assigned-to-another');
  await score(two);
  expect(await codeOf(score(two, grades()))).toBe('already-scored');
  expect((await two.getAssignment({ assignmentId })).inspection).toMatchObject({ conversationId, totalTenths: 850, maxTenths: 1_000, corrections: [] });

  const correct = (reason: string, api = two) => api.correctInspection({ commandId: commandId(), assignmentId, items: grades(), reason });
  expect(await codeOf(correct(' '))).toBe('reason-missing');
  expect(await codeOf(correct('misread', one))).toBe('assigned-to-another');
  await correct('the answer was whole');
  await two.correctInspection({ commandId: commandId(), assignmentId, items: grades({ 'red-line': 'fail' }), reason: 'promised money' });
  const inspection = await ground.api(client).getInspection({ assignmentId });
  expect(inspection).toMatchObject({ totalTenths: 0, fatal: true, findings: [{ note: 'MARKER curt' }] });
  for (const one of await ground.qa.kit.store.read(0, 5_000, { types: [InspectionCorrected.$type, InspectionSkipped.$type] })) {
    expect(Buffer.from(one.data).toString()).not.toMatch(/whole|promised/);
  }
  expect(inspection.corrections.map(({ totalTenthsBefore, totalTenthsAfter, reason }) => [totalTenthsBefore, totalTenthsAfter, reason])).toEqual([
    [850, 1_000, 'the answer was whole'],
    [1_000, 0, 'promised money'],
  ]);
  expect(await ground.api(client).listInspections({ range: APRIL })).toMatchObject({ total: 1, inspections: [{ assignmentId }] });
  expect((await ground.api(client).listFindings({})).findings).toMatchObject([{ findingId: raised.findingId }]);
  const stranger = ground.api({ ...client, shopIds: ['sh-big'] });
  expect(await codeOf(stranger.getInspection({ assignmentId }))).toBe('inspection-not-found');
  expect((await stranger.listInspections({})).total).toBe(0);
  expect(await codeOf(ground.api({ ...lead, vendorId: 'v2' }).getInspection({ assignmentId }))).toBe('inspection-not-found');
  expect(await codeOf(ground.api(client).getSample({ sampleId }))).toBe('not-allowed');

  // What is left for inspector-2 is skipped; the one they handled never comes to them.
  const other = await next();
  expect(conversationOf(other.assignmentId)).toBe(conversationId === 'second' ? 'third' : 'second');
  const skip = (reason: string) => two.skipInspection({ commandId: commandId(), assignmentId: other.assignmentId, reason });
  expect(await codeOf(skip(''))).toBe('reason-missing');
  await skip('pictures only');
  expect((await next()).assignmentId).toBe('');
  expect(conversationOf((await next(one)).assignmentId)).toBe('handled');

  const sample = await two.getSample({ sampleId });
  expect(sample).toMatchObject({ scored: 1, skipped: 1, drawn: 3, meanTenths: 0 });
  expect(sample.rows.filter((row) => row.conversationId !== '')).toMatchObject([{ assignmentId, state: 'scored', stratum: 'agent:ag-b' }]);
  // A customer of the conversation is erased: what was written about it goes, what was scored stays.
  const gone = SubjectErased.create({ erasureId: 'er_1', conversationId, subjectId: 'su_1' });
  await ground.happened(ground.upstream.record('conversations', `conversation-${conversationId}`, 'sh-small', gone));
  const said = await eventOf(`notes-${conversationId}`, (event): event is ConversationNotesErased => event.$type === ConversationNotesErased.$type);
  expect(said).toMatchObject({ erasureId: 'er_1', conversationId });
  const erased = await ground.api(client).getInspection({ assignmentId });
  expect(erased).toMatchObject({ totalTenths: 0, fatal: true, findings: [{ findingId: raised.findingId, note: '', category: 'tone' }] });
  expect(erased.corrections.map(({ totalTenthsAfter, reason }) => [totalTenthsAfter, reason])).toEqual([
    [1_000, ''],
    [0, ''],
  ]);

  const { items: waiting } = await one.listWaiting({ shopIds: ['sh-small'] });
  expect(waiting).toMatchObject([{ kind: 'sample-not-scored', subject: sampleId, count: 1, shopId: 'sh-small' }]);
});

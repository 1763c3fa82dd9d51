// The first sentence says the worst; an hour of samples has gaps where nothing was known.
import { expect, test } from 'vitest';
import type { Operations } from '../../api/types.ts';
import { hourOf, MINUTE_MS } from './hour.ts';
import { progressOf, type ServiceNow, verdictOf, verdictStatus } from './state.ts';

const state = (parts: Partial<Operations> = {}): Operations => ({
  source: 'billing/0/e1',
  head: 100,
  asOf: 0,
  groups: [],
  held: [],
  projections: [],
  background: [],
  faults: [],
  orphans: [],
  ...parts,
});
const group = (behindMs: number, known = true) => ({ group: 'billing', service: 'conversations', source: 's', applied: 1, behind: 1, behindMs, known });
const build = (fault: string, live = 'live') => ({
  ...{ name: 'invoices', version: 1, build: 1, state: live, runnable: true, rebuildable: true, position: 25, head: 100 },
  ...{ rows: 1, startedAt: 0, liveAt: 0, rate: 0, fault },
});
const billing = (parts?: Partial<Operations>): ServiceNow => ({ service: 'billing', answered: true, state: state(parts) });

test('all pages within seconds is one sentence, rounded up and never zero', () => {
  expect(verdictOf([billing()])).toEqual({ kind: 'fresh', seconds: 1 });
  expect(verdictOf([billing({ groups: [group(1_001)] })])).toEqual({ kind: 'fresh', seconds: 2 });
  expect(verdictOf([billing({ groups: [group(10_000)] })])).toEqual({ kind: 'fresh', seconds: 10 });
  expect(verdictOf([billing({ groups: [group(10_001)] })])).toMatchObject({ kind: 'late', services: ['billing'] });
});

test('the worst comes first: no answer, a page that stands still, parked streams, a broker that is away, a source that is', () => {
  const relay = { published: 0, behind: 9, behindMs: 9, fault: 'connect ECONNREFUSED' };
  const parked = [{ group: 'billing', service: 'conversations', state: 'parked', waitKey: '', streams: 1, events: 2, since: 1 }];
  const worst = { groups: [group(0, false)], relay, held: parked, projections: [build('cannot fold')] };
  expect(verdictOf([billing(worst), { service: 'portal', answered: false }])).toEqual({ kind: 'away', services: ['portal'] });
  expect(verdictOf([billing(worst)]).kind).toBe('stopped');
  expect(verdictOf([billing({ ...worst, projections: [build('a rebuild fails', 'building')] })]).kind).toBe('parked');
  expect(verdictOf([billing({ ...worst, projections: [], held: [] })]).kind).toBe('relay');
  expect(verdictOf([billing({ groups: [group(0, false)] })]).kind).toBe('unknown');
});

test('a broker that is down is a warning: commands still work', () => {
  expect(verdictStatus.relay).toBe('risk');
  expect(verdictStatus.away).toBe('breach');
});

test('throughput is what the log grew by, a restart is a gap, a restore no negative rate', () => {
  const at = (minute: number, second: number) => minute * MINUTE_MS + second * 1000;
  const sample = (when: number, position: number, behindMs = 0) => ({ at: when, position, behind: 0, behindMs, parked: 0, waiting: 0 });
  const samples = [
    sample(at(1, 0), 0),
    sample(at(1, 15), 150, 2_000),
    sample(at(1, 30), 300, 500),
    // nothing of minute 2: the portal was restarted
    sample(at(3, 0), 900),
    sample(at(3, 15), 900),
    sample(at(3, 30), 400), // restored from a backup
    sample(at(3, 45), 415),
  ];
  const hour = hourOf({ everyMs: 15_000, from: at(1, 0), until: at(5, 0), services: [{ service: 'billing', samples }] });
  expect(hour.minutes).toHaveLength(4);
  expect(hour.services[0]?.rates).toEqual([10, null, 0.5, null]);
  expect(hour.services[0]?.lags).toEqual([2, null, 0, null]);
});

test('progress is a share of the log, whole when the log is empty', () => {
  expect([progressOf({ position: 25, head: 100 }), progressOf({ position: 0, head: 0 })]).toEqual([0.25, 1]);
});

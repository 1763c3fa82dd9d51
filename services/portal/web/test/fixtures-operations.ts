// What an operator looks at: seven services, one behind, one with a parked stream, one rebuild half done, an hour with a gap.
import type { EventView, HeldStream, Operations, ProjectionBuild } from '../src/api/types.ts';
import { HOUR, NOW } from './fixtures.ts';

const names = ['client-onboarding', 'agent-pools', 'conversations', 'sla-monitoring', 'qa-inspection', 'billing', 'portal'];

const build = (name: string, parts: Partial<ProjectionBuild> = {}): ProjectionBuild => ({
  ...{ name, version: 2, build: 1, state: 'live', runnable: true, rebuildable: true, position: 48_213, head: 48_213 },
  ...{ rows: 1_204, startedAt: NOW - 20 * HOUR, liveAt: NOW - 19 * HOUR, rate: 0, fault: '' },
  ...parts,
});

export function operationsOf(service: string): Operations {
  const index = Math.max(0, names.indexOf(service));
  return {
    source: `${service}/0/e1`,
    head: 1200 * (index + 1),
    asOf: NOW,
    orphans: service === 'sla-monitoring' ? [{ group: service, service: 'conversations', events: 7, since: NOW - 2 * HOUR }] : [],
    groups:
      service === 'billing' || service === 'sla-monitoring'
        ? ['client-onboarding', 'agent-pools', 'conversations'].map((source, nth) => ({
            ...{ group: service, service: source, source: `${source}/0/e1`, applied: 900 + nth, known: true },
            ...{ behind: nth === 2 ? 1_340 : 0, behindMs: nth === 2 ? (service === 'billing' ? 12_400 : 1_800) : 0 },
          }))
        : [],
    held:
      service === 'qa-inspection'
        ? [{ group: service, service: 'conversations', state: 'parked', waitKey: '', streams: 1, events: 3, since: NOW - HOUR }]
        : service === 'billing'
          ? [
              {
                group: service,
                service: 'conversations',
                state: 'waiting',
                waitKey: 'contract-of:ve_1:sh_phone',
                streams: 4,
                events: 31,
                since: NOW - 3 * HOUR,
              },
            ]
          : [],
    projections: [
      build('invoices'),
      ...(service !== 'billing'
        ? []
        : [build('invoices', { build: 2, state: 'building', position: 20_100, rows: 480, startedAt: NOW - 60_000, liveAt: 0, rate: 9_400 })]),
      build('usage_items', { version: 1, state: 'kept', runnable: false, rebuildable: false }),
      build('timers:clock', { rows: -1, rebuildable: false }),
    ],
    timers: { pending: 812, due: 2, lateMs: 400, failing: 0 },
    relay: { published: 1_100, behind: 100, behindMs: 4_200, fault: service === 'billing' ? 'connect ECONNREFUSED 127.0.0.1:9092' : '' },
    background: [{ name: `${service}:reassessment`, pending: 3, fault: '' }],
    faults: service === 'billing' ? [{ part: 'relay', error: 'connect ECONNREFUSED 127.0.0.1:9092' }] : [],
  };
}

export const operations = { services: names.map((service) => ({ service, answered: true, state: operationsOf(service) })), asOf: NOW };

const EVERY = 15_000;
export const samples = {
  everyMs: EVERY,
  from: NOW - HOUR,
  until: NOW,
  services: names.map((service, index) => ({
    service,
    samples: Array.from({ length: 240 }, (_, nth) => ({
      ...{ at: NOW - HOUR + nth * EVERY, position: Math.round(nth * (index + 1) * 40 + Math.sin(nth / 9) * 60 + 600), behind: nth, parked: 0, waiting: 0 },
      behindMs: service === 'billing' && nth > 200 ? (nth - 200) * 300 : 400,
    })).filter((_, nth) => nth < 90 || nth > 120),
  })),
};

export const heldStream: HeldStream = {
  ...{ id: 'aGVsZA', service: 'qa-inspection', group: 'qa-inspection', source: 'conversations/0/e1', streamId: 'conversation-cv_9f3kq2', shopId: 'sh_home' },
  ...{ state: 'parked', waitKey: '', error: 'TypeError: the scorecard has no item greeting', attempts: 3, since: NOW - HOUR, events: 3 },
  ...{ firstPosition: 48_213, firstType: 'deskfleet.conversations.v1.MessageReceived' },
};
export const heldList = { streams: [heldStream], away: [], more: false, asOf: NOW };

const event = (position: number, type: string, parts: Partial<EventView> = {}): EventView => ({
  ...{ source: 'conversations/0/e1', position, type: `deskfleet.conversations.v1.${type}`, streamId: 'conversation-cv_9f3kq2', version: 3, shopId: 'sh_home' },
  ...{ occurredAt: NOW - HOUR, recordedAt: NOW - HOUR + 400, eventId: `0199-${position}`, correlationId: '0199-1', causationId: 'im_1:1', commandId: 'im_1:1' },
  ...{ actor: { kind: 'user', id: 'us_1', role: 'vendor-operations' }, schemaVersion: 1, traceparent: '', sealed: ['text'], unreadable: '' },
  data: { conversationId: 'cv_9f3kq2', messageId: 'm-3', sentAt: NOW - HOUR, sender: 'customer', text: { sealed: true, subjectId: 'sub_1' } },
  ...parts,
});
export const eventPage = {
  source: 'conversations/0/e1',
  events: [event(48_214, 'MessageReceived'), event(48_213, 'ConversationOpened')],
  through: 48_213,
  done: true,
  head: 48_214,
};
export const heldOne = { stream: heldStream, events: [event(48_213, 'MessageReceived'), event(48_214, 'MessageReceived')], more: false };
export const eventOne = {
  event: event(48_213, 'MessageReceived'),
  followed: [
    event(912, 'ClauseBreached', { source: 'sla-monitoring/0/e1', type: 'deskfleet.sla.v1.ClauseBreached', streamId: 'clock-cv_9f3kq2', sealed: [] }),
    event(77, 'UsageAssessed', { source: 'billing/0/e1', type: 'deskfleet.billing.v1.UsageAssessed', streamId: 'usage-cv_9f3kq2', sealed: [] }),
  ],
  partial: [],
};

export const erasures = {
  erasures: [
    {
      ...{ erasureId: 'er_2', subjectId: 'su_77c1f0a2', state: 'running', reason: '本人来信要求', requestedAt: NOW - 60_000, requestedBy: 'us_1' },
      ...{ conversations: 3, doneAt: 0, waitsFor: ['caches', 'qa-inspection', 'client-onboarding'], again: false },
    },
    {
      ...{ erasureId: 'er_1', subjectId: 'su_10ab93de', state: 'done', reason: '平台转来的删除请求 P-118', requestedAt: NOW - 72 * HOUR, requestedBy: 'us_1' },
      ...{ conversations: 1, doneAt: NOW - 72 * HOUR + 95_000, waitsFor: [], again: false },
    },
  ],
  nextToken: '',
};
const standing = { releasedBy: '', releasedAt: 0, releaseReason: '' };
const holdOfPerson = {
  ...{ holdId: 'ho_2', subjectId: 'su_5e1d22b7', shopId: '', reason: '消费者投诉，12315 受理中', placedBy: 'us_1', placedAt: NOW - 30 * HOUR, ...standing },
};
export const legalHolds = {
  holds: [
    holdOfPerson,
    {
      ...{ holdId: 'ho_1', subjectId: '', shopId: 'sh_home', reason: '年度审计', placedBy: 'us_1', placedAt: NOW - 900 * HOUR },
      ...{ releasedBy: 'us_1', releasedAt: NOW - 300 * HOUR, releaseReason: '审计结束' },
    },
  ],
  nextToken: '',
};

/** One customer a question; the conversation cv_held's is held, and nothing is kept of the buyer `nobody`. */
export function personsFound(body: string) {
  const { buyerId, conversationId } = JSON.parse(body) as { buyerId?: string; conversationId?: string };
  const person = { subjectId: 'su_5e1d22b7', conversations: 4, shopIds: ['sh_home', 'sh_baby'] };
  return { persons: buyerId === 'nobody' ? [] : [{ ...person, holds: conversationId === 'cv_held' ? [holdOfPerson] : [] }] };
}

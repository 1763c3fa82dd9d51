import { Presence } from '@deskfleet/protocol/agents';
import { expect, test } from 'vitest';
import { MAX_ITEMS, parseBody } from './feed-body.ts';

const NOW = Date.parse('2026-11-11T10:00:00+08:00');
const parsed = (body: unknown) => parseBody(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), NOW);
const fault = (body: unknown) => {
  const result = parsed(body);
  return result.ok ? 'taken' : result.fault;
};
const shift = { agent: '小美', shops: ['north'], from: '2026-11-11T10:00:00+08:00', to: '2026-11-11T18:00:00+08:00' };

test('shifts and presence are read, a presence without an instant is of now', () =>
  expect(parsed({ shifts: [shift, { ...shift, shops: undefined, cancelled: 'ill' }], presence: [{ agent: 'ag_1', presence: 'away' }] })).toEqual({
    ok: true,
    told: {
      shifts: [
        { agent: '小美', shops: ['north'], from: NOW, to: NOW + 8 * 3_600_000, off: undefined },
        { agent: '小美', shops: [], from: NOW, to: NOW + 8 * 3_600_000, off: 'ill' },
      ],
      presence: [{ agent: 'ag_1', presence: Presence.PRESENCE_AWAY, at: NOW }],
    },
  }));

test.each([
  ['no JSON', 'not JSON', 'body'],
  ['a list', '[]', 'body'],
  ['nothing in it', {}, 'shifts'],
  ['another key', { roster: [] }, 'roster'],
  ['no list', { shifts: {} }, 'shifts'],
  ['too many', { shifts: Array.from({ length: MAX_ITEMS + 1 }, () => shift) }, 'shifts'],
  ['no object', { shifts: [shift, 7] }, 'shifts[1]'],
  ['no agent', { shifts: [{ ...shift, agent: ' ' }] }, 'shifts[0].agent'],
  ['shops as text', { shifts: [{ ...shift, shops: 'north' }] }, 'shifts[0].shops'],
  ['no zone', { shifts: [{ ...shift, from: '2026-11-11T10:00:00' }] }, 'shifts[0].from'],
  ['no such day', { shifts: [{ ...shift, to: '2026-02-30T10:00:00Z' }] }, 'shifts[0].to'],
  ['a number', { shifts: [{ ...shift, to: 1_700_000_000_000 }] }, 'shifts[0].to'],
  ['no reason', { shifts: [{ ...shift, cancelled: true }] }, 'shifts[0].cancelled'],
  ['no such presence', { presence: [{ agent: 'ag_1', presence: 'busy' }] }, 'presence[0].presence'],
  ['in the future', { presence: [{ agent: 'ag_1', presence: 'online', at: '2026-11-11T10:05:00.001+08:00' }] }, 'presence[0].at'],
])('a bad body is refused by the place of its first fault: %s', (_, body, field) => expect(fault(body)).toMatchObject({ field }));

test('a presence may be as much ahead as clocks differ, and counts from now', () =>
  expect(parsed({ presence: [{ agent: 'ag_1', presence: 'online', at: '2026-11-11T10:05:00+08:00' }] })).toMatchObject({ told: { presence: [{ at: NOW }] } }));

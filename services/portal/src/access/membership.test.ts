// Who gets in, by which link, and that nobody gets in twice.
import { fold } from '@deskfleet/event-store';
import { expect, test } from 'vitest';
import { type MembershipCommand, type MembershipEvent, membership } from './membership.ts';

const hash = (text: string) => new TextEncoder().encode(text);
const lin = { issuer: 'https://id.example', subject: 'lin' };
const wu = { issuer: 'https://id.example', subject: 'wu' };

const invite = {
  kind: 'invite',
  membershipId: 'm-1',
  name: 'Lin',
  role: 'client',
  clientId: 'c-1',
  shopIds: [],
  mayAgree: true,
  boundTo: undefined,
  tokenHash: hash('secret'),
  expiresAt: 1_000,
} as const satisfies MembershipCommand;
const acceptAs = (person: typeof lin, secret: string | undefined, at = 999): MembershipCommand => ({
  kind: 'accept',
  membershipId: 'm-1',
  userId: `user-${person.subject}`,
  person,
  tokenHash: secret === undefined ? undefined : hash(secret),
  at,
});
const withdraw: MembershipCommand = { kind: 'withdraw', membershipId: 'm-1', reason: 'left' };

/** Runs the commands in order; the outcome of the last: its event types, or its refusal. */
function outcome(...commands: readonly MembershipCommand[]): readonly string[] | string {
  const history: MembershipEvent[] = [];
  let last: readonly string[] | string = [];
  for (const command of commands) {
    const decision = membership.decide(fold(membership, history), command);
    if (decision.accepted) history.push(...decision.events);
    last = decision.accepted ? decision.events.map((event) => event.$type.split('.').at(-1) ?? '') : decision.code;
  }
  return last;
}

test('the one with the link gets in', () => expect(outcome(invite, acceptAs(lin, 'secret'))).toEqual(['InvitationAccepted']));
test('a wrong secret reads as no invitation', () => expect(outcome(invite, acceptAs(lin, 'guess'))).toBe('invitation-not-found'));
test('the link holds until the last millisecond before it expires', () =>
  expect(outcome(invite, acceptAs(lin, 'secret', 999))).toEqual(['InvitationAccepted']));
test('the link has expired at its instant', () => expect(outcome(invite, acceptAs(lin, 'secret', 1_000))).toBe('invitation-expired'));
test('a link works once: another person is refused', () => expect(outcome(invite, acceptAs(lin, 'secret'), acceptAs(wu, 'secret'))).toBe('invitation-used'));
test('the same person opening the link again changes nothing', () => expect(outcome(invite, acceptAs(lin, 'secret'), acceptAs(lin, 'secret'))).toEqual([]));
test('an invitation bound to a person is not accepted by another who has the link', () =>
  expect(outcome({ ...invite, boundTo: lin }, acceptAs(wu, 'secret'))).toBe('invitation-for-another-person'));
test('an invitation bound to a person needs no link when that person signs in', () =>
  expect(outcome({ ...invite, boundTo: lin }, acceptAs(lin, undefined))).toEqual(['InvitationAccepted']));
test('an invitation bound to nobody is not accepted without its link', () => expect(outcome(invite, acceptAs(lin, undefined))).toBe('invitation-not-found'));
test('access withdrawn before it was accepted cannot be accepted', () => expect(outcome(invite, withdraw, acceptAs(lin, 'secret'))).toBe('invitation-used'));
test('withdrawing twice withdraws once', () => expect(outcome(invite, acceptAs(lin, 'secret'), withdraw, withdraw)).toEqual([]));
test('a client user belongs to a client', () => expect(outcome({ ...invite, clientId: '' })).toBe('client-missing'));
test('a vendor user belongs to none', () => expect(outcome({ ...invite, role: 'finance' })).toBe('client-not-allowed'));
test('only clients may agree', () => {
  const decision = membership.decide(membership.initial, { ...invite, role: 'finance', clientId: '' });
  expect(decision).toMatchObject({ accepted: true, events: [{ mayAgree: false }] });
});

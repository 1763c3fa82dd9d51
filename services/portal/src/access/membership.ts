// What one person may do in one vendor: invited by a one-time link, accepted once, withdrawn at any time. The link's secret is never
// stored, only its hash; an invitation bound to a person of an issuer is accepted by nobody else. Stream: membership-<id>.
import { accept, type Decider, type EpochMs, refuse } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import { AccessWithdrawn, InvitationAccepted, UserInvited } from '@deskfleet/protocol/access';
import type { Role } from '@deskfleet/service-kit';

export type MembershipEvent = UserInvited | InvitationAccepted | AccessWithdrawn;

export function isMembershipEvent(event: UnknownMessage): event is MembershipEvent {
  return [UserInvited.$type, InvitationAccepted.$type, AccessWithdrawn.$type].some((type) => type === event.$type);
}

export interface Person {
  readonly issuer: string;
  readonly subject: string;
}

export type Membership =
  | { readonly status: 'none' }
  | { readonly status: 'invited'; readonly tokenHash: Uint8Array; readonly expiresAt: EpochMs; readonly boundTo: Person | undefined }
  | { readonly status: 'active'; readonly person: Person }
  | { readonly status: 'withdrawn' };

export type MembershipCommand =
  | {
      readonly kind: 'invite';
      readonly membershipId: string;
      readonly name: string;
      readonly role: Role;
      readonly clientId: string;
      readonly shopIds: readonly string[];
      readonly mayAgree: boolean;
      readonly boundTo: Person | undefined;
      readonly tokenHash: Uint8Array;
      readonly expiresAt: EpochMs;
    }
  /** By the link's secret, or, without it, by the very person the invitation is bound to. */
  | {
      readonly kind: 'accept';
      readonly membershipId: string;
      readonly userId: string;
      readonly person: Person;
      readonly tokenHash: Uint8Array | undefined;
      readonly at: EpochMs;
    }
  | { readonly kind: 'withdraw'; readonly membershipId: string; readonly reason: string };

export type MembershipRefusal =
  | 'client-missing'
  | 'client-not-allowed'
  | 'invitation-not-found'
  | 'invitation-expired'
  | 'invitation-used'
  | 'invitation-for-another-person'
  | 'member-not-found';

export const membership: Decider<MembershipCommand, MembershipEvent, Membership, MembershipRefusal> = {
  initial: { status: 'none' },

  evolve(_state, event) {
    switch (event.$type) {
      case 'deskfleet.access.v1.UserInvited': {
        const boundTo = event.subject === '' ? undefined : { issuer: event.issuer, subject: event.subject };
        return { status: 'invited', tokenHash: event.tokenHash, expiresAt: event.expiresAt, boundTo };
      }
      case 'deskfleet.access.v1.InvitationAccepted':
        return { status: 'active', person: { issuer: event.issuer, subject: event.subject } };
      case 'deskfleet.access.v1.AccessWithdrawn':
        return { status: 'withdrawn' };
    }
  },

  decide(state, command) {
    switch (command.kind) {
      case 'invite': {
        if (state.status !== 'none') return accept();
        if (command.role === 'client' && command.clientId === '')
          return refuse('client-missing', { field: 'clientId', found: '', expected: 'the client whose shops they see' });
        if (command.role !== 'client' && command.clientId !== '')
          return refuse('client-not-allowed', { field: 'clientId', found: command.clientId, expected: `none for role ${command.role}` });
        const { membershipId, name, role, clientId, shopIds, mayAgree, boundTo, tokenHash, expiresAt } = command;
        return accept(
          UserInvited.create({
            membershipId,
            name,
            role,
            clientId,
            shopIds: [...shopIds],
            mayAgree: role === 'client' && mayAgree,
            issuer: boundTo?.issuer ?? '',
            subject: boundTo?.subject ?? '',
            tokenHash: Buffer.from(tokenHash),
            expiresAt,
          }),
        );
      }
      case 'accept': {
        if (state.status === 'active') return same(state.person, command.person) ? accept() : refuse('invitation-used');
        if (state.status === 'withdrawn') return refuse('invitation-used');
        if (state.status === 'none') return refuse('invitation-not-found');
        if (command.tokenHash === undefined ? state.boundTo === undefined : !equal(command.tokenHash, state.tokenHash)) return refuse('invitation-not-found');
        if (command.at >= state.expiresAt) return refuse('invitation-expired', { expiresAt: state.expiresAt });
        if (state.boundTo !== undefined && !same(state.boundTo, command.person)) return refuse('invitation-for-another-person');
        const { membershipId, userId, person } = command;
        return accept(InvitationAccepted.create({ membershipId, userId, issuer: person.issuer, subject: person.subject }));
      }
      case 'withdraw': {
        if (state.status === 'none') return refuse('member-not-found', { id: command.membershipId });
        if (state.status === 'withdrawn') return accept();
        return accept(AccessWithdrawn.create({ membershipId: command.membershipId, reason: command.reason }));
      }
    }
  },
};

function same(a: Person, b: Person): boolean {
  return a.issuer === b.issuer && a.subject === b.subject;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.from(a).equals(b);
}

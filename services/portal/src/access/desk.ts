// What the routes ask about access: members, invitations, withdrawing.
import type { Caller, Role } from '@deskfleet/service-kit';
import type { FastifyReply } from 'fastify';
import type { VendorConfig } from '../config.ts';
import type { Session } from '../sign-in/session.ts';
import type { Person } from './membership.ts';

export interface MemberView {
  readonly membershipId: string;
  readonly name: string;
  readonly role: Role;
  readonly clientId: string;
  readonly shopIds: readonly string[];
  readonly mayAgree: boolean;
  readonly state: 'invited' | 'expired' | 'active' | 'withdrawn';
  readonly userId: string;
  readonly invitedAt: number;
  readonly expiresAt: number;
  readonly acceptedAt: number;
  readonly withdrawnAt: number;
  readonly withdrawnReason: string;
}

export interface Invitation {
  readonly name: string;
  readonly role: Role;
  readonly clientId?: string;
  readonly shopIds?: readonly string[];
  readonly mayAgree?: boolean;
  readonly issuer?: string;
  readonly subject?: string;
  readonly days?: number;
}

export interface Acceptance {
  readonly token: string;
  readonly login?: string;
  readonly password?: string;
}

/** Somebody who is there from the start. */
export interface Founder {
  readonly person: Person;
  readonly name: string;
  readonly role: Role;
}

export interface AccessDesk {
  /** Founds the vendor and gives these people access, once; repeated it changes nothing. Answers their memberships. */
  found(vendor: VendorConfig, founders: readonly Founder[]): Promise<readonly string[]>;
  /** Accepts the invitations bound to this very person: called at every sign-in. */
  welcome(person: Person): Promise<void>;
  members(caller: Caller): Promise<readonly MemberView[]>;
  /** Names by user id; a client's users are told only their own people's and the vendor's. */
  people(caller: Caller, userIds: readonly string[]): Promise<readonly { readonly userId: string; readonly name: string }[]>;
  invite(
    caller: Caller,
    commandId: string,
    invitation: Invitation,
  ): Promise<{ readonly membershipId: string; readonly link: string; readonly expiresAt: number }>;
  lookUp(token: string): Promise<{ readonly vendorName: string; readonly name: string; readonly role: Role; readonly expiresAt: number }>;
  accept(session: Session | undefined, commandId: string, acceptance: Acceptance, reply: FastifyReply): Promise<{ readonly membershipId: string }>;
  withdraw(caller: Caller, commandId: string, membershipId: string, reason: string): Promise<{ readonly membershipId: string }>;
}

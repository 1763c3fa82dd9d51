// The members of a vendor: one row a membership, as the access page and every sign-in read it.
import type { RecordedEvent, Tx } from '@deskfleet/event-store';
import { AccessWithdrawn, InvitationAccepted, UserInvited } from '@deskfleet/protocol/access';
import type { RowProjection } from '@deskfleet/read-model';
import type { Role } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import type { Member } from '../sign-in/session.ts';
import type { MembershipEvent, Person } from './membership.ts';

export interface MemberRow {
  readonly membership_id: string;
  readonly name: string;
  readonly role: string;
  readonly client_id: string;
  /** Joined by commas; empty = all. */
  readonly shops: string;
  readonly may_agree: boolean;
  readonly status: string;
  readonly user_id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly invited_at: number;
  readonly expires_at: number;
  readonly accepted_at: number;
  readonly withdrawn_at: number;
  readonly withdrawn_reason: string;
}

export const members: RowProjection<MembershipEvent, MemberRow> = {
  name: 'members',
  version: 1,
  types: [UserInvited, InvitationAccepted, AccessWithdrawn],
  columns: `
    membership_id text not null, name text not null, role text not null, client_id text not null, shops text not null, may_agree boolean not null,
    status text not null, user_id text not null, issuer text not null, subject text not null, invited_at bigint not null, expires_at bigint not null,
    accepted_at bigint not null, withdrawn_at bigint not null, withdrawn_reason text not null`,
  keyColumns: ['membership_id'],
  indexes: ['(issuer, subject)'],
  keys: ({ event }) => [{ membership_id: event.membershipId }],
  apply: memberAfter,
};

export function memberAfter(row: MemberRow | undefined, { event, occurredAt }: RecordedEvent<MembershipEvent>): MemberRow | undefined {
  switch (event.$type) {
    case 'deskfleet.access.v1.UserInvited':
      return {
        membership_id: event.membershipId,
        name: event.name,
        role: event.role,
        client_id: event.clientId,
        shops: event.shopIds.join(','),
        may_agree: event.mayAgree,
        status: 'invited',
        user_id: '',
        issuer: event.issuer,
        subject: event.subject,
        invited_at: occurredAt,
        expires_at: event.expiresAt,
        accepted_at: 0,
        withdrawn_at: 0,
        withdrawn_reason: '',
      };
    case 'deskfleet.access.v1.InvitationAccepted':
      return row && { ...row, status: 'active', user_id: event.userId, issuer: event.issuer, subject: event.subject, accepted_at: occurredAt };
    case 'deskfleet.access.v1.AccessWithdrawn':
      return row && { ...row, status: 'withdrawn', withdrawn_at: occurredAt, withdrawn_reason: event.reason };
  }
}

type StoredMember = MemberRow & { readonly vendor_id: string; readonly client_shops: string | null };

const ROLES: readonly Role[] = ['vendor-operations', 'team-lead', 'qa-inspector', 'finance', 'client'];

/** The active membership with that id, or of that person; with the shops it may see now. */
export async function activeMember(
  tx: Tx,
  by: { readonly membershipId: string } | Person,
  vendorName: (vendorId: string) => string,
): Promise<Member | undefined> {
  const condition = 'membershipId' in by ? sql`m.membership_id = ${by.membershipId}` : sql`m.issuer = ${by.issuer} and m.subject = ${by.subject}`;
  const { rows } = await sql<StoredMember>`
    select m.*, (select string_agg(c.shop_id, ',' order by c.shop_id) from client_shops c where c.vendor_id = m.vendor_id and c.client_id = m.client_id) as client_shops
      from members m where m.status = 'active' and ${condition} order by m.accepted_at desc limit 1`.execute(tx);
  const row = rows[0];
  return row === undefined ? undefined : memberOf(row, vendorName(row.vendor_id));
}

/** The role a row names; the log holds no other. */
export function roleOf(name: string): Role {
  const role = ROLES.find((known) => known === name);
  if (role === undefined) throw new Error(`unknown role ${name}`);
  return role;
}

/** A client's user sees the client's shops, or those of them they were invited to; a vendor's user all, or those they were invited to. */
function memberOf(row: StoredMember, vendorName: string): Member {
  const invitedTo = split(row.shops);
  const clients = split(row.client_shops ?? '');
  const role = roleOf(row.role);
  const isClient = role === 'client';
  return {
    name: row.name,
    membershipId: row.membership_id,
    userId: row.user_id,
    vendorId: row.vendor_id,
    vendorName,
    role,
    clientId: row.client_id,
    shopIds: isClient ? (invitedTo.length === 0 ? clients : clients.filter((shop) => invitedTo.includes(shop))) : invitedTo,
    allShops: !isClient && invitedTo.length === 0,
    mayAgree: row.may_agree,
  };
}

function split(joined: string): string[] {
  return joined === '' ? [] : joined.split(',');
}

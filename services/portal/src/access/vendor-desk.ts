// The access desk on the event log: invitations and what becomes of them. A link's secret follows from the membership's id by a key of the
// portal's, so that a repeated command shows the same link while the log holds only its hash.
import type { Tx } from '@deskfleet/event-store';
import type { CommandReceipt } from '@deskfleet/protocol/common';
import type { Caller, CommandResult, Kit } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { identityIssuer, type PortalConfig } from '../config.ts';
import { notFound, Problem, problemOfRefusal } from '../http/problems.ts';
import type { LiveHub } from '../live/hub.ts';
import type { Accounts } from '../sign-in/accounts.ts';
import { hmac, secretFor, sha256 } from '../sign-in/secrets.ts';
import type { Sessions } from '../sign-in/session.ts';
import type { AccessDesk, Founder, MemberView } from './desk.ts';
import { type MemberRow, roleOf } from './members.ts';
import { isMembershipEvent, type MembershipCommand, membership, type Person } from './membership.ts';
import { onStream } from './on-stream.ts';
import { isVendorFounded, vendor } from './vendor.ts';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 7;
/** Founders do not use a link: theirs is never shown. */
const FOUNDER_DAYS = 1;

export interface DeskParts {
  readonly kit: Pick<Kit, 'command' | 'read' | 'work' | 'now' | 'awaitPosition'>;
  readonly config: PortalConfig;
  readonly sessions: Sessions;
  readonly accounts: Accounts | undefined;
  readonly live: LiveHub;
}

export function vendorDesk({ kit, config, sessions, accounts, live }: DeskParts): AccessDesk {
  const linkKey = secretFor(config.identityKey, 'invitation links');
  const secretOf = (membershipId: string): string => hmac(linkKey, membershipId).toString('base64url');

  function decide(
    caller: Caller,
    commandId: string,
    membershipId: string,
    content: unknown,
    command: (now: number) => MembershipCommand,
  ): Promise<CommandResult<CommandReceipt>> {
    return kit.command(onStream(membership, isMembershipEvent, `membership-${membershipId}`, caller, commandId, content, command));
  }

  async function done(result: Promise<CommandResult<CommandReceipt>>): Promise<void> {
    const outcome = await result;
    if (!outcome.ok) throw problemOfRefusal(outcome.refused);
    await kit.awaitPosition(outcome.at);
  }

  function invite(
    caller: Caller,
    commandId: string,
    membershipId: string,
    wanted: Founder | Parameters<AccessDesk['invite']>[2],
    days: number,
  ): Promise<CommandResult<CommandReceipt>> {
    const asked = 'person' in wanted ? { name: wanted.name, role: wanted.role, issuer: wanted.person.issuer, subject: wanted.person.subject } : wanted;
    const subject = asked.subject ?? '';
    return decide(caller, commandId, membershipId, { invite: asked, days }, (now) => ({
      kind: 'invite',
      membershipId,
      name: asked.name,
      role: asked.role,
      clientId: 'clientId' in asked ? (asked.clientId ?? '') : '',
      shopIds: 'shopIds' in asked ? (asked.shopIds ?? []) : [],
      mayAgree: 'mayAgree' in asked ? (asked.mayAgree ?? false) : false,
      boundTo: subject === '' ? undefined : { issuer: asked.issuer ?? identityIssuer(config), subject },
      tokenHash: sha256(secretOf(membershipId)),
      expiresAt: now + days * DAY_MS,
    }));
  }

  function take(
    vendorId: string,
    commandId: string,
    membershipId: string,
    person: Person,
    tokenHash: Uint8Array | undefined,
  ): Promise<CommandResult<CommandReceipt>> {
    const userId = userIdOf(person);
    const caller: Caller = { kind: 'user', id: userId, vendorId, role: 'client', shopIds: [], clientId: '', mayAgree: false };
    return decide(caller, commandId, membershipId, { accept: person }, (at) => ({ kind: 'accept', membershipId, userId, person, tokenHash, at }));
  }

  async function find(membershipId: string): Promise<(MemberRow & { readonly vendor_id: string }) | undefined> {
    return kit.work(
      async (tx) => (await sql<MemberRow & { vendor_id: string }>`select * from members where membership_id = ${membershipId}`.execute(tx)).rows[0],
    );
  }

  return {
    async found({ id, name }, founders) {
      const caller = portalCaller(id);
      await done(kit.command(onStream(vendor, isVendorFounded, `vendor-${id}`, caller, `found:${id}`, id, () => ({ vendorId: id, name }))));
      const memberships: string[] = [];
      for (const founder of founders) {
        const membershipId = membershipIdOf(id, `founder:${founder.person.issuer}:${founder.person.subject}`);
        await done(invite(caller, `invite:${membershipId}`, membershipId, founder, FOUNDER_DAYS));
        const accepted = await take(id, `accept:${membershipId}`, membershipId, founder.person, undefined);
        // Withdrawn since: the start does not give access back.
        if (!accepted.ok && accepted.refused.code !== 'invitation-used') throw problemOfRefusal(accepted.refused);
        if (accepted.ok) await kit.awaitPosition(accepted.at);
        memberships.push(membershipId);
      }
      return memberships;
    },

    async welcome(person) {
      const open = await kit.work(async (tx) => boundInvitations(tx, person));
      for (const { vendor_id, membership_id } of open) {
        const taken = await take(vendor_id, `accept:${membership_id}`, membership_id, person, undefined);
        if (taken.ok) await kit.awaitPosition(taken.at);
      }
    },

    async members(caller) {
      const rows = await kit.read(
        caller,
        async (tx) => (await sql<MemberRow>`select * from members order by invited_at desc, membership_id limit 1000`.execute(tx)).rows,
      );
      return rows.map((row) => viewOf(row, kit.now()));
    },

    async people(caller, userIds) {
      const sides = caller.role === 'client' ? ['', caller.clientId ?? ''] : undefined;
      // A row has no shop, and whose names a client reads is decided here.
      const rows = await kit.read(
        portalCaller(caller.vendorId),
        async (tx) =>
          (
            await sql<{ userId: string; name: string }>`
              select distinct on (user_id) user_id as "userId", name from members
              where user_id = any(${[...userIds]}) and user_id <> '' ${sides === undefined ? sql`` : sql`and client_id = any(${sides})`}
              order by user_id, accepted_at desc`.execute(tx)
          ).rows,
      );
      return rows;
    },

    async invite(caller, commandId, invitation) {
      const membershipId = membershipIdOf(caller.vendorId, commandId);
      await done(invite(caller, commandId, membershipId, invitation, invitation.days ?? DEFAULT_DAYS));
      const row = await find(membershipId);
      if (row === undefined) throw new Error(`membership ${membershipId} is not among the members`);
      return { membershipId, link: `${config.publicUrl}/invitations/${membershipId}.${secretOf(membershipId)}`, expiresAt: Number(row.expires_at) };
    },

    async lookUp(token) {
      const row = await find(partsOf(token).membershipId);
      const open = row?.status === 'invited' && sha256(partsOf(token).secret).equals(sha256(secretOf(row.membership_id)));
      if (!open) throw notFound();
      if (Number(row.expires_at) <= kit.now()) throw new Problem(409, 'invitation-expired', { expiresAt: Number(row.expires_at) });
      const vendorName = config.vendors.find(({ id }) => id === row.vendor_id)?.name ?? row.vendor_id;
      return { vendorName, name: row.name, role: viewOf(row, kit.now()).role, expiresAt: Number(row.expires_at) };
    },

    async accept(session, commandId, { token, login, password }, reply) {
      const { membershipId, secret } = partsOf(token);
      const row = await find(membershipId);
      if (row === undefined || !sha256(secret).equals(sha256(secretOf(membershipId)))) throw notFound();
      let person: Person & { readonly name: string };
      if (session !== undefined && session.sessionId !== '') {
        person = session;
      } else if (accounts !== undefined && login !== undefined && password !== undefined) {
        person = { issuer: identityIssuer(config), subject: membershipId, name: row.name };
        if (row.status === 'invited' && !(await accounts.create({ subject: membershipId, login, name: row.name }, row.vendor_id, password)))
          throw new Problem(409, 'login-taken', { login });
      } else {
        throw new Problem(401, 'invitation-needs-sign-in');
      }
      await done(take(row.vendor_id, commandId, membershipId, { issuer: person.issuer, subject: person.subject }, sha256(secret)));
      if (session === undefined) await sessions.start(person, reply);
      return { membershipId };
    },

    async withdraw(caller, commandId, membershipId, reason) {
      const row = await find(membershipId);
      if (row === undefined || row.vendor_id !== caller.vendorId) throw notFound();
      if (row.user_id === caller.id) throw new Problem(409, 'own-access');
      await done(decide(caller, commandId, membershipId, { withdraw: membershipId, reason }, () => ({ kind: 'withdraw', membershipId, reason })));
      await kit.work((tx) => sql`delete from sessions where issuer = ${row.issuer} and subject = ${row.subject}`.execute(tx));
      live.endOf(row.user_id);
      return { membershipId };
    },
  };
}

/** A person is one user in every vendor, however often they are invited. */
function userIdOf({ issuer, subject }: Person): string {
  return `us_${sha256(JSON.stringify([issuer, subject]))
    .toString('hex')
    .slice(0, 32)}`;
}

/** The same command makes the same membership. */
function membershipIdOf(vendorId: string, commandId: string): string {
  return `mb_${sha256(JSON.stringify([vendorId, commandId]))
    .toString('hex')
    .slice(0, 32)}`;
}

function portalCaller(vendorId: string): Caller {
  return { kind: 'service', id: 'portal', vendorId, role: 'service', shopIds: 'all', clientId: '', mayAgree: false };
}

function partsOf(token: string): { readonly membershipId: string; readonly secret: string } {
  const [membershipId = '', secret = ''] = token.split('.');
  return { membershipId, secret };
}

async function boundInvitations(tx: Tx, { issuer, subject }: Person): Promise<readonly { readonly vendor_id: string; readonly membership_id: string }[]> {
  const { rows } = await sql<{ vendor_id: string; membership_id: string }>`
    select vendor_id, membership_id from members where status = 'invited' and subject <> '' and issuer = ${issuer} and subject = ${subject}`.execute(tx);
  return rows;
}

function viewOf(row: MemberRow, now: number): MemberView {
  const expiresAt = Number(row.expires_at);
  const state = row.status === 'invited' && expiresAt <= now ? 'expired' : row.status;
  return {
    membershipId: row.membership_id,
    name: row.name,
    role: roleOf(row.role),
    clientId: row.client_id,
    shopIds: row.shops === '' ? [] : row.shops.split(','),
    mayAgree: row.may_agree,
    state: state === 'active' || state === 'withdrawn' || state === 'expired' ? state : 'invited',
    userId: row.user_id,
    invitedAt: Number(row.invited_at),
    expiresAt,
    acceptedAt: Number(row.accepted_at),
    withdrawnAt: Number(row.withdrawn_at),
    withdrawnReason: row.withdrawn_reason,
  };
}

// Sessions in the portal's database: the cookie's value is random, only its hash is kept; the membership behind it is looked up at every
// request, so that access withdrawn ends at the next one.
import type { Kit } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { activeMember } from '../access/members.ts';
import type { PortalConfig } from '../config.ts';
import { Problem, unauthenticated } from '../http/problems.ts';
import { randomSecret, sha256 } from './secrets.ts';
import type { Session, Sessions } from './session.ts';
import type { BearerTokens } from './tokens.ts';

/** A working day and its overtime. */
const SESSION_MS = 12 * 3_600_000;

interface StoredSession {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
}

/** Cookies do not know ports: two installations on one host keep apart by name. */
export function cookieName(publicUrl: string, purpose = ''): string {
  const port = new URL(publicUrl).port;
  return ['deskfleet', purpose, port].filter(Boolean).join('_');
}

export function sessionStore(kit: Pick<Kit, 'work' | 'now'>, config: PortalConfig, tokens: BearerTokens): Sessions {
  const cookie = cookieName(config.publicUrl);
  const options = { httpOnly: true, sameSite: 'lax', path: '/', secure: config.publicUrl.startsWith('https:') } as const;
  const vendorName = (vendorId: string): string => config.vendors.find((vendor) => vendor.id === vendorId)?.name ?? vendorId;

  async function byToken(token: string): Promise<Session> {
    const membershipId = await tokens.verify(token);
    if (membershipId === undefined) throw unauthenticated();
    const member = await kit.work((tx) => activeMember(tx, { membershipId }, vendorName));
    if (member === undefined) throw unauthenticated();
    return { sessionId: '', issuer: '', subject: '', name: member.name, member };
  }

  async function byCookie(value: string): Promise<Session | undefined> {
    return kit.work(async (tx) => {
      const { rows } =
        await sql<StoredSession>`select issuer, subject, name from sessions where id_hash = ${sha256(value)} and expires_at > ${kit.now()}`.execute(tx);
      const stored = rows[0];
      if (stored === undefined) return undefined;
      const member = await activeMember(tx, stored, vendorName);
      return { sessionId: value, ...stored, ...(member === undefined ? {} : { member }) };
    });
  }

  return {
    async of(request) {
      const authorization = request.headers.authorization;
      if (authorization !== undefined) {
        const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
        if (token === undefined) throw unauthenticated();
        return byToken(token);
      }
      const value = request.cookies[cookie];
      return value === undefined ? undefined : byCookie(value);
    },

    async start({ issuer, subject, name }, reply) {
      const value = randomSecret();
      const expiresAt = kit.now() + SESSION_MS;
      await kit.work(async (tx) => {
        await sql`delete from sessions where expires_at <= ${kit.now()}`.execute(tx);
        await sql`insert into sessions (id_hash, vendor_id, issuer, subject, name, expires_at) values (${sha256(value)}, '', ${issuer}, ${subject}, ${name}, ${expiresAt})`.execute(
          tx,
        );
      });
      reply.setCookie(cookie, value, { ...options, maxAge: SESSION_MS / 1_000 });
    },

    async end(session, reply) {
      if (session !== undefined && session.sessionId !== '') {
        await kit.work((tx) => sql`delete from sessions where id_hash = ${sha256(session.sessionId)}`.execute(tx));
      }
      reply.clearCookie(cookie, options);
    },

    async issueToken(session, days) {
      if (session?.member === undefined) throw new Problem(403, 'no-access');
      return tokens.issue(session.member.membershipId, days);
    },
  };
}

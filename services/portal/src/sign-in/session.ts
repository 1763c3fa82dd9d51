// Who a request comes from: a browser by its session cookie, a script by a bearer token. Both end with the membership.
import type { Caller, Role } from '@deskfleet/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A membership as /me shows it. */
export interface Member {
  readonly name: string;
  readonly membershipId: string;
  readonly userId: string;
  readonly vendorId: string;
  readonly vendorName: string;
  readonly role: Role;
  readonly clientId: string;
  readonly shopIds: string[];
  readonly allShops: boolean;
  readonly mayAgree: boolean;
}

/** A signed-in person. Without `member` nobody gave them access. */
export interface Session {
  /** Empty for bearer tokens. */
  readonly sessionId: string;
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  readonly member?: Member;
}

export interface Sessions {
  /** The session of a request; undefined without one. Throws `Unauthenticated` for a token or cookie that is expired, ended or not ours. */
  of(request: FastifyRequest): Promise<Session | undefined>;
  start(identity: { readonly issuer: string; readonly subject: string; readonly name: string }, reply: FastifyReply): Promise<void>;
  end(session: Session | undefined, reply: FastifyReply): Promise<void>;
  issueToken(session: Session | undefined, days: number): Promise<{ readonly token: string; readonly expiresAt: number }>;
}

/** The caller a membership stands for towards the services. */
export function callerOf(member: Member): Caller {
  return {
    kind: 'user',
    id: member.userId,
    vendorId: member.vendorId,
    role: member.role,
    shopIds: member.allShops ? 'all' : member.shopIds,
    clientId: member.clientId,
    mayAgree: member.mayAgree,
  };
}

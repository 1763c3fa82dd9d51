// Who one is: sign-in state, tokens for scripts. The sign-in itself (redirects, cookies) stands in ../../sign-in.
import { Type } from 'typebox';
import { EVERYONE, type Route, route } from '../route.ts';

export const roleSchema = Type.Union(
  [Type.Literal('vendor-operations'), Type.Literal('team-lead'), Type.Literal('qa-inspector'), Type.Literal('finance'), Type.Literal('client')],
  { description: 'vendor-operations may do what finance may; team-lead is the supervisor' },
);

const meSchema = Type.Object(
  {
    signedIn: Type.Boolean(),
    name: Type.String(),
    /** Absent: signed in, but nobody gave this person access. */
    membership: Type.Optional(
      Type.Object({
        name: Type.String({ description: 'as invited' }),
        membershipId: Type.String(),
        userId: Type.String(),
        vendorId: Type.String(),
        vendorName: Type.String(),
        role: roleSchema,
        clientId: Type.String({ description: 'role client only' }),
        shopIds: Type.Array(Type.String(), { description: 'the shops one may see; empty with allShops' }),
        allShops: Type.Boolean(),
        mayAgree: Type.Boolean(),
      }),
    ),
    signInPath: Type.String({ description: 'where to go to sign in; add ?return=<path>' }),
    embeddedSignIn: Type.Boolean({ description: 'accounts are kept here: an invitation is accepted by choosing a sign-in name and a password' }),
    now: Type.Integer({ description: "the server's clock, epoch ms" }),
  },
  { $id: 'Me', title: 'Me' },
);

export const sessionSchemas = [meSchema];

export const sessionRoutes: readonly Route[] = [
  route(
    {
      method: 'GET',
      url: '/me',
      operationId: 'getMe',
      tag: 'Sign-in',
      summary: 'Who one is here',
      description: 'Answers signedIn: false without a session; a bearer token that is expired or foreign is 401.',
      access: 'public',
      answer: Type.Ref('Me#'),
    },
    async ({ portal, session }) => ({
      signedIn: session !== undefined,
      name: session?.name ?? '',
      ...(session?.member === undefined ? {} : { membership: session.member }),
      signInPath: '/auth/login',
      embeddedSignIn: portal.config.issuer.kind === 'embedded',
      now: portal.now(),
    }),
  ),
  route(
    {
      method: 'POST',
      url: '/sign-out',
      operationId: 'signOut',
      tag: 'Sign-in',
      summary: 'End the session',
      access: 'public',
      answer: Type.Object({ signedIn: Type.Boolean() }),
    },
    async ({ portal, session, reply }) => {
      await portal.sessions.end(session, reply);
      return { signedIn: false };
    },
  ),
  route(
    {
      method: 'POST',
      url: '/tokens',
      operationId: 'createToken',
      tag: 'Sign-in',
      summary: "A bearer token for scripts, with one's own rights",
      description: 'It ends with the membership. Shown once.',
      access: EVERYONE,
      body: Type.Object({ days: Type.Integer({ minimum: 1, maximum: 365 }) }, { additionalProperties: false }),
      answer: Type.Object({ token: Type.String(), expiresAt: Type.Integer() }),
    },
    async ({ portal, session, body }) => portal.sessions.issueToken(session, body.days),
  ),
];

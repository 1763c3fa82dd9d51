// Who may act here: members and one-time invitations.
import { Type } from 'typebox';
import { EVERYONE, OPERATIONS, type Route, route } from '../route.ts';
import { roleSchema } from './session.ts';

const memberSchema = Type.Object(
  {
    membershipId: Type.String(),
    name: Type.String(),
    role: roleSchema,
    clientId: Type.String(),
    shopIds: Type.Array(Type.String(), { description: "none = all of the vendor's, or of the client's" }),
    mayAgree: Type.Boolean(),
    state: Type.Union([Type.Literal('invited'), Type.Literal('expired'), Type.Literal('active'), Type.Literal('withdrawn')]),
    userId: Type.String(),
    invitedAt: Type.Integer(),
    expiresAt: Type.Integer(),
    acceptedAt: Type.Integer({ description: '0 = not accepted' }),
    withdrawnAt: Type.Integer({ description: '0 = not withdrawn' }),
    withdrawnReason: Type.String(),
  },
  { $id: 'Member', title: 'Member' },
);

const invitationSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    role: roleSchema,
    clientId: Type.Optional(Type.String({ description: 'role client: whose shops' })),
    shopIds: Type.Optional(Type.Array(Type.String(), { maxItems: 500, description: 'none = all' })),
    mayAgree: Type.Optional(Type.Boolean({ description: 'role client: may agree, not only view' })),
    issuer: Type.Optional(Type.String({ description: 'bound to this issuer' })),
    subject: Type.Optional(Type.String({ description: "and this subject of it; then accepted at that person's next sign-in" })),
    days: Type.Optional(Type.Integer({ minimum: 1, maximum: 30, description: 'how long the link holds; 7 when not said' })),
  },
  { additionalProperties: false },
);

export const accessRoutes: readonly Route[] = [
  route(
    {
      method: 'GET',
      url: '/members',
      operationId: 'listMembers',
      tag: 'Access',
      summary: 'Who has access, was invited, or had access',
      access: OPERATIONS,
      answer: Type.Object({ members: Type.Array(Type.Ref('Member#')) }),
    },
    async ({ portal, caller }) => ({ members: await portal.access.members(caller) }),
  ),
  route(
    {
      method: 'GET',
      url: '/people',
      operationId: 'listPeople',
      tag: 'Access',
      summary: 'What those are called who did something',
      description: "By the ids that records carry. A client's users read the names of the vendor's people and of their own; other ids are left out.",
      access: EVERYONE,
      query: Type.Object({ userIds: Type.Array(Type.String(), { minItems: 1, maxItems: 100 }) }),
      answer: Type.Object({ people: Type.Array(Type.Object({ userId: Type.String(), name: Type.String() })) }),
    },
    async ({ portal, caller, query }) => ({ people: await portal.access.people(caller, query.userIds) }),
  ),
  route(
    {
      method: 'POST',
      url: '/invitations',
      operationId: 'inviteUser',
      tag: 'Access',
      summary: 'Invite a user by a one-time link',
      description: 'Only the hash of the link is kept: it is shown once.',
      access: OPERATIONS,
      body: invitationSchema,
      answer: Type.Object({ membershipId: Type.String(), link: Type.String(), expiresAt: Type.Integer() }),
    },
    async ({ portal, caller, body, commandId }) => portal.access.invite(caller, commandId, body),
  ),
  route(
    {
      method: 'POST',
      url: '/invitations/look-up',
      operationId: 'lookUpInvitation',
      tag: 'Access',
      summary: 'What an invitation link is for',
      description: 'The token travels in the body, so that it stands in no log.',
      access: 'public',
      body: Type.Object({ token: Type.String({ maxLength: 200 }) }, { additionalProperties: false }),
      answer: Type.Object({ vendorName: Type.String(), name: Type.String(), role: roleSchema, expiresAt: Type.Integer() }),
    },
    async ({ portal, body }) => portal.access.lookUp(body.token),
  ),
  route(
    {
      method: 'POST',
      url: '/invitations/accept',
      operationId: 'acceptInvitation',
      tag: 'Access',
      summary: 'Accept an invitation as the person signed in, or, with the embedded sign-in, by choosing a name and a password',
      access: 'public',
      body: Type.Object(
        {
          token: Type.String({ maxLength: 200 }),
          login: Type.Optional(Type.String({ minLength: 2, maxLength: 100 })),
          password: Type.Optional(Type.String({ minLength: 10, maxLength: 200 })),
        },
        { additionalProperties: false },
      ),
      answer: Type.Object({ membershipId: Type.String() }),
    },
    async ({ portal, session, body, reply, commandId }) => portal.access.accept(session, commandId, body, reply),
  ),
  route(
    {
      method: 'POST',
      url: '/members/{membershipId}/withdraw',
      operationId: 'withdrawAccess',
      tag: 'Access',
      summary: 'Withdraw access; ends the sessions at once',
      access: OPERATIONS,
      params: Type.Object({ membershipId: Type.String() }),
      body: Type.Object({ reason: Type.String({ minLength: 1, maxLength: 500 }) }, { additionalProperties: false }),
      answer: Type.Object({ membershipId: Type.String() }),
    },
    async ({ portal, caller, params, body, commandId }) => portal.access.withdraw(caller, commandId, params.membershipId, body.reason),
  ),
];

export const accessSchemas = [memberSchema];

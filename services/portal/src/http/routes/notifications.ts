// What one is told, and where else it is sent.
import { Type } from 'typebox';
import { MAX_MARKED } from '../../notifications/inbox.ts';
import { EVERYONE, type Route, route } from '../route.ts';

const TAG = 'Notifications';

const notificationSchema = Type.Object(
  {
    notificationId: Type.String(),
    kind: Type.String({ description: 'kebab-case, e.g. quote-issued, done-on-behalf, deposit-received' }),
    facts: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true }),
    path: Type.String({ description: 'the page where it is looked at or answered' }),
    subjectId: Type.String({ description: 'the lead, contract, invoice, question, client or shop it is about' }),
    shopIds: Type.Array(Type.String(), { description: 'its shops, as far as one may see them' }),
    occurredAt: Type.Integer(),
    notedAt: Type.Integer({ description: 'when it came in here: `through` of reading goes by it' }),
    read: Type.Boolean(),
  },
  { $id: 'Notification', title: 'Notification' },
);

const webhookSchema = Type.Object(
  {
    webhookId: Type.String(),
    url: Type.String(),
    configuredAt: Type.Integer(),
    configuredBy: Type.String({ description: 'user id' }),
    waiting: Type.Integer({ description: 'calls not yet taken' }),
    givenUp: Type.Integer({ description: 'calls given up in the last 30 days' }),
    lastDeliveredAt: Type.Integer({ description: '0: never' }),
    lastError: Type.String(),
  },
  { $id: 'Webhook', title: 'Webhook' },
);

const deliverySchema = Type.Object(
  {
    eventId: Type.String({ description: 'the Idempotency-Key of each attempt' }),
    kind: Type.String(),
    state: Type.Union([Type.Literal('waiting'), Type.Literal('delivered'), Type.Literal('given-up'), Type.Literal('dropped')]),
    attempts: Type.Integer(),
    createdAt: Type.Integer(),
    endedAt: Type.Integer({ description: '0: not yet' }),
    dueAt: Type.Integer({ description: 'when it is tried next; 0: it is not' }),
    lastStatus: Type.Integer({ description: 'HTTP status of the last attempt; 0: no answer' }),
    lastError: Type.String(),
  },
  { $id: 'WebhookDelivery', title: 'WebhookDelivery' },
);

const secretSchema = Type.Object({ webhookId: Type.String(), secret: Type.String({ description: 'shown this once' }) });
const webhookParams = Type.Object({ webhookId: Type.String() });
/** Who may have webhooks: the vendor's operations, and a client's user who may agree. */
const OWNERS = ['vendor-operations', 'client'] as const;

export const notificationSchemas = [notificationSchema, webhookSchema, deliverySchema];

export const notificationRoutes: readonly Route[] = [
  route(
    {
      method: 'GET',
      url: '/notifications',
      operationId: 'listNotifications',
      tag: TAG,
      summary: 'What one is told, newest first, and how many one has not read',
      access: EVERYONE,
      query: Type.Object(
        { size: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })), token: Type.Optional(Type.String()) },
        { additionalProperties: false },
      ),
      answer: Type.Object({
        notifications: Type.Array(Type.Ref('Notification#')),
        unread: Type.Integer({ description: 'counted to 100' }),
        nextToken: Type.String(),
      }),
    },
    async ({ portal, caller, query }) => portal.inbox.list(caller, { size: query.size ?? 50, token: query.token ?? '' }),
  ),
  route(
    {
      method: 'POST',
      url: '/notifications/read',
      operationId: 'readNotifications',
      tag: TAG,
      summary: 'Mark these as read, or all that came in up to an instant; for oneself only',
      access: EVERYONE,
      body: Type.Object(
        { notificationIds: Type.Optional(Type.Array(Type.String(), { maxItems: MAX_MARKED })), through: Type.Optional(Type.Integer({ minimum: 0 })) },
        { additionalProperties: false },
      ),
      answer: Type.Object({}),
    },
    async ({ portal, caller, body }) => {
      // Nobody has read what is still to come.
      await portal.inbox.read(caller, { notificationIds: body.notificationIds ?? [], through: Math.min(body.through ?? 0, portal.now()) });
      return {};
    },
  ),
  route(
    {
      method: 'GET',
      url: '/webhooks',
      operationId: 'listWebhooks',
      tag: TAG,
      summary: 'Where notifications are sent: of the vendor, or of the client one acts for',
      access: OWNERS,
      answer: Type.Object({ webhooks: Type.Array(Type.Ref('Webhook#')) }),
    },
    async ({ portal, caller }) => ({ webhooks: await portal.webhooks.list(caller) }),
  ),
  route(
    {
      method: 'POST',
      url: '/webhooks',
      operationId: 'configureWebhook',
      tag: TAG,
      summary: 'Send notifications to this address; answers the secret once',
      description:
        'Each is a POST with JSON {id, kind, occurredAt, vendorId, clientId, shopIds, subjectId, facts, path}. Idempotency-Key is the event\'s id; X-Deskfleet-Signature is the hex HMAC-SHA256, under the secret, of "<X-Deskfleet-Timestamp>.<body>". Any 2xx within 10 s takes it; else it is sent again after 10 s, then three times as long, at most 2 h apart, and given up after 24 h. Order is not promised. Redirects are not followed; the address is https on the public Internet.',
      access: OWNERS,
      body: Type.Object({ url: Type.String({ minLength: 1, maxLength: 500 }) }, { additionalProperties: false }),
      answer: secretSchema,
    },
    async ({ portal, caller, commandId, body }) => portal.webhooks.configure(caller, commandId, body.url.trim()),
  ),
  route(
    {
      method: 'POST',
      url: '/webhooks/{webhookId}/secret',
      operationId: 'renewWebhookSecret',
      tag: TAG,
      summary: 'Sign with a new secret from now on; answers it once',
      access: OWNERS,
      params: webhookParams,
      answer: secretSchema,
    },
    async ({ portal, caller, commandId, params }) => portal.webhooks.renewSecret(caller, commandId, params.webhookId),
  ),
  route(
    {
      method: 'POST',
      url: '/webhooks/{webhookId}/remove',
      operationId: 'removeWebhook',
      tag: TAG,
      summary: 'Send nothing there any more; what waits is dropped',
      access: OWNERS,
      params: webhookParams,
      body: Type.Object({ reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }) }, { additionalProperties: false }),
      answer: Type.Object({ webhookId: Type.String() }),
    },
    async ({ portal, caller, commandId, params, body }) => portal.webhooks.remove(caller, commandId, params.webhookId, body.reason.trim()),
  ),
  route(
    {
      method: 'GET',
      url: '/webhooks/{webhookId}/deliveries',
      operationId: 'listWebhookDeliveries',
      tag: TAG,
      summary: 'The latest 50 calls and how they went',
      access: OWNERS,
      params: webhookParams,
      answer: Type.Object({ deliveries: Type.Array(Type.Ref('WebhookDelivery#')) }),
    },
    async ({ portal, caller, params }) => ({ deliveries: await portal.webhooks.deliveries(caller, params.webhookId) }),
  ),
  route(
    {
      method: 'POST',
      url: '/webhooks/{webhookId}/retry',
      operationId: 'retryWebhookDeliveries',
      tag: TAG,
      summary: 'Send once more what was given up',
      access: OWNERS,
      params: webhookParams,
      answer: Type.Object({ retried: Type.Integer() }),
    },
    async ({ portal, caller, params }) => portal.webhooks.retry(caller, params.webhookId),
  ),
];

// The webhooks a caller may see to: the vendor's for operations, a client's for the client's user who may agree and sees all of the client's shops.
import type { CommandReceipt } from '@deskfleet/protocol/common';
import type { Caller, CommandResult, Kit } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { onStream } from '../access/on-stream.ts';
import type { PortalConfig } from '../config.ts';
import { BadField } from '../http/json.ts';
import { notFound, Problem, problemOfRefusal } from '../http/problems.ts';
import { hmac, secretFor, sha256 } from '../sign-in/secrets.ts';
import { type AddressRules, problemOfUrl } from './address.ts';
import type { WebhookRow } from './registered.ts';
import { isWebhookEvent, type WebhookCommand, webhook } from './webhook.ts';

/** Webhooks of a vendor, or of a client. */
const MAX_WEBHOOKS = 5;
/** The latest deliveries of a webhook that are shown. */
const SHOWN = 50;

export interface WebhookView {
  readonly webhookId: string;
  readonly url: string;
  readonly configuredAt: number;
  readonly configuredBy: string;
  readonly waiting: number;
  readonly givenUp: number;
  readonly lastDeliveredAt: number;
  readonly lastError: string;
}

export interface DeliveryView {
  readonly eventId: string;
  readonly kind: string;
  readonly state: string;
  readonly attempts: number;
  readonly createdAt: number;
  readonly endedAt: number;
  /** When it is tried again; 0: it is not. */
  readonly dueAt: number;
  readonly lastStatus: number;
  readonly lastError: string;
}

export interface Webhooks {
  list(caller: Caller): Promise<readonly WebhookView[]>;
  /** Answers the secret, this once. */
  configure(caller: Caller, commandId: string, url: string): Promise<{ readonly webhookId: string; readonly secret: string }>;
  renewSecret(caller: Caller, commandId: string, webhookId: string): Promise<{ readonly webhookId: string; readonly secret: string }>;
  remove(caller: Caller, commandId: string, webhookId: string, reason: string): Promise<{ readonly webhookId: string }>;
  deliveries(caller: Caller, webhookId: string): Promise<readonly DeliveryView[]>;
  /** Sends what was given up once more, from now on. */
  retry(caller: Caller, webhookId: string): Promise<{ readonly retried: number }>;
}

/** The secret of a webhook's version: derived, so that it stands in no log, no table and no backup. */
export function webhookSecrets(config: Pick<PortalConfig, 'identityKey'>): (webhookId: string, version: number) => string {
  const key = secretFor(config.identityKey, 'outgoing webhooks');
  return (webhookId, version) => hmac(key, `${webhookId}.${version}`).toString('base64url');
}

export function webhookDesk(kit: Pick<Kit, 'command' | 'work' | 'awaitPosition' | 'now'>, config: PortalConfig, rules: AddressRules): Webhooks {
  const secretOf = webhookSecrets(config);

  async function run(caller: Caller, commandId: string, webhookId: string, command: WebhookCommand): Promise<void> {
    const request = onStream(webhook, isWebhookEvent, `webhook-${webhookId}`, caller, commandId, command, () => command);
    const result: CommandResult<CommandReceipt> = await kit.command(request);
    if (!result.ok) throw problemOfRefusal(result.refused);
    await kit.awaitPosition(result.at);
  }

  async function own(caller: Caller, webhookId: string): Promise<WebhookRow> {
    const row = await kit.work(
      async (tx) =>
        (
          await sql<WebhookRow>`
            select * from webhooks where vendor_id = ${caller.vendorId} and webhook_id = ${webhookId} and client_id = ${caller.clientId} and status = 'active'`.execute(
            tx,
          )
        ).rows[0],
    );
    if (row === undefined) throw notFound();
    return row;
  }

  return {
    async list(caller) {
      await mayConfigure(kit, caller);
      const { rows } = await kit.work((tx) =>
        sql<WebhookRow & { waiting: string; given_up: string; last_delivered_at: string | null; last_error: string | null }>`
          select w.*, d.waiting, d.given_up, d.last_delivered_at,
                 (select x.last_error from webhook_deliveries x where x.vendor_id = w.vendor_id and x.webhook_id = w.webhook_id and x.attempts > 0 order by x.created_at desc limit 1) as last_error
            from webhooks w cross join lateral (
              select count(*) filter (where state = 'waiting') as waiting, count(*) filter (where state = 'given-up') as given_up,
                     max(ended_at) filter (where state = 'delivered') as last_delivered_at
                from webhook_deliveries d where d.vendor_id = w.vendor_id and d.webhook_id = w.webhook_id) d
           where w.vendor_id = ${caller.vendorId} and w.client_id = ${caller.clientId} and w.status = 'active' order by w.configured_at`.execute(tx),
      );
      return rows.map((row) => ({
        webhookId: row.webhook_id,
        url: row.url,
        configuredAt: Number(row.configured_at),
        configuredBy: row.configured_by,
        waiting: Number(row.waiting),
        givenUp: Number(row.given_up),
        lastDeliveredAt: Number(row.last_delivered_at ?? 0),
        lastError: row.last_error ?? '',
      }));
    },

    async configure(caller, commandId, url) {
      await mayConfigure(kit, caller);
      const expected = problemOfUrl(url, rules);
      if (expected !== undefined) throw new BadField('url', url, expected);
      const webhookId = `wh_${sha256(JSON.stringify([caller.vendorId, commandId]))
        .toString('hex')
        .slice(0, 32)}`;
      const others = await kit.work(
        async (tx) =>
          (
            await sql<{ n: string }>`
              select count(*) as n from webhooks where vendor_id = ${caller.vendorId} and client_id = ${caller.clientId} and status = 'active' and webhook_id <> ${webhookId}`.execute(
              tx,
            )
          ).rows[0],
      );
      if (Number(others?.n ?? 0) >= MAX_WEBHOOKS) throw new Problem(409, 'too-many-webhooks', { limit: MAX_WEBHOOKS });
      await run(caller, commandId, webhookId, { kind: 'configure', webhookId, url, clientId: caller.clientId });
      return { webhookId, secret: secretOf(webhookId, 1) };
    },

    async renewSecret(caller, commandId, webhookId) {
      await own(caller, webhookId); // first: another's is not there, whoever asks
      await mayConfigure(kit, caller);
      await run(caller, commandId, webhookId, { kind: 'renew-secret', webhookId });
      return { webhookId, secret: secretOf(webhookId, (await own(caller, webhookId)).secret_version) };
    },

    async remove(caller, commandId, webhookId, reason) {
      await own(caller, webhookId);
      await mayConfigure(kit, caller);
      await run(caller, commandId, webhookId, { kind: 'remove', webhookId, reason });
      return { webhookId };
    },

    async deliveries(caller, webhookId) {
      await own(caller, webhookId);
      await mayConfigure(kit, caller);
      const { rows } = await kit.work((tx) =>
        sql<Record<'event_id' | 'kind' | 'state' | 'attempts' | 'created_at' | 'ended_at' | 'due_at' | 'last_status' | 'last_error', string>>`
          select event_id, kind, state, attempts, created_at, ended_at, due_at, last_status, last_error from webhook_deliveries
           where vendor_id = ${caller.vendorId} and webhook_id = ${webhookId} order by created_at desc, event_id desc limit ${SHOWN}`.execute(tx),
      );
      return rows.map((row) => ({
        eventId: row.event_id,
        kind: row.kind,
        state: row.state,
        attempts: Number(row.attempts),
        createdAt: Number(row.created_at),
        endedAt: Number(row.ended_at),
        dueAt: row.state === 'waiting' ? Number(row.due_at) : 0,
        lastStatus: Number(row.last_status),
        lastError: row.last_error,
      }));
    },

    async retry(caller, webhookId) {
      await own(caller, webhookId);
      await mayConfigure(kit, caller);
      const now = kit.now();
      const { numAffectedRows } = await kit.work((tx) =>
        sql`update webhook_deliveries set state = 'waiting', attempts = 0, due_at = ${now}, created_at = ${now}, ended_at = 0
             where vendor_id = ${caller.vendorId} and webhook_id = ${webhookId} and state = 'given-up'`.execute(tx),
      );
      return { retried: Number(numAffectedRows ?? 0) };
    },
  };
}

/** A webhook tells all a client is told, so whoever sees only some of the client's shops may not have one. */
async function mayConfigure(kit: Pick<Kit, 'work'>, caller: Caller): Promise<void> {
  if (caller.role !== 'client') return;
  const shops = caller.shopIds === 'all' ? [] : caller.shopIds;
  const { rows } = await kit.work((tx) =>
    sql`select 1 from client_shops where vendor_id = ${caller.vendorId} and client_id = ${caller.clientId} and not shop_id = any(${[...shops]}::text[]) limit 1`.execute(
      tx,
    ),
  );
  if (!caller.mayAgree || rows.length > 0) throw new Problem(403, 'webhook-not-allowed');
}

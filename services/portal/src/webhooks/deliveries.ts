// What is to be sent: written with the notices, taken by whoever sends, kept until it was taken in or given up.
import type { Tx } from '@deskfleet/event-store';
import { sql } from 'kysely';
import type { NoticeRow } from '../notifications/intake.ts';
import { nextAttempt } from './schedule.ts';
import type { Outcome } from './send.ts';

/** A sender that died is followed by another after this long. */
const LEASE_MS = 60_000;
/** Calls at once, and to one webhook: one that does not answer holds up no other. */
const AT_ONCE = 16;
const AT_ONCE_EACH = 4;
/** How long ended deliveries are shown. */
const KEPT_MS = 30 * 86_400_000;

/** The vendor's webhooks get what its own people are told, a client's what that client is told; an event once, however many are told of it. */
export async function enqueueDeliveries(notices: readonly NoticeRow[], now: number, tx: Tx): Promise<void> {
  const said = notices.map((notice) => ({
    vendor_id: notice.vendorId,
    event_id: notice.eventId,
    kind: notice.kind,
    client_id: notice.clientId,
    for_client: notice.to.includes('client'),
    for_vendor: notice.to.some((role) => role !== 'client'),
    body: JSON.stringify({
      id: notice.eventId,
      kind: notice.kind,
      occurredAt: notice.occurredAt,
      vendorId: notice.vendorId,
      clientId: notice.clientId,
      shopIds: notice.shopIds,
      subjectId: notice.subject,
      facts: notice.facts,
      path: notice.path,
    }),
  }));
  await sql`
    insert into webhook_deliveries (vendor_id, webhook_id, event_id, client_id, kind, body, state, attempts, due_at, created_at, ended_at, last_status, last_error)
    select n.vendor_id, w.webhook_id, n.event_id, w.client_id, n.kind, n.body, 'waiting', 0, ${now}, ${now}, 0, 0, ''
      from json_to_recordset(${JSON.stringify(said)}::json) as n(vendor_id text, event_id text, kind text, client_id text, for_client boolean, for_vendor boolean, body text)
      join webhooks w on w.vendor_id = n.vendor_id and w.status = 'active'
       and case when w.client_id = '' then n.for_vendor else n.for_client and w.client_id = n.client_id end
     order by n.vendor_id, w.webhook_id, n.event_id
    on conflict do nothing`.execute(tx);
}

export interface DueDelivery {
  readonly vendor_id: string;
  readonly webhook_id: string;
  readonly event_id: string;
  readonly body: string;
  readonly attempts: number;
  readonly created_at: string;
  readonly url: string;
  readonly secret_version: number;
  readonly status: string;
}

/** Takes what is due, the longest due first, and leases it to this sender. */
export async function takeDue(now: number, tx: Tx): Promise<readonly DueDelivery[]> {
  const { rows } = await sql<DueDelivery>`
    with due as (
      select d.vendor_id, d.webhook_id, d.event_id, row_number() over (partition by d.vendor_id, d.webhook_id order by d.due_at, d.event_id) as nth
        from (select * from webhook_deliveries where state = 'waiting' and due_at <= ${now} order by due_at limit 1000) d
    ), mine as (
      select w.vendor_id, w.webhook_id, w.event_id from webhook_deliveries w join due using (vendor_id, webhook_id, event_id)
       where due.nth <= ${AT_ONCE_EACH} and w.state = 'waiting' and w.due_at <= ${now} order by w.due_at limit ${AT_ONCE} for update of w skip locked
    )
    update webhook_deliveries d set due_at = ${now + LEASE_MS}
      from mine, webhooks w
     where d.vendor_id = mine.vendor_id and d.webhook_id = mine.webhook_id and d.event_id = mine.event_id and w.vendor_id = d.vendor_id and w.webhook_id = d.webhook_id
    returning d.vendor_id, d.webhook_id, d.event_id, d.body, d.attempts, d.created_at, w.url, w.secret_version, w.status`.execute(tx);
  return rows;
}

/** Writes down how a call went; what failed is due again later, or given up. */
export async function settleDelivery(delivery: DueDelivery, outcome: Outcome | 'dropped', now: number, tx: Tx): Promise<void> {
  const attempts = delivery.attempts + (outcome === 'dropped' ? 0 : 1);
  const next = outcome === 'dropped' || outcome.taken ? undefined : nextAttempt(attempts, Number(delivery.created_at), now);
  const state = outcome === 'dropped' ? 'dropped' : outcome.taken ? 'delivered' : next === undefined ? 'given-up' : 'waiting';
  await sql`
    update webhook_deliveries set state = ${state}, attempts = ${attempts}, due_at = ${next ?? now}, ended_at = ${next === undefined ? now : 0},
           last_status = ${outcome === 'dropped' ? 0 : outcome.status}, last_error = ${outcome === 'dropped' ? '' : outcome.error}
     where vendor_id = ${delivery.vendor_id} and webhook_id = ${delivery.webhook_id} and event_id = ${delivery.event_id} and state = 'waiting'`.execute(tx);
}

/** Removes what ended long ago. */
export async function forgetDeliveries(now: number, tx: Tx): Promise<void> {
  await sql`delete from webhook_deliveries where state <> 'waiting' and ended_at < ${now - KEPT_MS}`.execute(tx);
}

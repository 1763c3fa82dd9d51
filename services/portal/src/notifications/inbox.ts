// What a person is told: the notices of their role and shops, newest first, and which of them they have read.
import { type Caller, type Kit, keyset, pageOf } from '@deskfleet/service-kit';
import { sql } from 'kysely';

/** More unread than this are not counted: "99+" says as much. */
const COUNTED = 100;
/** Notices marked in one request. */
export const MAX_MARKED = 200;

export interface NotificationView {
  readonly notificationId: string;
  readonly kind: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly path: string;
  readonly subjectId: string;
  readonly shopIds: readonly string[];
  readonly occurredAt: number;
  readonly notedAt: number;
  readonly read: boolean;
}

export interface Inbox {
  list(
    caller: Caller,
    page: { readonly size: number; readonly token: string },
  ): Promise<{
    readonly notifications: readonly NotificationView[];
    readonly unread: number;
    readonly nextToken: string;
  }>;
  /** These, or all that came in up to `through`. */
  read(caller: Caller, read: { readonly notificationIds: readonly string[]; readonly through: number }): Promise<void>;
}

interface Row {
  readonly notification_id: string;
  readonly kind: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly path: string;
  readonly subject_id: string;
  readonly shops: (string | null)[];
  readonly occurred_at: string;
  readonly noted_at: string;
  readonly read: boolean;
}

export function inbox(kit: Pick<Kit, 'read' | 'work'>): Inbox {
  return {
    async list(caller, { size, token }) {
      const page = keyset({ $type: 'deskfleet.common.v1.Page', size, token }, 2);
      const [at, id] = page.after ?? [Number.MAX_SAFE_INTEGER, ''];
      const mine = sql`${caller.role} = any(n.audiences) and (${caller.role} <> 'client' or n.client_id = ${caller.clientId})`;
      const isRead = sql`(n.noted_at <= coalesce((select through from notification_marks m where m.vendor_id = n.vendor_id and m.user_id = ${caller.id}), 0)
        or exists (select from notification_reads r where r.vendor_id = n.vendor_id and r.user_id = ${caller.id} and r.notification_id = n.notification_id))`;
      const { rows, unread } = await kit.read(caller, async (tx) => {
        const listed = await sql<Row>`
          select n.notification_id, n.kind, n.facts, n.path, n.subject_id, array_agg(n.shop_id order by n.shop_id) as shops, n.occurred_at, n.noted_at, bool_or(${isRead}) as read
            from notifications n
           where n.vendor_id = ${caller.vendorId} and ${mine} and (n.noted_at, n.notification_id) < (${Number(at)}::bigint, ${String(id)})
           group by n.vendor_id, n.notification_id, n.kind, n.facts, n.path, n.subject_id, n.occurred_at, n.noted_at
           order by n.noted_at desc, n.notification_id desc limit ${page.size + 1}`.execute(tx);
        const open = await sql<{ n: string }>`
          select count(*) as n from (
            select distinct n.notification_id from notifications n where n.vendor_id = ${caller.vendorId} and ${mine} and not ${isRead} limit ${COUNTED}) u`.execute(
          tx,
        );
        return { rows: listed.rows, unread: Number(open.rows[0]?.n ?? 0) };
      });
      const cut = pageOf(rows, page, (row) => [Number(row.noted_at), row.notification_id]);
      return { notifications: cut.rows.map(viewOf), unread, nextToken: cut.nextToken };
    },

    async read(caller, { notificationIds, through }) {
      await kit.work(async (tx) => {
        if (through > 0) {
          await sql`
            insert into notification_marks (vendor_id, user_id, through) values (${caller.vendorId}, ${caller.id}, ${through})
            on conflict (vendor_id, user_id) do update set through = greatest(notification_marks.through, excluded.through)`.execute(tx);
          // What the mark covers needs no rows of its own.
          await sql`
            delete from notification_reads r using notifications n
             where r.vendor_id = ${caller.vendorId} and r.user_id = ${caller.id} and n.vendor_id = r.vendor_id and n.notification_id = r.notification_id
               and n.noted_at <= ${through}`.execute(tx);
        }
        if (notificationIds.length > 0) {
          await sql`
            insert into notification_reads (vendor_id, user_id, notification_id)
            select distinct ${caller.vendorId}, ${caller.id}, n.notification_id from notifications n
             where n.vendor_id = ${caller.vendorId} and n.notification_id = any(${[...notificationIds]}::text[]) on conflict do nothing`.execute(tx);
        }
      });
    },
  };
}

function viewOf(row: Row): NotificationView {
  return {
    notificationId: row.notification_id,
    kind: row.kind,
    facts: row.facts,
    path: row.path,
    subjectId: row.subject_id,
    shopIds: row.shops.filter((shop) => shop !== null),
    occurredAt: Number(row.occurred_at),
    notedAt: Number(row.noted_at),
    read: row.read,
  };
}

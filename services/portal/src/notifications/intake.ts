// Other services' events become notices here, and what is to be sent of them: once, in the transaction that moves the offset.
import type { Subscription } from '@deskfleet/event-bus';
import type { RecordedEvent, Tx } from '@deskfleet/event-store';
import type { MessageType, UnknownMessage } from '@deskfleet/protocol';
import { DepositRequested } from '@deskfleet/protocol/billing';
import { ContractDrafted, ContractDraftRevised, ContractImported, ContractSigned, LeadOpened } from '@deskfleet/protocol/onboarding';
import { sql } from 'kysely';
import { enqueueDeliveries } from '../webhooks/deliveries.ts';
import { NOTICE_TYPES, type Notice, type NoticeEvent, noticesOf } from './notices.ts';
import { knownSubjects, ownersOf, SUBJECT_TYPES, subjectKey } from './subjects.ts';

/** What happened longer ago is no news: a portal that begins on old logs tells nobody of them. */
const NEWS_MS = 7 * 86_400_000;
/** How long notices are kept. */
const KEPT_MS = 400 * 86_400_000;

/** The transaction a slice is in has ended by then; a browser that asked too early asks again within half a minute. */
const COMMITTED_MS = 300;

const TOLD: ReadonlySet<string> = new Set(NOTICE_TYPES.map(({ $type }) => $type));
const DEFINES_LEAD: ReadonlySet<string> = new Set([LeadOpened.$type]);
const DEFINES_CONTRACT: ReadonlySet<string> = new Set([
  ContractDrafted.$type,
  ContractDraftRevised.$type,
  ContractSigned.$type,
  ContractImported.$type,
  DepositRequested.$type,
]);

/** A notice with all that stands beside it in its row. */
export interface NoticeRow extends Notice {
  readonly notificationId: string;
  readonly eventId: string;
  readonly vendorId: string;
  readonly clientId: string;
  readonly shopIds: readonly string[];
  readonly occurredAt: number;
}

/** `onKept` hears of each shop that something was told of (empty: of none), once it can be read. */
export function noticeIntake(now: () => number, onKept: (vendorId: string, shopId: string) => void = () => undefined): Subscription<UnknownMessage> {
  return {
    group: 'portal-notifications',
    sources: ['client-onboarding', 'billing', 'agent-pools'],
    types: [...new Set([...NOTICE_TYPES, ...SUBJECT_TYPES])] as MessageType[],
    rare: true,
    sliceSize: 200,
    // Streams have no order among each other: what is told of a contract waits until it is known whose it is.
    requires: ({ event, meta }) => {
      if (DEFINES_CONTRACT.has(event.$type) || DEFINES_LEAD.has(event.$type)) return undefined;
      const id = idIn(event, 'contractId') ?? (event.$type.endsWith('.ClientReminded') ? idIn(event, 'leadId') : undefined);
      return id === undefined ? undefined : subjectKey(meta.vendorId, id);
    },
    present: knownSubjects,
    provides: ({ event, meta }) => {
      const field = DEFINES_CONTRACT.has(event.$type) ? 'contractId' : DEFINES_LEAD.has(event.$type) ? 'leadId' : undefined;
      const id = field === undefined ? undefined : idIn(event, field);
      return id === undefined ? [] : [subjectKey(meta.vendorId, id)];
    },
    async handle(events, tx) {
      const notedAt = now();
      const notices = events.filter(isTold).filter(({ recordedAt }) => recordedAt > notedAt - NEWS_MS);
      const asked = notices.flatMap(({ event, meta }) => noticesOf(event).map(({ subject }) => ({ vendorId: meta.vendorId, id: subject })));
      const owners = await ownersOf(events, asked, tx);
      const rows = notices.flatMap(({ event, meta, occurredAt }) =>
        noticesOf(event).map((notice): NoticeRow => {
          const owner = owners.get(`${meta.vendorId} ${notice.subject}`) ?? { clientId: '', shopIds: [] };
          return { ...notice, ...owner, notificationId: `${meta.eventId}.${notice.kind}`, eventId: meta.eventId, vendorId: meta.vendorId, occurredAt };
        }),
      );
      if (rows.length === 0) return;
      await keep(rows, notedAt, tx);
      await enqueueDeliveries(rows, notedAt, tx);
      setTimeout(() => {
        for (const { vendorId, shopIds } of rows) for (const shopId of ['', ...shopIds]) onKept(vendorId, shopId);
      }, COMMITTED_MS).unref();
    },
  };
}

function isTold(recorded: RecordedEvent): recorded is RecordedEvent<NoticeEvent> {
  return TOLD.has(recorded.event.$type);
}

function idIn(event: object, field: 'contractId' | 'leadId'): string | undefined {
  const id: unknown = Reflect.get(event, field);
  return typeof id === 'string' && id !== '' ? id : undefined;
}

async function keep(rows: readonly NoticeRow[], notedAt: number, tx: Tx): Promise<void> {
  const written = rows.flatMap((row) =>
    (row.shopIds.length === 0 ? [null] : row.shopIds).map((shopId) => ({
      vendor_id: row.vendorId,
      shop_id: shopId,
      notification_id: row.notificationId,
      event_id: row.eventId,
      kind: row.kind,
      audiences: row.to,
      client_id: row.clientId,
      subject_id: row.subject,
      facts: row.facts,
      path: row.path,
      occurred_at: row.occurredAt,
      noted_at: notedAt,
    })),
  );
  await sql`
    insert into notifications select * from json_populate_recordset(null::notifications, ${JSON.stringify(written)}::json) order by notification_id, shop_id
    on conflict do nothing`.execute(tx);
}

/** Removes what was told long ago, and what was read of it. */
export async function forgetNotices(now: number, tx: Tx): Promise<void> {
  await sql`delete from notifications where noted_at < ${now - KEPT_MS}`.execute(tx);
  await sql`
    delete from notification_reads r
     where not exists (select from notifications n where n.vendor_id = r.vendor_id and n.notification_id = r.notification_id)`.execute(tx);
}

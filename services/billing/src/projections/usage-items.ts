// What each conversation counts for as of each position: an invoice shows the rows of the moment it was issued, a billing page those of now.
import type { UsageAssessed as UsageAssessedEvent } from '@deskfleet/protocol/billing';
import { UsageAssessed } from '@deskfleet/protocol/billing';
import type { SqlProjection } from '@deskfleet/read-model';
import { sql } from 'kysely';

export const usageItems: SqlProjection<UsageAssessedEvent> = {
  name: 'usage_items',
  version: 1,
  types: [UsageAssessed],

  async write(events, tx) {
    const rows = events.map(({ event, meta, version, position, recordedAt }) => ({
      version,
      vendor_id: meta.vendorId,
      shop_id: meta.shopId,
      conversation_id: event.conversationId,
      from_position: position,
      recorded_at: recordedAt,
      contract_id: event.contractId,
      unit_key: event.unitKey,
      first_customer_at: event.firstCustomerAt,
      date: event.date,
      month: event.date.slice(0, 7),
      counted: event.counted,
      reason: event.reason,
    }));
    // A conversation assessed twice in one batch: each row ends where the next begins.
    const upTo = new Map<string, number>();
    const closed = rows.toReversed().map((row) => {
      const key = `${row.vendor_id}\n${row.conversation_id}`;
      const to_position = upTo.get(key) ?? null;
      upTo.set(key, row.from_position);
      return { ...row, to_position };
    });
    const first = [...new Map(rows.toReversed().map((row) => [`${row.vendor_id}\n${row.conversation_id}`, row])).values()];
    const replacing = first.filter(({ version }) => version > 1);
    if (replacing.length > 0) {
      await sql`
        update usage_items u set to_position = r.from_position
          from json_to_recordset(${JSON.stringify(replacing)}::json) as r(vendor_id text, conversation_id text, from_position bigint)
         where u.vendor_id = r.vendor_id and u.conversation_id = r.conversation_id and u.to_position is null`.execute(tx);
    }
    await sql`
      insert into usage_items (vendor_id, shop_id, conversation_id, from_position, to_position, recorded_at, contract_id, unit_key, first_customer_at, date, month, counted, reason)
      select * from json_to_recordset(${JSON.stringify(closed)}::json) as r(vendor_id text, shop_id text, conversation_id text, from_position bigint,
        to_position bigint, recorded_at bigint, contract_id text, unit_key text, first_customer_at bigint, date text, month text, counted boolean, reason text)`.execute(
      tx,
    );
  },
};

// What each conversation counts for as of each position: an invoice shows the rows of the moment it was issued, a billing page those of now.
import { recordset } from '@deskfleet/event-store';
import type { UsageAssessed as UsageAssessedEvent } from '@deskfleet/protocol/billing';
import { UsageAssessed } from '@deskfleet/protocol/billing';
import type { SqlProjection } from '@deskfleet/read-model';
import { CompiledQuery } from 'kysely';

const KEY = [
  { name: 'vendor_id', type: 'text' },
  { name: 'conversation_id', type: 'text' },
  { name: 'from_position', type: 'bigint' },
];
const COLUMNS = [
  ...KEY,
  { name: 'shop_id', type: 'text' },
  { name: 'to_position', type: 'bigint' },
  { name: 'recorded_at', type: 'bigint' },
  { name: 'contract_id', type: 'text' },
  { name: 'unit_key', type: 'text' },
  { name: 'first_customer_at', type: 'bigint' },
  { name: 'date', type: 'text' },
  { name: 'month', type: 'text' },
  { name: 'counted', type: 'boolean' },
  { name: 'reason', type: 'text' },
];
const NAMES = COLUMNS.map(({ name }) => name).join(', ');

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
      const { from, parameters } = recordset(replacing, KEY);
      const { numAffectedRows } = await tx.executeQuery(
        CompiledQuery.raw(
          `update usage_items u set to_position = r.from_position from ${from}
            where u.vendor_id = r.vendor_id and u.conversation_id = r.conversation_id and u.to_position is null`,
          [...parameters],
        ),
      );
      if (Number(numAffectedRows) !== replacing.length) throw new Error(`${replacing.length} usage items were replaced, ${numAffectedRows} were in force`);
    }
    const { from, parameters } = recordset(closed, COLUMNS);
    await tx.executeQuery(CompiledQuery.raw(`insert into usage_items (${NAMES}) select ${NAMES} from ${from}`, [...parameters]));
  },
};

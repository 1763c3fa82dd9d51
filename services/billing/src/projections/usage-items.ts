// What each conversation counts for as of each position: an invoice shows the rows of the moment it was issued, a billing page those of now.
import type { UsageAssessed as UsageAssessedEvent } from '@deskfleet/protocol/billing';
import { UsageAssessed } from '@deskfleet/protocol/billing';
import { recordDated, type SqlProjection } from '@deskfleet/read-model';

const COLUMNS = [
  { name: 'shop_id', type: 'text' },
  { name: 'recorded_at', type: 'bigint' },
  { name: 'contract_id', type: 'text' },
  { name: 'unit_key', type: 'text' },
  { name: 'first_customer_at', type: 'bigint' },
  { name: 'date', type: 'text' },
  { name: 'month', type: 'text' },
  { name: 'counted', type: 'boolean' },
  { name: 'reason', type: 'text' },
];

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
    await recordDated(tx, 'usage_items', COLUMNS, rows);
  },
};

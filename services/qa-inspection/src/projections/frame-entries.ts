// The frame as of each position of the log.
import { FrameEntryRecorded } from '@deskfleet/protocol/qa';
import { recordDated, type SqlProjection } from '@deskfleet/read-model';

const COLUMNS = [
  { name: 'shop_id', type: 'text' },
  { name: 'date', type: 'text' },
  { name: 'stratum', type: 'text' },
  { name: 'eligible', type: 'boolean' },
  { name: 'reason', type: 'text' },
  { name: 'handlers', type: 'text[]' },
];

export const frameEntries: SqlProjection<FrameEntryRecorded> = {
  name: 'frame_entries',
  version: 1,
  types: [FrameEntryRecorded],

  async write(events, tx) {
    const rows = events.map(({ event, meta, version, position }) => ({
      vendor_id: meta.vendorId,
      shop_id: meta.shopId,
      version,
      conversation_id: event.conversationId,
      from_position: position,
      date: event.date,
      stratum: event.stratum,
      eligible: event.eligible,
      reason: event.reason,
      handlers: event.handlers,
    }));
    await recordDated(tx, 'frame_entries', COLUMNS, rows);
  },
};

// The frame as of each position of the log.
import { FrameEntryRecorded } from '@deskfleet/protocol/qa';
import type { SqlProjection } from '@deskfleet/read-model';
import { sql } from 'kysely';

export const frameEntries: SqlProjection<FrameEntryRecorded> = {
  name: 'frame_entries',
  version: 1,
  types: [FrameEntryRecorded],

  async write(events, tx) {
    const until = new Map<string, number>();
    const rows = events
      .toReversed()
      .map(({ event, meta, version, position }) => {
        const key = `${meta.vendorId}\n${event.conversationId}`;
        const to_position = until.get(key) ?? null;
        until.set(key, position);
        const { conversationId: conversation_id, date, stratum, eligible, reason, handlers } = event;
        return {
          vendor_id: meta.vendorId,
          shop_id: meta.shopId,
          version,
          conversation_id,
          from_position: position,
          to_position,
          date,
          stratum,
          eligible,
          reason,
          handlers,
        };
      })
      .toReversed();
    const firsts = [...new Map(rows.toReversed().map((row) => [`${row.vendor_id}\n${row.conversation_id}`, row])).values()];
    const replacing = firsts.filter(({ version }) => version > 1);
    if (replacing.length > 0) {
      await sql`
        update frame_entries f set to_position = r.from_position
          from json_to_recordset(${JSON.stringify(replacing)}::json) as r(vendor_id text, conversation_id text, from_position bigint)
         where f.vendor_id = r.vendor_id and f.conversation_id = r.conversation_id and f.to_position is null`.execute(tx);
    }
    await sql`
      insert into frame_entries (vendor_id, shop_id, conversation_id, from_position, to_position, date, stratum, eligible, reason, handlers)
      select * from json_to_recordset(${JSON.stringify(rows)}::json) as r(vendor_id text, shop_id text, conversation_id text, from_position bigint,
        to_position bigint, date text, stratum text, eligible boolean, reason text, handlers text[])`.execute(tx);
  },
};

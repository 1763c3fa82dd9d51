// The frame as of each position of the log.
import { recordset } from '@deskfleet/event-store';
import { FrameEntryRecorded } from '@deskfleet/protocol/qa';
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
  { name: 'date', type: 'text' },
  { name: 'stratum', type: 'text' },
  { name: 'eligible', type: 'boolean' },
  { name: 'reason', type: 'text' },
  { name: 'handlers', type: 'text[]' },
];
const NAMES = COLUMNS.map(({ name }) => name).join(', ');

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
      const { from, parameters } = recordset(replacing, KEY);
      const { numAffectedRows } = await tx.executeQuery(
        CompiledQuery.raw(
          `update frame_entries f set to_position = r.from_position from ${from}
            where f.vendor_id = r.vendor_id and f.conversation_id = r.conversation_id and f.to_position is null`,
          [...parameters],
        ),
      );
      if (Number(numAffectedRows) !== replacing.length) throw new Error(`${replacing.length} frame entries were replaced, ${numAffectedRows} were in force`);
    }
    const { from, parameters } = recordset(rows, COLUMNS);
    await tx.executeQuery(CompiledQuery.raw(`insert into frame_entries (${NAMES}) select ${NAMES} from ${from}`, [...parameters]));
  },
};

// Samples as drawn, and a row for each drawn conversation: open until scored or skipped.

import type { RecordedEvent, Tx } from '@deskfleet/event-store';
import type { MessageType } from '@deskfleet/protocol';
import {
  ConversationNotesErased,
  FindingRaised,
  InspectionAssigned,
  InspectionCorrected,
  InspectionScored,
  InspectionSkipped,
  SampleDrawn,
} from '@deskfleet/protocol/qa';
import type { SqlProjection } from '@deskfleet/read-model';
import { sql } from 'kysely';

type QaEvent = SampleDrawn | InspectionAssigned | InspectionSkipped | InspectionScored | InspectionCorrected | FindingRaised | ConversationNotesErased;

export const samples: SqlProjection<QaEvent> = {
  name: 'samples',
  version: 1,
  types: [
    SampleDrawn,
    InspectionAssigned,
    InspectionSkipped,
    InspectionScored,
    InspectionCorrected,
    FindingRaised,
    ConversationNotesErased,
  ] as MessageType<QaEvent>[],

  async write(events, tx) {
    for (const recorded of events) await writeOne(recorded, tx);
  },
};

async function writeOne({ event, meta, recordedAt, occurredAt }: RecordedEvent<QaEvent>, tx: Tx): Promise<void> {
  const { vendorId } = meta;
  switch (event.$type) {
    case SampleDrawn.$type: {
      const items = event.items.map((item) => ({
        shop_id: item.shopId,
        assignment_id: item.assignmentId,
        conversation_id: item.conversationId,
        stratum: item.stratum,
      }));
      await sql`
        insert into samples (vendor_id, sample_id, shop_ids, drawn_at, drawn_by, document)
        values (${vendorId}, ${event.sampleId}, ${event.shopIds}::text[], ${recordedAt}, ${meta.actor?.id ?? ''}, ${Buffer.from(SampleDrawn.encode(event).finish())})`.execute(
        tx,
      );
      await sql`
        insert into assignments (vendor_id, shop_id, assignment_id, sample_id, conversation_id, stratum, state, inspector_id, scored_at, scorecard_version,
          total_tenths, max_tenths, fatal, items, corrections)
        select ${vendorId}, i.shop_id, i.assignment_id, ${event.sampleId}, i.conversation_id, i.stratum, 'open', '', 0, 0, 0, 0, false, '[]', '[]'
          from json_to_recordset(${JSON.stringify(items)}::json) as i(shop_id text, assignment_id text, conversation_id text, stratum text)`.execute(tx);
      return;
    }
    case InspectionAssigned.$type:
      await sql`update assignments set inspector_id = ${event.inspectorId} where vendor_id = ${vendorId} and assignment_id = ${event.assignmentId}`.execute(tx);
      return;
    case InspectionSkipped.$type:
      await sql`update assignments set state = 'skipped' where vendor_id = ${vendorId} and assignment_id = ${event.assignmentId}`.execute(tx);
      return;
    case InspectionScored.$type:
      await sql`
        update assignments set state = 'scored', scored_at = ${recordedAt}, scorecard_version = ${event.scorecardVersion}, total_tenths = ${event.totalTenths},
               max_tenths = ${event.maxTenths}, fatal = ${event.fatal}, items = ${JSON.stringify(event.items)}
         where vendor_id = ${vendorId} and assignment_id = ${event.assignmentId}`.execute(tx);
      return;
    case InspectionCorrected.$type:
      await sql`
        update assignments set total_tenths = ${event.totalTenths}, max_tenths = ${event.maxTenths}, fatal = ${event.fatal}, items = ${JSON.stringify(event.items)},
               corrections = (corrections::jsonb || jsonb_build_object('at', ${recordedAt}::bigint, 'totalTenthsBefore', total_tenths,
                 'totalTenthsAfter', ${event.totalTenths}::int, 'reason', ${event.reason}::text, 'reasonSubject', ${event.reasonSubject}::text,
                 'sealedReason', ${Buffer.from(event.sealedReason).toString('base64')}::text))::text
         where vendor_id = ${vendorId} and assignment_id = ${event.assignmentId}`.execute(tx);
      return;
    case FindingRaised.$type:
      await sql`
        insert into findings (vendor_id, shop_id, finding_id, assignment_id, conversation_id, message_id, category, severity, note_subject, note,
          inspector_id, stratum, raised_at)
        values (${vendorId}, ${meta.shopId}, ${event.findingId}, ${event.assignmentId}, ${event.conversationId}, ${event.messageId}, ${event.category},
          ${event.severity}, ${event.noteSubject}, ${event.note}, ${event.inspectorId}, ${event.stratum}, ${occurredAt})`.execute(tx);
      return;
    case ConversationNotesErased.$type:
      await sql`
        update findings set note_subject = '', note = '' where vendor_id = ${vendorId} and conversation_id = ${event.conversationId}`.execute(tx);
      await sql`
        update assignments set corrections =
               (select coalesce(jsonb_agg(c || '{"reason": "", "reasonSubject": "", "sealedReason": ""}' order by n), '[]')::text
                  from jsonb_array_elements(corrections::jsonb) with ordinality as each (c, n))
         where vendor_id = ${vendorId} and conversation_id = ${event.conversationId}`.execute(tx);
      return;
  }
}

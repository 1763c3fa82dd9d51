// What waits for somebody here: imports still running, and lines of the last 7 days' imports that did not go in.
import type { Tx } from '@deskfleet/event-store';
import type { WaitingItem } from '@deskfleet/protocol/common';
import { sql } from 'kysely';

const REJECTED_SHOWN_MS = 7 * 24 * 3_600_000;
const MAX_ITEMS = 200;

export async function listWaiting(tx: Tx, vendorId: string, now: number): Promise<Omit<WaitingItem, '$type'>[]> {
  const { rows } = await sql<{ import_id: string; file_name: string; started_at: string; finished_at: string; rejected: string }>`
    select import_id, file_name, started_at, finished_at, rejected from imports
     where finished_at = 0 or (rejected > 0 and finished_at > ${now - REJECTED_SHOWN_MS})
     order by started_at desc limit ${MAX_ITEMS}`.execute(tx);
  return rows.map((row) => {
    const running = Number(row.finished_at) === 0;
    return {
      kind: running ? 'import-running' : 'import-lines-rejected',
      vendorId,
      shopId: '',
      contractId: '',
      waitsFor: 'vendor-operations',
      since: Number(running ? row.started_at : row.finished_at),
      count: running ? 1 : Number(row.rejected),
      subject: row.file_name,
      path: `/imports/${row.import_id}`,
    };
  });
}

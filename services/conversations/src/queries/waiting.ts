// What waits for somebody here: imports still running, and lines of the last 7 days' imports that did not go in.
import type { Tx } from '@deskfleet/event-store';
import type { WaitingItem } from '@deskfleet/protocol/common';
import { WAITING_SHOWN } from '@deskfleet/service-kit';
import { sql } from 'kysely';

const REJECTED_SHOWN_MS = 7 * 24 * 3_600_000;

export async function listWaiting(tx: Tx, vendorId: string, now: number): Promise<{ items: Omit<WaitingItem, '$type'>[]; total: number }> {
  const { rows } = await sql<{ import_id: string; file_name: string; started_at: string; finished_at: string; rejected: string; total: string }>`
    select import_id, file_name, started_at, finished_at, rejected, count(*) over () as total from imports
     where finished_at = 0 or (rejected > 0 and finished_at > ${now - REJECTED_SHOWN_MS})
     order by started_at limit ${WAITING_SHOWN}`.execute(tx);
  const items = rows.map((row) => {
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
  return { items, total: Number(rows[0]?.total ?? 0) };
}

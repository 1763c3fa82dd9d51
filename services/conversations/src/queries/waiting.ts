// What waits for somebody here: imports still running, and lines of the last 7 days' imports that did not go in.
import type { Keyring } from '@deskfleet/event-store/sealing';
import { WaitingItem } from '@deskfleet/protocol/common';
import { type Caller, type Kit, WAITING_SHOWN } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { fileNames, type StoredFileName } from '../import/file-name.ts';

const REJECTED_SHOWN_MS = 7 * 24 * 3_600_000;

interface Row extends StoredFileName {
  readonly started_at: string;
  readonly finished_at: string;
  readonly rejected: string;
  readonly total: string;
}

export async function listWaiting(kit: Kit, keyring: Keyring, caller: Caller): Promise<{ items: WaitingItem[]; total: number }> {
  const { vendorId } = caller;
  const { rows } = await kit.read(caller, (tx) =>
    sql<Row>`
      select import_id, file_name, file_name_subject, started_at, finished_at, rejected, count(*) over () as total from imports
       where finished_at = 0 or (rejected > 0 and finished_at > ${kit.now() - REJECTED_SHOWN_MS})
       order by started_at limit ${WAITING_SHOWN}`.execute(tx),
  );
  const names = await fileNames(keyring, vendorId, rows);
  const items = rows.map((row, index) => {
    const running = Number(row.finished_at) === 0;
    return WaitingItem.create({
      kind: running ? 'import-running' : 'import-lines-rejected',
      vendorId,
      shopId: '',
      contractId: '',
      waitsFor: 'vendor-operations',
      since: Number(running ? row.started_at : row.finished_at),
      count: running ? 1 : Number(row.rejected),
      subject: names[index] ?? '',
      path: `/imports/${row.import_id}`,
    });
  });
  return { items, total: Number(rows[0]?.total ?? 0) };
}

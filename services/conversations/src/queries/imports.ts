// An import as its owner sees it: while it runs, and what became of it. Its file's name comes sealed: `withFileNames` opens it.
import type { Tx } from '@deskfleet/event-store';
import type { Keyring } from '@deskfleet/event-store/sealing';
import { ImportSummary, RejectedLine } from '@deskfleet/protocol/conversations-service';
import type { Keyset } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { fileNames, type StoredFileName } from '../import/file-name.ts';
import type { ImportCounts } from '../import/import.ts';

/** Rejected lines an answer carries; the rest is counted. */
const MAX_REJECTED_SHOWN = 10_000;

interface SummaryRow extends StoredFileName {
  started_at: string;
  finished_at: string;
  last_heard_at: string;
  inserted: string;
  duplicates: string;
  rejected: string;
  conversations: string;
}

const COLUMNS = sql`
  i.import_id, i.file_name, i.file_name_subject, i.started_at, i.finished_at, i.last_heard_at, i.inserted, i.duplicates, i.rejected,
  (select count(*) from imported_conversations c where c.vendor_id = i.vendor_id and c.import_id = i.import_id) as conversations`;

/** A summary with the name of its file still sealed. */
export interface SealedSummary {
  readonly summary: ImportSummary;
  readonly name: StoredFileName;
}

export async function withFileNames(keyring: Keyring, vendorId: string, found: readonly SealedSummary[]): Promise<ImportSummary[]> {
  const names = await fileNames(
    keyring,
    vendorId,
    found.map(({ name }) => name),
  );
  return found.map(({ summary }, index) => ({ ...summary, fileName: names[index] ?? '' }));
}

export async function findImport(tx: Tx, importId: string): Promise<SealedSummary | undefined> {
  const { rows } = await sql<SummaryRow>`select ${COLUMNS} from imports i where i.import_id = ${importId}`.execute(tx);
  const [row] = rows;
  if (row === undefined) return undefined;
  const rejected = await sql<{ line: string; field: string; found: string; expected: string }>`
    select line, field, found, expected from import_rejected_lines where import_id = ${importId} order by line limit ${MAX_REJECTED_SHOWN}`.execute(tx);
  const lines = rejected.rows.map((each) => RejectedLine.create({ ...each, line: Number(each.line) }));
  return { summary: { ...summaryOf(row), rejected: lines }, name: row };
}

/** Counts of any vendor's import, for those who finish it. `lastHeardAt` is when its last chunk was recorded. */
export async function countsOf(tx: Tx, vendorId: string, importId: string): Promise<(ImportCounts & { lastHeardAt: number }) | undefined> {
  const { rows } = await sql<SummaryRow>`select ${COLUMNS} from imports i where i.vendor_id = ${vendorId} and i.import_id = ${importId}`.execute(tx);
  if (rows[0] === undefined) return undefined;
  const { messages, conversations, inserted, duplicates, rejectedTotal } = summaryOf(rows[0]);
  return { messages, conversations, inserted, duplicates, rejected: rejectedTotal, lastHeardAt: Number(rows[0].last_heard_at) };
}

/** The newest first; one more than the page's size, to know whether there are more. */
export async function listImports(tx: Tx, page: Keyset): Promise<SealedSummary[]> {
  const before = page.after === undefined ? sql`true` : sql`(i.started_at, i.import_id) < (${page.after[0]}::bigint, ${page.after[1]}::text)`;
  const { rows } = await sql<SummaryRow>`
    select ${COLUMNS} from imports i where ${before} order by i.started_at desc, i.import_id desc limit ${page.size + 1}`.execute(tx);
  return rows.map((row) => ({ summary: summaryOf(row), name: row }));
}

function summaryOf(row: SummaryRow): ImportSummary {
  const [inserted, duplicates] = [Number(row.inserted), Number(row.duplicates)];
  return ImportSummary.create({
    importId: row.import_id,
    startedAt: Number(row.started_at),
    finishedAt: Number(row.finished_at),
    messages: inserted + duplicates,
    conversations: Number(row.conversations),
    inserted,
    duplicates,
    rejectedTotal: Number(row.rejected),
  });
}

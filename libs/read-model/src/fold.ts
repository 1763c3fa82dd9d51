// A batch of one row projection: which rows it touches, and what they are after it. No I/O in the folding.
import type { RecordedEvent, Tx } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import type { RowProjection } from './projection.ts';
import type { RowChange, RowKey, RowTable, StoredRow } from './row-table.ts';

interface Cell extends RowKey {
  row: StoredRow | undefined;
  /** As the table holds it. */
  before: StoredRow | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: a row as its projection typed it
type AnyRowProjection = RowProjection<any, any>;

/** Loads the rows of the events' keys in one query, folds, and writes them in one delete, one insert and one update. Answers what to call once that is committed. */
export async function foldBatch(projection: AnyRowProjection, table: RowTable, events: readonly RecordedEvent[], tx: Tx): Promise<() => void> {
  const cells = new Map<string, Cell>();
  const touches: [RecordedEvent, Cell][] = [];
  for (const event of events) {
    for (const key of projection.keys(event)) {
      const identity = table.identify(event.meta.vendorId, key);
      let cell = cells.get(identity);
      if (cell === undefined) {
        cell = { vendorId: event.meta.vendorId, key, row: undefined, before: undefined };
        cells.set(identity, cell);
      }
      touches.push([event, cell]);
    }
  }
  for (const [identity, row] of await table.load(tx, [...cells.values()])) {
    const cell = cells.get(identity);
    if (cell === undefined)
      throw new Error(`${projection.name}: a row came back under another key (${JSON.stringify(identity)}): write key columns as the table holds them`);
    cell.row = row;
    cell.before = row;
  }
  for (const [event, cell] of touches) cell.row = after(projection, cell, event);

  const sorted = [...cells].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
  const removed: Cell[] = [];
  const added: StoredRow[] = [];
  const changed: RowChange[] = [];
  for (const cell of sorted) {
    const { before, row } = cell;
    if (before !== undefined && row !== undefined) changed.push({ before, row });
    else if (before !== undefined) removed.push(cell);
    else if (row !== undefined) added.push(row);
  }
  await table.remove(tx, removed);
  await table.save(tx, added);
  await table.update(tx, changed);
  return () => {
    for (const [identity, { row }] of cells) table.remember(identity, row);
  };
}

function after(projection: AnyRowProjection, cell: Cell, event: RecordedEvent<UnknownMessage>): StoredRow | undefined {
  const row: StoredRow | undefined = projection.apply(cell.row, event, cell.key);
  if (row === undefined) return undefined;
  if (isWhole(row, cell)) return row;
  const shopId = row['shop_id'] ?? cell.row?.['shop_id'] ?? (event.meta.shopId === '' ? null : event.meta.shopId);
  return { ...row, ...cell.key, vendor_id: cell.vendorId, shop_id: shopId };
}

/** Has what the runner sets, as a row that was made from the one before has: it need not be copied once more. */
function isWhole(row: StoredRow, { vendorId, key }: Cell): boolean {
  if (row['vendor_id'] !== vendorId || row['shop_id'] === undefined || row['shop_id'] === null) return false;
  for (const column in key) if (row[column] !== key[column]) return false;
  return true;
}

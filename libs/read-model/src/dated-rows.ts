// Rows as of each position of the own log: of each conversation one is in force, and what is recorded of it next ends that one. Nothing is overwritten,
// so what stood at a position is read again as it was.
import { recordset, type Tx } from '@deskfleet/event-store';
import { run } from './database.ts';

/** What is recorded of a conversation at a position; by its stream's version above 1 there is one before it. Beside these the table's own columns. */
type DatedRow = Readonly<Record<string, unknown>> & {
  readonly vendor_id: string;
  readonly conversation_id: string;
  readonly from_position: number;
  readonly version: number;
};

const KEY = [
  { name: 'vendor_id', type: 'text' },
  { name: 'conversation_id', type: 'text' },
  { name: 'from_position', type: 'bigint' },
];
const TO = { name: 'to_position', type: 'bigint' };

/** Writes rows in the order of their positions, and ends those they replace. Throws when one that shall be replaced is not in force. */
export async function recordDated(
  tx: Tx,
  table: string,
  columns: readonly { readonly name: string; readonly type: string }[],
  rows: readonly DatedRow[],
): Promise<void> {
  // Of a conversation recorded twice each row ends where the next begins.
  const next = new Map<string, DatedRow>();
  const dated = rows
    .toReversed()
    .map((row) => {
      const key = `${row.vendor_id}\n${row.conversation_id}`;
      const to_position = next.get(key)?.from_position ?? null;
      next.set(key, row);
      return { ...row, to_position };
    })
    .toReversed();
  const replacing = [...next.values()].filter(({ version }) => version > 1);
  if (replacing.length > 0) {
    const { from, parameters } = recordset(replacing, KEY);
    const { numAffectedRows } = await run(
      tx,
      `update ${table} t set to_position = r.from_position from ${from}
        where t.vendor_id = r.vendor_id and t.conversation_id = r.conversation_id and t.to_position is null`,
      [...parameters],
    );
    if (Number(numAffectedRows) !== replacing.length) throw new Error(`${table}: ${replacing.length} rows were replaced, ${numAffectedRows} were in force`);
  }
  const all = [...KEY, TO, ...columns];
  const names = all.map(({ name }) => name).join(', ');
  const { from, parameters } = recordset(dated, all);
  await run(tx, `insert into ${table} (${names}) select ${names} from ${from}`, [...parameters]);
}

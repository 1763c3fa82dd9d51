// The lines of a plan that could not stand, each with where and why; the others are in.
import { DataTable } from '../../parts/data-table.tsx';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { staffingWords } from './words.ts';

interface RejectedRow {
  line: number;
  code: string;
  field: string;
  found: string;
}

export function Rejected({ rows }: { rows: readonly RejectedRow[] }) {
  const said = useWords(staffingWords);
  if (rows.length === 0) return null;
  return (
    <div role="alert" className="field-wide">
      <p className="status-breach">
        <span aria-hidden="true">■ </span>
        {said.rejected(String(rows.length))}
      </p>
      <DataTable
        caption={said.rejected(String(rows.length))}
        rows={rows}
        rowKey={(row) => `${row.line}|${row.field}`}
        columns={[
          { key: 'line', title: said.line, number: true, cell: (row) => row.line },
          { key: 'problem', title: said.problem, cell: (row) => wordFor(said.codes, row.code) },
          { key: 'column', title: said.column, hideNarrow: true, cell: (row) => <code>{row.field}</code> },
          { key: 'found', title: said.found, cell: (row) => <code>{row.found === '' ? '—' : row.found}</code> },
        ]}
      />
    </div>
  );
}

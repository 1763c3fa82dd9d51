// The lines that did not go in: number, field, what was found and what was expected; all of them to download.
import type { RejectedLine } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { useWords } from '../../words/words.ts';
import { importWords } from './words.ts';

export function RejectedTable({ rejected, total, importId }: { rejected: readonly RejectedLine[]; total: number; importId: string }) {
  const said = useWords(importWords);
  const format = useFormat();
  return (
    <div className="stack">
      <h3>{said.rejectedTitle(format.count(total))}</h3>
      <p>
        <a href={`/api/v1/imports/${importId}/rejected.csv`} download>
          {said.download}
        </a>
      </p>
      <DataTable
        caption={said.rejectedTitle(format.count(total))}
        rows={rejected}
        total={total}
        rowKey={(line) => `${line.line}|${line.field}`}
        columns={[
          { key: 'line', title: said.line, number: true, cell: (line) => format.count(line.line) },
          { key: 'field', title: said.field, cell: (line) => <code className="nowrap">{line.field}</code> },
          { key: 'found', title: said.found, cell: (line) => <code>{said.foundText(line.found)}</code> },
          { key: 'expected', title: said.expected, cell: (line) => <span className="break">{said.expectedText(line.expected)}</span> },
        ]}
      />
    </div>
  );
}

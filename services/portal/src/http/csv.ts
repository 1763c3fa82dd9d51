// CSV as RFC 4180 has it: UTF-8 with BOM out (spreadsheets need it), quotes doubled, text that a spreadsheet would run escaped.

/** Rows as CSV text. Text beginning with = + - @ gets an apostrophe before it, numbers do not. */
export function csvOf(header: readonly string[], rows: Iterable<readonly (string | number)[]>): string {
  return CSV_START + [header, ...rows].map(csvLine).join('');
}

/** What a CSV file begins with, so that spreadsheets read it as UTF-8. */
export const CSV_START = '\ufeff';

/** `decimal`: an exact number as text, written as it is. */
export function csvLine(row: readonly (string | number | { readonly decimal: string })[]): string {
  const cell = (value: (typeof row)[number]) => (typeof value === 'number' ? `${value}` : typeof value === 'string' ? quoted(value) : value.decimal);
  return `${row.map(cell).join(',')}\r\n`;
}

function quoted(value: string): string {
  const safe = /^[=+\-@\t]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The rows of a CSV text with their line numbers, header included. The apostrophe `csvOf` put before formulas is taken off again. */
export function parseCsv(text: string): readonly { readonly line: number; readonly cells: readonly string[] }[] {
  const rows: { line: number; cells: string[] }[] = [];
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  let at = 0;
  let line = 1;
  while (at < source.length) {
    const cells: string[] = [];
    const startLine = line;
    for (;;) {
      let cell = '';
      if (source[at] === '"') {
        at += 1;
        for (;;) {
          const end = source.indexOf('"', at);
          if (end < 0) {
            cell += source.slice(at);
            at = source.length;
            break;
          }
          cell += source.slice(at, end);
          at = end + 1;
          if (source[at] !== '"') break;
          cell += '"';
          at += 1;
        }
        line += cell.split('\n').length - 1;
      } else {
        const rest = /[,\r\n]/g;
        rest.lastIndex = at;
        const end = rest.exec(source)?.index ?? source.length;
        cell = source.slice(at, end);
        at = end;
      }
      cells.push(/^'[=+\-@\t]/.test(cell) ? cell.slice(1) : cell);
      if (source[at] !== ',') break;
      at += 1;
    }
    if (source[at] === '\r') at += 1;
    if (source[at] === '\n') at += 1;
    line += 1;
    if (cells.length > 1 || cells[0] !== '') rows.push({ line: startLine, cells });
  }
  return rows;
}

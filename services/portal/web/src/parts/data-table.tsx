// A table with real rows and cells. Above 200 rows only what is seen stands in the DOM, and aria-rowcount and aria-rowindex say the rest.
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef } from 'react';

export interface Column<R> {
  key: string;
  title: ReactNode;
  cell: (row: R) => ReactNode;
  number?: boolean; // right-aligned, tabular
  hideNarrow?: boolean; // left out below 640 px
}

interface DataTableProps<R> {
  caption: string;
  columns: readonly Column<R>[];
  rows: readonly R[];
  rowKey: (row: R) => string;
  total?: number;
  selected?: string;
  footer?: ReactNode;
}

const VIRTUAL_ABOVE = 200;
const ROW_HEIGHT = 40;

export function DataTable<R>({ caption, columns, rows, rowKey, total, selected, footer }: DataTableProps<R>) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = rows.length > VIRTUAL_ABOVE;
  const virtualizer = useVirtualizer({
    count: virtual ? rows.length : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.start ?? 0;
  const last = items.at(-1)?.end ?? 0;
  const seen = virtual ? items.map((item) => ({ row: rows[item.index] as R, index: item.index })) : rows.map((row, index) => ({ row, index }));
  const space = (height: number) =>
    height <= 0 ? null : (
      // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a spacer row, nothing in it takes focus
      <tr aria-hidden="true">
        <td colSpan={columns.length} style={{ height, padding: 0, border: 0 }} />
      </tr>
    );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={virtual ? 'table-box table-tall' : 'table-box'} ref={scroller} tabIndex={0} aria-label={caption}>
      <table className="data" aria-rowcount={(total ?? rows.length) + 1}>
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <th key={column.key} scope="col" className={classOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {space(first)}
          {seen.map(({ row, index }) => {
            const key = rowKey(row);
            return (
              <tr
                key={key}
                aria-rowindex={index + 2}
                className={key === selected ? 'selected' : undefined}
                {...(key === selected ? { 'aria-current': true } : {})}
              >
                {columns.map((column) => (
                  <td key={column.key} className={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
          {virtual ? space(virtualizer.getTotalSize() - last) : null}
        </tbody>
        {footer === undefined ? null : <tfoot>{footer}</tfoot>}
      </table>
    </section>
  );
}

function classOf<R>(column: Column<R>): string | undefined {
  const names = [column.number ? 'number' : '', column.hideNarrow ? 'hide-narrow' : ''].filter((name) => name !== '');
  return names.length === 0 ? undefined : names.join(' ');
}

// A table with real rows and cells. Above 200 rows only what is seen stands in the DOM, and aria-rowcount and aria-rowindex say the rest.
// j and k move from row to row by focusing what opens it, so that Enter is the browser's own; opening a row keeps the list for [ and ].
import { useVirtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, type ReactNode, useRef } from 'react';
import { rememberList } from './came-from.ts';
import { useKeys } from './keys.ts';

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
  footer?: ReactNode | undefined;
  /** The page a row opens: what [ and ] walk. */
  to?: ((row: R) => string) | undefined;
}

const VIRTUAL_ABOVE = 200;
const ROW_HEIGHT = 40;
const OPENS = 'a[href], button';

/** The table that j and k move in: where the focus last was, else the page's first. */
let lastUsed: HTMLElement | null = null;

function isMeant(table: HTMLElement | null): table is HTMLElement {
  if (table === null) return false;
  if (lastUsed?.isConnected === true) return lastUsed === table;
  return document.querySelector('main [data-rows]') === table;
}

export function DataTable<R>({ caption, columns, rows, rowKey, total, selected, footer, to }: DataTableProps<R>) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = rows.length > VIRTUAL_ABOVE;
  const virtualizer = useVirtualizer({
    count: virtual ? rows.length : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
  });
  const move = (step: 1 | -1) => {
    const table = scroller.current;
    if (!isMeant(table)) return false;
    const here = Number(document.activeElement?.closest('tr[aria-rowindex]')?.getAttribute('aria-rowindex') ?? 1) - 2;
    const inside = table.contains(document.activeElement);
    const next = Math.min(rows.length - 1, Math.max(0, inside ? here + step : 0));
    const focus = (): boolean => {
      const row = table.querySelector<HTMLElement>(`tbody tr[aria-rowindex="${next + 2}"]`);
      const target = row?.querySelector<HTMLElement>(OPENS) ?? row;
      target?.focus();
      target?.scrollIntoView({ block: 'nearest' });
      return target !== null && target !== undefined;
    };
    if (focus() || !virtual) return true;
    virtualizer.scrollToIndex(next);
    requestAnimationFrame(() => requestAnimationFrame(focus));
    return true;
  };
  useKeys({ j: () => move(1), k: () => move(-1) });
  const opened = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    if (to === undefined || link === null) return;
    const path = new URL(link.getAttribute('href') ?? '', window.location.href).pathname;
    const paths = rows.map(to);
    if (paths.some((one) => (one.split('?')[0] ?? '') === path)) rememberList(paths);
  };
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
    <section
      className={virtual ? 'table-box table-tall' : 'table-box'}
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={caption}
      data-rows
      onFocus={() => {
        lastUsed = scroller.current;
      }}
      onClickCapture={opened}
    >
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
                tabIndex={-1}
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

/** The row after the last: what is not listed, as counts. */
export function RestRow({ columns, children }: { columns: number; children: ReactNode }) {
  return (
    <tr>
      <td colSpan={columns} className="quiet">
        {children}
      </td>
    </tr>
  );
}

function classOf<R>(column: Column<R>): string | undefined {
  const names = [column.number ? 'number' : '', column.hideNarrow ? 'hide-narrow' : ''].filter((name) => name !== '');
  return names.length === 0 ? undefined : names.join(' ');
}

// What a group of commands is handed, and how its results are written: JSON for scripts, lines for people.
import type { Command } from 'commander';
import type { Portal } from './portal.ts';

export interface Context {
  /** The portal the command acts on; found when it is asked for. */
  readonly portal: () => Portal;
  /** JSON when asked for, else the text. */
  readonly print: (json: boolean, value: object, text: () => string) => void;
}

export type Group = (program: Command, context: Context) => void;

/** Columns as wide as their widest cell, two spaces apart; numbers stand to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const right = head.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (right[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return `${all.map(line).join('\n')}\n`;
}

/** An age for a column: 0.4s, 12s, 3m10s, 5h02m, 2d04h. */
export function age(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (ms < 1_000) return ms === 0 ? '0s' : `${(ms / 1_000).toFixed(1)}s`;
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h${two(Math.floor(seconds / 60) % 60)}m`;
  return `${Math.floor(seconds / 86_400)}d${two(Math.floor(seconds / 3_600) % 24)}h`;
}

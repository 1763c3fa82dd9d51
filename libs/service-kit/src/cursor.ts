// Keyset pages: the token is where the page before ended, opaque to the caller. At most 200 rows a page, 50 when nothing is said.
import type { Page } from '@deskfleet/protocol/common';
import { refuseCall } from './refusals.ts';

export const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;

/** A service answers this many of what waits, the oldest, and how many there are. */
export const WAITING_SHOWN = 50;

type Key = string | number;

export interface Keyset {
  /** Rows to return. Ask the database for one more: it says whether there is a next page. */
  readonly size: number;
  /** The last row's key of the page before; undefined on the first page. */
  readonly after: readonly Key[] | undefined;
}

/** Reads a page request whose keys have `parts` values. Refuses a token that this service did not give, and a size above 200. */
export function keyset(page: Page | undefined, parts: number): Keyset {
  const size = page?.size || DEFAULT_PAGE;
  if (size < 1 || size > MAX_PAGE) refuseCall('page-size-invalid', { field: 'page.size', found: size, expected: `1 to ${MAX_PAGE}` });
  return { size, after: page?.token ? decode(page.token, parts) : undefined };
}

/** Cuts the page out of `size + 1` rows; `nextToken` is empty on the last page. */
export function pageOf<Row>(rows: readonly Row[], { size }: Keyset, key: (row: Row) => readonly Key[]): { rows: readonly Row[]; nextToken: string } {
  const page = rows.slice(0, size);
  const last = page.at(-1);
  return { rows: page, nextToken: rows.length > size && last !== undefined ? encode(key(last)) : '' };
}

function encode(key: readonly Key[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function decode(token: string, parts: number): readonly Key[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (Array.isArray(key) && key.length === parts && key.every((part) => typeof part === 'string' || typeof part === 'number')) return key;
  } catch {
    // not ours: refused below
  }
  return refuseCall('page-token-invalid', { field: 'page.token', found: token.slice(0, 80), expected: 'the token of the page before' });
}

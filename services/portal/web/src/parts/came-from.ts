// The list one came from: its rows' addresses in their order, so that [ and ] open the one before and after. Kept for this tab.
const KEPT = 'deskfleet.list';
/** More than fits a session's store is not walked by key. */
const MOST = 5_000;

export function rememberList(paths: readonly string[]): void {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(paths.slice(0, MOST)));
  } catch {
    sessionStorage.removeItem(KEPT);
  }
}

/** The neighbour of an address in the list it was opened from; undefined at its ends and for what was not opened from a list. */
export function neighbour(pathname: string, step: 1 | -1, paths: readonly string[] = remembered()): { path: string; at: number; of: number } | undefined {
  const withoutQuery = paths.map((path) => path.split('?')[0] ?? '');
  // A page's own parts (a message, a day) still belong to its row: the longest match is the row.
  const here = withoutQuery.reduce((best, path, index) => {
    const fits = pathname === path || pathname.startsWith(`${path}/`);
    return fits && path.length > (withoutQuery[best]?.length ?? -1) ? index : best;
  }, -1);
  if (here < 0) return undefined;
  const next = here + step;
  const path = paths[next];
  return path === undefined ? undefined : { path, at: next + 1, of: paths.length };
}

function remembered(): string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEPT) ?? '[]');
    return Array.isArray(kept) ? kept.filter((path) => typeof path === 'string') : [];
  } catch {
    return [];
  }
}

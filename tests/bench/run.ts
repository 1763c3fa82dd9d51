// Runs benches one after the other: what they measured goes to standard error as it comes, and as one list to standard output where that is asked for.
import type { Bench, Figure } from './bench.ts';

/** The order of the table of what is to be reached; whatever else there is comes after it, by name. */
export const TABLE = ['append', 'append-many', 'read', 'rebuild', 'relay', 'consume', 'end-to-end', 'deadlines', 'soak'];

/** All benches in the table's order. Throws when two have one name or the table's is missing. */
export function inOrder(benches: readonly Bench[]): readonly Bench[] {
  const byName = new Map(benches.map((bench) => [bench.name, bench]));
  if (byName.size < benches.length) throw new Error(`two benches have one name: ${benches.map(({ name }) => name).join(', ')}`);
  const missing = TABLE.filter((name) => !byName.has(name));
  if (missing.length > 0) throw new Error(`no such bench: ${missing.join(', ')}`);
  const others = [...byName.keys()].filter((name) => !TABLE.includes(name)).sort();
  return [...TABLE, ...others].flatMap((name) => byName.get(name) ?? []);
}

export interface Said {
  /** Standard output: the list of figures, with `json` only. */
  readonly out: (text: string) => void;
  /** Standard error: what happens. */
  readonly log: (line: string) => void;
}

/** Runs those named, or all; resolves to the exit code. */
export async function runBenches(benches: readonly Bench[], names: readonly string[], json: boolean, { out, log }: Said): Promise<number> {
  const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    log(`Unknown: ${unknown.join(', ')}. There are: ${benches.map(({ name }) => name).join(', ')}.`);
    return 2;
  }
  const figures: Figure[] = [];
  for (const bench of benches.filter(({ name }) => names.length === 0 || names.includes(name))) {
    log(`bench ${bench.name} ...`);
    for (const each of await bench.run()) {
      figures.push(each);
      log(`  ${each.name}: ${each.median} ${each.unit} (${each.min} to ${each.max}), ${each.ratio} x ${each.peer.name} (${each.peer.median})`);
    }
  }
  if (json) out(JSON.stringify(figures, undefined, 2));
  return 0;
}

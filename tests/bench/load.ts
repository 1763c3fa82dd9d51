import { readdirSync } from 'node:fs';
import type { Bench } from './bench.ts';

/** Every bench of this folder: a module `NAME.bench.ts` that exports one object with a name and a way to run it. */
export async function loadBenches(): Promise<Bench[]> {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.bench.ts'));
  const modules = await Promise.all(files.sort().map((file) => import(`./${file}`) as Promise<Record<string, unknown>>));
  return modules.flatMap((module) => Object.values(module).filter(isBench));
}

function isBench(value: unknown): value is Bench {
  return typeof value === 'object' && value !== null && 'name' in value && 'run' in value && typeof value.run === 'function';
}

// `npm run bench -- [NAME...] [--json]`: runs the benches of this folder. With --json standard output is the list of figures and nothing else.
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';
import { inOrder, runBenches } from './run.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean', default: false } } });
process.exit(await runBenches(inOrder(await load()), positionals, values.json, { out: console.log, log: console.error }));

/** Every bench of this folder: a module `NAME.bench.ts` that exports one object with a name and a way to run it. */
async function load(): Promise<Bench[]> {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.bench.ts'));
  const modules = await Promise.all(files.sort().map((file) => import(`./${file}`) as Promise<Record<string, unknown>>));
  return modules.flatMap((module) => Object.values(module).filter(isBench));
}

function isBench(value: unknown): value is Bench {
  return typeof value === 'object' && value !== null && 'name' in value && 'run' in value && typeof value.run === 'function';
}

// `npm run bench -- [NAME...] [--json]`: runs the benches of this folder. With --json standard output is the list of figures and nothing else.
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Bench, Figure } from './bench.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean', default: false } } });
const benches = await load();
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. There are: ${benches.map((bench) => bench.name).join(', ')}.`);
  process.exit(2);
}

const figures: Figure[] = [];
for (const bench of benches.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  console.error(`bench ${bench.name} ...`);
  for (const each of await bench.run()) {
    figures.push(each);
    console.error(`  ${each.name}: ${each.median} ${each.unit} (${each.min} to ${each.max}), ${each.ratio} x ${each.peer.name} (${each.peer.median})`);
  }
}
if (values.json) console.log(JSON.stringify(figures, undefined, 2));
process.exit(0);

/** Every bench of this folder: a module `NAME.bench.ts` that exports one object with a name and a way to run it. */
async function load(): Promise<Bench[]> {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.bench.ts'));
  const modules = await Promise.all(files.sort().map((file) => import(`./${file}`) as Promise<Record<string, unknown>>));
  return modules.flatMap((module) => Object.values(module).filter(isBench));
}

function isBench(value: unknown): value is Bench {
  return typeof value === 'object' && value !== null && 'name' in value && 'run' in value && typeof value.run === 'function';
}

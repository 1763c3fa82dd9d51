// `npm run bench -- [NAME...] [--json]`: runs the benches of this folder. With --json standard output is the list of figures and nothing else.
import { parseArgs } from 'node:util';
import { apart } from './apart.ts';
import { loadBenches } from './load.ts';
import { inOrder, runBenches } from './run.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean', default: false } } });
const benches = inOrder(await loadBenches()).map(apart);
process.exit(await runBenches(benches, positionals, values.json, { out: console.log, log: console.error }));

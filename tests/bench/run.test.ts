// What `npm run bench` prints, with benches that measure nothing; and that the command itself knows those of the table.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { apart } from './apart.ts';
import { type Bench, figure } from './bench.ts';
import { inOrder, runBenches, TABLE } from './run.ts';

const bench = (name: string, run: Bench['run'] = async () => []): Bench => ({ name, run });

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

async function ran(benches: readonly Bench[], names: readonly string[], json: boolean) {
  const said = { out: '', log: [] as string[] };
  const code = await runBenches(benches, names, json, { out: (text) => (said.out += text), log: (line) => said.log.push(line) });
  return { code, ...said };
}

const quick = bench('quick', async () => [
  figure('quick work', 'events/s', [1_234.4, 3, 2_000.6], { name: 'a rival', median: 617.2 }),
  figure('quick memory', 'MiB', [12.3456], { name: 'limit', median: 400 }),
]);

test('with --json standard output is the list of figures and nothing else: least, middle, most, and what each is beside', async () => {
  const { code, out, log } = await ran([bench('slow'), quick], ['quick'], true);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual([
    { name: 'quick work', unit: 'events/s', min: 3, median: 1_234, max: 2_001, peer: { name: 'a rival', median: 617 }, ratio: 2 },
    { name: 'quick memory', unit: 'MiB', min: 12.3, median: 12.3, max: 12.3, peer: { name: 'limit', median: 400 }, ratio: 0.0309 },
  ]);
  expect(log).toEqual([
    'bench quick ...',
    '  quick work: 1234 events/s (3 to 2001), 2 x a rival (617)',
    '  quick memory: 12.3 MiB (12.3 to 12.3), 0.0309 x limit (400)',
  ]);
});

test('without --json standard output stays empty; without names all run, one after the other', async () => {
  const { code, out, log } = await ran([bench('one'), bench('two')], [], false);
  expect({ code, out, log }).toEqual({ code: 0, out: '', log: ['bench one ...', 'bench two ...'] });
});

test("the benches come in the table's order, others after it; one that is missing is named", () => {
  const all = [...TABLE, 'import', 'start'];
  expect(inOrder(all.toReversed().map((name) => bench(name))).map(({ name }) => name)).toEqual(all);
  expect(() => inOrder(TABLE.slice(1).map((name) => bench(name)))).toThrow('no such bench: append');
  expect(() => inOrder([...TABLE, 'append'].map((name) => bench(name)))).toThrow('two benches have one name');
});

test('a bench whose process ends without figures fails by name', async () => {
  await expect(apart(bench('nothing-such')).run()).rejects.toThrow('bench nothing-such ended with 1');
});

test('the command names the benches there are when asked for another, runs none and prints nothing', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'nothing-such', '--json'], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(`Unknown: nothing-such. There are: ${TABLE.join(', ')}, board, import, start.`);
});

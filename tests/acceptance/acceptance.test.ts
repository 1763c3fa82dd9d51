// From a file of transcripts to figures and invoices, through the commands others script against, over both buses: exactly the expected
// figures, and invoices equal to an oracle computed straight from the file. Which files ran is said in a line.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { treeOf } from '../bench/processes.ts';
import { type StartedInstallation, startInstallation } from '../installation.ts';
import { type Expected, figures, invoices, linesOf } from './oracle.ts';

interface Pair {
  readonly name: string;
  readonly transcripts: string;
  readonly expected: Expected;
}

const SAMPLE = fileURLToPath(new URL('sample/', import.meta.url));
const SHARED = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const BUSES = ['feed', 'kafka'] as const;
const SERVICES = ['conversations', 'client-onboarding', 'agent-pools', 'sla-monitoring', 'qa-inspection', 'billing', 'portal'] as const;

const asked = process.env['DESKFLEET_ACCEPTANCE_FOLDER'];
const pairs = (asked === undefined ? [SAMPLE, SHARED] : [asked]).filter((folder) => existsSync(folder)).flatMap(pairsIn);
console.log(`Acceptance runs on: ${pairs.map(({ transcripts }) => transcripts).join(', ')}`);

const started: StartedInstallation[] = [];
const scratch = mkdtempSync(join(tmpdir(), 'deskfleet-acceptance-'));
afterEach(async () => {
  for (const installation of started.splice(0)) await installation.remove();
});

test('there is a pair to run on', () => expect(pairs).not.toEqual([]));

describe.each(pairs)('$name', (pair) => {
  const lines = linesOf(pair.transcripts);

  test('the expected figures are those of the oracle', () => expect(figures(lines)).toEqual(pair.expected));

  test.each(BUSES)('imported over %s it gives the figures and the invoices, and imported again it changes nothing', async (bus) => {
    const installation = await begin(bus);
    const first = await importFile(installation, pair.transcripts);
    const { messages, conversations } = pair.expected.total;
    expect(first).toMatchObject({ messages, conversations, inserted: messages, duplicates: 0, rejected: [] });
    await expectFigures(installation, pair);
    const issued = await expectInvoices(installation, lines);

    expect(await importFile(installation, pair.transcripts)).toMatchObject({ messages, inserted: 0, duplicates: messages, rejected: [] });
    await expectFigures(installation, pair);
    expect(await json(installation, 'invoices', 'close', '--through', lastMonth(), '--json')).toEqual(issued);
  });

  test('imported in shuffled order it gives the same figures and invoices', async () => {
    const installation = await begin('feed');
    await importFile(installation, fileOf(shuffled(readLines(pair.transcripts), 7)));
    await expectFigures(installation, pair);
    await expectInvoices(installation, lines);
  });

  test('each service killed in the middle of the import, over Kafka, it ends with the same figures and invoices', async () => {
    const installation = await begin('kafka');
    const all = readLines(pair.transcripts);
    const size = Math.ceil(all.length / SERVICES.length);
    for (const [index, service] of SERVICES.entries()) {
      const part = importFile(installation, fileOf(all.slice(index * size, (index + 1) * size)));
      await sleep(350 + index * 60);
      kill(installation, service);
      expect((await part).rejected).toEqual([]);
    }
    await importFile(installation, pair.transcripts);
    await expectFigures(installation, pair);
    await expectInvoices(installation, lines);
  });
});

async function begin(bus: (typeof BUSES)[number]): Promise<StartedInstallation> {
  const installation = await startInstallation({ bus });
  started.push(installation);
  return installation;
}

interface ImportResult {
  readonly messages: number;
  readonly conversations: number;
  readonly inserted: number;
  readonly duplicates: number;
  readonly rejected: unknown[];
}

async function importFile(installation: StartedInstallation, file: string): Promise<ImportResult> {
  return (await json(installation, 'import', 'transcripts', file, '--create-shops', '--json')) as ImportResult;
}

async function json(installation: StartedInstallation, ...args: string[]): Promise<unknown> {
  const { stdout, code } = await installation.deskfleet(...args);
  expect({ code, args }).toEqual({ code: 0, args });
  return JSON.parse(stdout);
}

async function expectFigures(installation: StartedInstallation, { expected }: Pair): Promise<void> {
  const report = (await json(installation, 'report', 'sla', '--json')) as Expected;
  expect(report.total).toMatchObject(expected.total);
  expect(Object.keys(report.shops).sort()).toEqual(Object.keys(expected.shops).sort());
  for (const [shop, own] of Object.entries(expected.shops)) expect(report.shops[shop]).toMatchObject(own);
}

interface ListedInvoice {
  readonly shop?: string;
  readonly shops?: string[];
  readonly period: string;
  readonly lines: { key: string; quantity: string; amount: string }[];
  readonly total: string;
}

/** Closes everything that has ended and compares month by month, shop by shop, line by line. */
async function expectInvoices(installation: StartedInstallation, lines: ReturnType<typeof linesOf>): Promise<unknown> {
  const issued = (await json(installation, 'invoices', 'close', '--through', lastMonth(), '--json')) as ListedInvoice[];
  const seen = issued.map(({ shop, shops, period, lines: own, total }) => ({
    shop: shop ?? shops?.[0],
    period,
    lines: own.map(({ key, quantity, amount }) => ({ key, quantity, amount })),
    total,
  }));
  expect(seen).toEqual(invoices(lines));
  expect(await json(installation, 'invoices', 'list', '--json')).toEqual(issued);
  return issued;
}

function kill(installation: StartedInstallation, service: string): void {
  const found = treeOf(installation.pid).find(({ command }) => command.includes(`services/${service}/src/main.ts`));
  if (found === undefined) throw new Error(`${service} does not run`);
  process.kill(found.pid, 'SIGKILL');
}

/** The last month that has ended in every zone. */
function lastMonth(): string {
  return Temporal.Now.plainDateISO('UTC').subtract({ days: 1 }).toPlainYearMonth().subtract({ months: 1 }).toString();
}

function pairsIn(folder: string): Pair[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.expected.json'))
    .map((file) => ({
      name: basename(file, '.expected.json'),
      transcripts: join(folder, file.replace('.expected.json', '.ndjson')),
      expected: JSON.parse(readFileSync(join(folder, file), 'utf8')) as Expected,
    }));
}

function readLines(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
}

let files = 0;

function fileOf(lines: readonly string[]): string {
  files += 1;
  const file = join(scratch, `${files}.ndjson`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

function shuffled(lines: readonly string[], seed: number): string[] {
  let state = seed;
  return lines
    .map((line) => {
      state = (state * 48_271) % 2_147_483_647;
      return { line, at: state };
    })
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => line);
}

process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

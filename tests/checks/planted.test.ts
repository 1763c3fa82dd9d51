// A checker that sees nothing reports success too. So each one is shown a violation, planted in a folder laid out like the repository, and
// must name it; and the same folder without the violation, which it must pass.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkNamed, ROOT, runCheck } from './checks.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deskfleet-planted-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function plant(files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** The real configuration files and folders, so that it is our rules that are tried. */
function copy(...paths: readonly string[]): void {
  for (const path of paths) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
}

function change(path: string, from: string | RegExp, to: string): void {
  const before = readFileSync(join(folder, path), 'utf8');
  const after = before.replace(from, to);
  expect(after, `${path} holds ${from}`).not.toBe(before);
  writeFileSync(join(folder, path), after);
}

async function expectFound(name: string, what: RegExp): Promise<void> {
  const verdict = await runCheck(checkNamed(name), folder);
  expect(verdict.output).toMatch(what);
  expect(verdict.passed).toBe(false);
}

async function expectClean(name: string): Promise<void> {
  const verdict = await runCheck(checkNamed(name), folder);
  expect(verdict.passed, verdict.output).toBe(true);
}

describe('proto', () => {
  beforeEach(() => copy('buf.yaml', 'proto'));

  test('lint finds a field that is not in snake case', async () => {
    await expectClean('proto lint');
    plant({ 'proto/deskfleet/planted/v1/planted.proto': 'syntax = "proto3";\npackage deskfleet.planted.v1;\nmessage Planted { string badName = 1; }\n' });
    await expectFound('proto lint', /badName/);
  });

  test('breaking finds a published field that got another type', async () => {
    await expectClean('proto breaking');
    change('proto/deskfleet/platform/v1/meta.proto', /\n {2}string (\w+) = 1;/, '\n  int64 $1 = 1;');
    await expectFound('proto breaking', /changed type from "string" to "int64"/);
  });
});

test('types: a value of the wrong type is found', async () => {
  copy('tsconfig.base.json', 'tsconfig.json');
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  plant({ 'package.json': '{ "type": "module" }', 'libs/planted/src/index.ts': 'export const length: number = 1;\n' });
  await expectClean('types');
  plant({ 'libs/planted/src/index.ts': "export const length: number = 'one';\n" });
  await expectFound('types', /TS2322/);
});

test('types: syntax that Node cannot strip is found', async () => {
  copy('tsconfig.base.json', 'tsconfig.json');
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  plant({ 'libs/planted/src/index.ts': 'export enum Planted {\n  One,\n}\n' });
  await expectFound('types', /TS1294/);
});

describe('style', () => {
  beforeEach(() => {
    copy('biome.json', '.gitignore');
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  });

  test.each([
    ['any', 'export const planted = (value: any): unknown => value;\n', /noExplicitAny/],
    ['a default export', 'const planted = 1;\nexport default planted;\n', /noDefaultExport/],
    ['a skipped test', "import { test } from 'vitest';\n\ntest.skip('planted', () => {});\n", /noSkippedTests/],
    ['another format', 'export const planted = "double";\n', /format/],
  ])('%s is found', async (_, planted, found) => {
    plant({ 'libs/planted/src/index.ts': 'export const planted = 1;\n' });
    await expectClean('style');
    plant({ 'libs/planted/src/index.ts': planted });
    await expectFound('style', found);
  });
});

describe('imports', () => {
  beforeEach(() => {
    copy('.dependency-cruiser.cjs', 'tsconfig.base.json');
    plant({
      'libs/money/src/index.ts': 'export const zero = 0;\n',
      'services/billing/src/invoice/invoice.ts': "import { zero } from '../../../../libs/money/src/index.ts';\n\nexport const invoice = zero;\n",
      'services/billing/src/api.ts': "import { invoice } from './invoice/invoice.ts';\n\nexport const api = invoice;\n",
      'services/billing/src/main.ts': "import { api } from './api.ts';\n\nconsole.log(api);\n",
      'deploy/local/src/index.ts': 'export const local = 1;\n',
      'tests/index.ts': 'export const tests = 1;\n',
    });
  });

  test('the layers as they are meant to be pass', () => expectClean('imports'));

  test.each([
    ['a service that imports another', 'no-service-imports-another', 'services/portal/src/x.ts', "import '../../billing/src/api.ts';\n"],
    ['a lib that imports a service', 'libs-stand-below', 'libs/money/src/x.ts', "import '../../../services/billing/src/api.ts';\n"],
    ['an aggregate that imports the api', 'aggregates-are-pure', 'services/billing/src/rating/x.ts', "import '../api.ts';\n"],
    ['an aggregate that reads files', 'aggregates-are-pure', 'services/billing/src/rating/x.ts', "import 'node:fs';\n"],
    [
      'only a type crossing between services',
      'no-service-imports-another',
      'services/portal/src/x.ts',
      "import type { api } from '../../billing/src/api.ts';\nexport type X = typeof api;\n",
    ],
    ['a pure lib that opens a connection', 'pure-libs', 'libs/money/src/x.ts', "import 'node:net';\n"],
    ['the protocol importing a lib', 'protocol-at-the-bottom', 'libs/protocol/src/x.ts', "import '../../money/src/index.ts';\n"],
    ['somebody importing a main', 'nobody-imports-main', 'services/billing/src/x.ts', "import './main.ts';\n"],
    ['a cycle', 'no-cycles', 'libs/money/src/x.ts', "import './y.ts';\nexport const x = 1;\n"],
    ['an import that leads nowhere', 'resolvable', 'libs/money/src/x.ts', "import './nowhere.ts';\n"],
    ['production code that imports a test', 'tests-are-not-imported', 'libs/money/src/x.ts', "import './y.test.ts';\n"],
  ])('%s is found', async (_, rule, path, content) => {
    plant({ [path]: content, 'libs/money/src/y.ts': "import './x.ts';\n", 'libs/money/src/y.test.ts': 'export const y = 1;\n' });
    await expectFound('imports', new RegExp(`error ${rule}: ${path.replaceAll('.', '[.]')}`));
  });

  test('a folder where it sees no module fails, however content it is', async () => {
    for (const each of ['libs', 'services', 'deploy', 'tests']) {
      rmSync(join(folder, each), { recursive: true });
      mkdirSync(join(folder, each));
    }
    plant({ 'elsewhere/index.ts': 'export const elsewhere = 1;\n' });
    await expectFound('imports', /looked at nothing/);
  });
});

describe('unused', () => {
  beforeEach(() => {
    copy('knip.json', 'tsconfig.base.json', 'tsconfig.json');
    plant({
      'package.json': JSON.stringify({ name: 'planted', private: true, type: 'module' }),
      'pnpm-workspace.yaml': 'packages:\n  - libs/*\n  - services/*\n',
      'libs/money/package.json': JSON.stringify({ name: '@planted/money', type: 'module', exports: { '.': './src/index.ts' } }),
      'libs/money/src/index.ts': "export { zero } from './zero.ts';\n",
      'libs/money/src/zero.ts': 'export const zero = 0;\n',
    });
  });

  test('code that is all used passes', () => expectClean('unused'));

  test('an export that nothing imports is found', async () => {
    plant({ 'libs/money/src/zero.ts': 'export const zero = 0;\nexport const planted = 1;\n' });
    await expectFound('unused', /planted/);
  });

  test('a file that nothing imports is found', async () => {
    plant({ 'libs/money/src/planted.ts': 'export const lonely = 1;\n' });
    await expectFound('unused', /planted[.]ts/);
  });
});

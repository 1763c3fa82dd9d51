// Writes src/api/schema.d.ts from the portal's own OpenAPI document: the web app knows the API by these types alone.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const here = import.meta.dirname;
const folder = mkdtempSync(join(tmpdir(), 'deskfleet-openapi-'));
try {
  const document = execFileSync(process.execPath, [join(here, '../src/openapi.ts')], { encoding: 'utf8', maxBuffer: 32 * 1024 * 1024 });
  const file = join(folder, 'openapi.json');
  writeFileSync(file, document);
  const root = createRequire(join(here, '../../../package.json'));
  const cli = join(dirname(root.resolve('openapi-typescript/package.json')), 'bin/cli.js');
  execFileSync(process.execPath, [cli, file, '-o', join(here, 'src/api/schema.d.ts')], { stdio: 'inherit' });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

// Generates libs/protocol/src/gen from proto/ when something there changed: the TypeScript, and the descriptors the portal derives its
// HTTP schemas from. Run at install; silent and instant when up to date.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const out = join(root, 'libs/protocol/src/gen');
const stamp = join(out, '.stamp');

const inputs = [
  ...readdirSync(join(root, 'proto'), { recursive: true })
    .filter((name) => name.endsWith('.proto'))
    .sort()
    .map((name) => join(root, 'proto', name)),
  join(root, 'buf.gen.yaml'),
  fileURLToPath(import.meta.url),
  join(root, 'node_modules/ts-proto/package.json'),
];
const digest = createHash('sha256');
for (const file of inputs) digest.update(readFileSync(file));
const wanted = digest.digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const buf = (...args) => execFileSync(join(root, 'node_modules/.bin/buf'), args, { cwd: root, stdio: 'inherit' });
  buf('generate');
  buf('build', '-o', join(out, 'image.binpb'));
  writeFileSync(stamp, wanted);
}

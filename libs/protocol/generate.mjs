// Generates libs/protocol/src/gen from proto/ when something there changed: the TypeScript, and the descriptors the portal derives its
// HTTP schemas from. Run at install; silent and instant when up to date.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
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
  for (const name of readdirSync(out, { recursive: true }).filter((each) => each.endsWith('.ts'))) tailor(join(out, name));
  buf('build', '-o', join(out, 'image.binpb'));
  writeFileSync(stamp, wanted);
}

/** Puts our wire.ts in the place of the runtime's reader and writer: its integers are numbers and its bytes are copies already. */
function tailor(file) {
  const wire = relative(dirname(file), join(out, '..', 'wire.ts'));
  const text = readFileSync(file, 'utf8')
    .replace('{ BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire"', (names) => names.replace('@bufbuild/protobuf/wire', wire))
    .replaceAll('longToNumber(reader.int64())', 'reader.int64()')
    .replace(/^function longToNumber.*?^}\n\n?/ms, '')
    .replaceAll('Buffer.from(reader.bytes())', 'reader.bytes()');
  const absent = text.replaceAll('Buffer.alloc(0)', 'NO_BYTES');
  writeFileSync(file, absent === text ? text : absent.replace('{ BinaryReader, BinaryWriter }', '{ BinaryReader, BinaryWriter, NO_BYTES }'));
}

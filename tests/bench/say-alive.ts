// Loaded before the processes of an installation by NODE_OPTIONS=--import: at SIGUSR2 one collects its garbage and writes how many bytes of heap and
// buffers are alive then into a file named after its process id. The file is there from the start: who has none would be ended by the signal.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const folder = process.env['DESKFLEET_BENCH_ALIVE'];
if (folder !== undefined) sayAlive(join(folder, String(process.pid)));

function sayAlive(file: string): void {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  process.on('SIGUSR2', () => {
    collect();
    collect(); // ends the sweeping of buffers that the first one began
    const { heapUsed, external } = process.memoryUsage();
    writeFileSync(file, String(heapUsed + external));
  });
  writeFileSync(file, '');
}

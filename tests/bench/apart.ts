// Each bench in a process of its own that runs as a service's does: what an earlier bench left behind is not its memory, and its collector is theirs.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { NODE_FLAGS } from '../../deploy/local/src/environment.ts';
import type { Bench, Figure } from './bench.ts';

const ONE = fileURLToPath(new URL('one.ts', import.meta.url));
/** A service's old space may not outgrow 256 MiB; here the makers of the load and the peers have none of that. */
const FLAGS = [...NODE_FLAGS, '--max-semi-space-size=16'];

/** The same bench, run elsewhere. What it says meanwhile goes to standard error. Throws when its process ends without figures. */
export function apart({ name }: Bench): Bench {
  return {
    name,
    async run() {
      const child = fork(ONE, [name], { execArgv: FLAGS, stdio: ['ignore', 2, 2, 'ipc'] });
      let figures: Figure[] | undefined;
      child.on('message', (message) => {
        figures = message as Figure[];
      });
      const [code, signal] = await once(child, 'close');
      if (figures === undefined || code !== 0) throw new Error(`bench ${name} ended with ${signal ?? code}`);
      return figures;
    },
  };
}

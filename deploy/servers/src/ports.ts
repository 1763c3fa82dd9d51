// Free ports on loopback.
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

function claim(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.unref();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      const got = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(got));
    });
  });
}

/** Whether nothing listens on this port of 127.0.0.1. */
export async function isFree(port: number): Promise<boolean> {
  return (await claim(port)) === port;
}

// Below what operating systems hand out to outgoing connections (from 32768 on Linux), so that none of those takes the port meanwhile.
const LOWEST = 15_000;
const HIGHEST = 31_999;
const TRIES = 200;

/** A port that was free a moment ago, another one than `taken`. Chosen by chance, so that two who choose at once differ. */
export async function freePort(taken?: number): Promise<number> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (port !== taken && (await isFree(port))) return port;
  }
  throw new Error(`no free port on 127.0.0.1 between ${LOWEST} and ${HIGHEST}`);
}

// Free ports on loopback.
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

/** A port that was free a moment ago, chosen by the operating system. */
export async function freePort(): Promise<number> {
  const port = await claim(0);
  if (port === undefined) throw new Error('no free port on 127.0.0.1');
  return port;
}

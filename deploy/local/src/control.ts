// The supervisor's door for `npm run dev`: a request that borrows a service and holds it as long as its connection lives, so that a killed
// `dev` gives the service back by dying.
import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { InstallationState } from './installation.ts';
import { say, Unable } from './output.ts';
import type { ServiceSpec, Supervised } from './supervisor.ts';

export async function openControl(port: number, token: string, services: readonly Supervised[]): Promise<Server> {
  const borrowed = new Set<string>();
  const server = createServer(async (asked, answer) => {
    const name = (asked.url ?? '').replace(/^\/borrow\//, '');
    const service = services.find((each) => each.spec.name === name);
    if (!sameToken(asked.headers.authorization, `Bearer ${token}`)) return void answer.writeHead(401).end();
    if (service === undefined) return void answer.writeHead(404).end();
    if (borrowed.has(name)) return void answer.writeHead(409).end();
    borrowed.add(name);
    answer.once('close', () => {
      borrowed.delete(name);
      say(`${name} is back under supervision`);
      service.giveBack();
    });
    say(`${name} is lent to npm run dev`);
    await service.borrow();
    answer.writeHead(200, { 'content-type': 'application/json' });
    answer.write(`${JSON.stringify(service.spec)}\n`); // and the answer stays open
  });
  server.requestTimeout = 0;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function sameToken(given: string | undefined, expected: string): boolean {
  const bytes = Buffer.from(given ?? '');
  return bytes.length === expected.length && timingSafeEqual(bytes, Buffer.from(expected));
}

export interface Loan {
  readonly spec: ServiceSpec;
  /** Resolves when the installation has ended. */
  readonly ended: Promise<void>;
  giveBack(): void;
}

/** Borrows a service of a running installation. */
export async function borrow(state: InstallationState, service: string): Promise<Loan> {
  const asked = request({
    host: '127.0.0.1',
    port: state.control.port,
    path: `/borrow/${service}`,
    headers: { authorization: `Bearer ${state.control.token}` },
  });
  asked.end();
  const [answer] = await once(asked, 'response').catch(() => {
    throw new Unable('The installation does not answer. Is `npm start` running?');
  });
  if (answer.statusCode === 409) throw new Unable(`${service} is lent to another npm run dev already.`);
  if (answer.statusCode === 404) throw new Unable(`There is no service named "${service}".`);
  if (answer.statusCode !== 200) throw new Unable(`The installation refused (${answer.statusCode}).`);
  const [line] = await once(answer, 'data');
  const ended = new Promise<void>((resolve) => {
    answer.once('close', resolve);
    answer.once('error', () => resolve());
  });
  answer.resume();
  return { spec: JSON.parse(String(line)) as ServiceSpec, ended, giveBack: () => asked.destroy() };
}

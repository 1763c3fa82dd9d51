// A Docker engine as far as Testcontainers asks one: it answers the calls of a container's life and keeps what was asked of it. No container runs;
// the ports it maps are real and open, as those of a started container are.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createPort, type Server } from 'node:net';

export interface Created {
  readonly Image: string;
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly ExposedPorts?: Readonly<Record<string, unknown>>;
  readonly HostConfig?: { readonly PortBindings?: Readonly<Record<string, readonly { readonly HostPort?: string }[]>> };
}

/** JSON, bytes, or nothing. */
type Answer = object | Buffer | undefined;

export interface Engine {
  /** For DOCKER_HOST. */
  readonly address: string;
  readonly created: readonly Created[];
  /** How many containers were stopped and removed. */
  readonly removed: () => number;
  /** The host's port for a container's, e.g. `5432/tcp`. */
  hostPort(exposed: string): number;
  close(): Promise<void>;
}

/** `says` is what every container logs. */
export async function dockerEngine(says: string): Promise<Engine> {
  const created: Created[] = [];
  const open = new Map<string, Server>();
  let removed = 0;
  const hostPort = (exposed: string): number => (open.get(exposed)?.address() as AddressInfo | null)?.port ?? 0;

  const inspected = (): object => {
    const last = created.at(-1);
    const ports = Object.fromEntries([...open.keys()].map((exposed) => [exposed, [{ HostIp: '127.0.0.1', HostPort: String(hostPort(exposed)) }]]));
    return {
      Id: 'c1',
      Name: '/one',
      Config: { Image: last?.Image, Hostname: 'c1', Labels: {}, Env: last?.Env ?? [], ExposedPorts: last?.ExposedPorts ?? {} },
      State: { Status: 'running', Running: true, Health: { Status: 'healthy' }, StartedAt: new Date().toISOString() },
      HostConfig: { PortBindings: ports },
      NetworkSettings: { Ports: ports, Networks: { bridge: { NetworkID: 'n1', IPAddress: '172.17.0.2', Gateway: '172.17.0.1' } } },
    };
  };

  const answers: readonly (readonly [call: RegExp, answer: (body: Readonly<Record<string, unknown>>) => Answer | Promise<Answer>])[] = [
    [/^GET .*\/_ping$/, () => Buffer.from('OK')],
    [/^GET .*\/info$/, () => ({ ServerVersion: '28.0.0', OperatingSystem: 'Linux', OSType: 'linux', Architecture: 'x86_64', Containers: 0 })],
    [/^GET .*\/version$/, () => ({ Version: '28.0.0', ApiVersion: '1.48' })],
    [/^GET .*\/images\/.+\/json$/, () => ({ Id: 'sha256:1', Config: {} })],
    [/^GET .*\/containers\/json/, () => []],
    [
      /^POST .*\/containers\/create/,
      async (body) => {
        const wanted: Created = { Image: '', ...body };
        created.push(wanted);
        for (const exposed of Object.keys(wanted.ExposedPorts ?? {})) {
          const host = Number(wanted.HostConfig?.PortBindings?.[exposed]?.[0]?.HostPort ?? 0);
          const port = createPort((socket) => socket.end()).listen(host, '127.0.0.1');
          await once(port, 'listening');
          open.set(exposed, port);
        }
        return { Id: 'c1', Warnings: [] };
      },
    ],
    [/^POST .*\/containers\/c1\/exec$/, () => ({ Id: 'e1' })],
    [/^POST .*\/exec\/e1\/start$/, () => Buffer.alloc(0)],
    [/^GET .*\/exec\/e1\/json$/, () => ({ ID: 'e1', Running: false, ExitCode: 0 })],
    [/^GET .*\/containers\/c1\/json/, inspected],
    [/^GET .*\/containers\/c1\/logs/, () => frame(says)],
    [/^(POST|PUT) .*\/containers\/c1\/(start|stop|archive)/, () => undefined],
    [
      /^DELETE .*\/containers\/c1/,
      () => {
        removed += 1;
        return undefined;
      },
    ],
  ];

  const answer = async (asked: IncomingMessage, reply: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of asked) chunks.push(chunk as Buffer);
    const call = `${asked.method} ${asked.url}`;
    const found = answers.find(([pattern]) => pattern.test(call));
    if (found === undefined) {
      reply.writeHead(501, { 'content-type': 'application/json' }).end(JSON.stringify({ message: `${call} is not answered here` }));
      return;
    }
    const json =
      /json/.test(asked.headers['content-type'] ?? '') && chunks.length > 0 ? (JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>) : {};
    const given = await found[1](json);
    if (given === undefined) reply.writeHead(asked.method === 'PUT' ? 200 : 204).end();
    else if (Buffer.isBuffer(given)) reply.writeHead(200, { 'content-type': 'application/vnd.docker.raw-stream' }).end(given);
    else
      reply
        .writeHead(asked.url?.includes('/create') || asked.url?.endsWith('/exec') ? 201 : 200, { 'content-type': 'application/json' })
        .end(JSON.stringify(given));
  };
  const server = createServer((asked, reply) => void answer(asked, reply)).listen(0, '127.0.0.1');
  server.on('upgrade', (_asked, socket) => socket.end('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n'));
  await once(server, 'listening');
  return {
    address: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    created,
    removed: () => removed,
    hostPort,
    async close() {
      for (const port of open.values()) port.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A line of standard output as Docker sends it. */
function frame(line: string): Buffer {
  const text = Buffer.from(`${line}\n`);
  const head = Buffer.alloc(8);
  head[0] = 1;
  head.writeUInt32BE(text.length, 4);
  return Buffer.concat([head, text]);
}

// Ways for a group to lose its connection at a chosen place: between any two statements of the append function, and after the commit with the
// answer on its way. No luck and no timing: a lock holds the function where it is to die, a proxy swallows the answer.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** Where the group dies, and the lock that holds it there. */
export const HELD_AT = {
  'before the log is its own': 'select pg_advisory_xact_lock(1684434284)',
  'after its checks, before its events': 'lock table events in share mode',
  'after its events, before its answers': 'lock table command_answers in share mode',
} as const;

export type HeldAt = keyof typeof HELD_AT;

const POLL_MS = 2;

/** Kills, from connections of its own, the one connection whose append is held. */
export class Killer {
  readonly #holder: Client;
  readonly #watcher: Client;

  private constructor(holder: Client, watcher: Client) {
    this.#holder = holder;
    this.#watcher = watcher;
  }

  static async start(url: string): Promise<Killer> {
    const [holder, watcher] = [new Client({ connectionString: url }), new Client({ connectionString: url })];
    await Promise.all([holder.connect(), watcher.connect()]);
    return new Killer(holder, watcher);
  }

  /** Runs the task while the place is held; whatever append comes to it dies there. Answers how many died. */
  async during<T>(at: HeldAt, task: () => Promise<T>): Promise<{ result: T; died: number }> {
    await this.#holder.query('begin');
    let done = false;
    let died = 0;
    try {
      await this.#holder.query(HELD_AT[at]);
      const running = task().finally(() => {
        done = true;
      });
      while (!done) {
        const { rowCount } = await this.#watcher.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock' and query like '%append_events%' and pid <> pg_backend_pid()`,
        );
        died += rowCount ?? 0;
        await sleep(POLL_MS);
      }
      return { result: await running, died };
    } finally {
      await this.#holder.query('rollback');
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#holder.end(), this.#watcher.end()]);
  }
}

const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]); // ReadyForQuery, idle: what was asked is committed

/** A way to the server that can swallow an answer: once armed, the next whole answer is dropped and its connection cut. */
export class Swallower {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #armed = false;
  swallowed = 0;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async start(url: string): Promise<Swallower> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const way = new URL(url);
    const [host, port] = [way.hostname, Number(way.port)];
    way.hostname = '127.0.0.1';
    way.port = String((server.address() as AddressInfo).port);
    const swallower = new Swallower(server, way.href);
    server.on('connection', (client) => swallower.#join(client, connect(port, host)));
    return swallower;
  }

  arm(): void {
    this.#armed = true;
  }

  #join(client: Socket, server: Socket): void {
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    let swallowing = false;
    client.on('data', (bytes) => {
      if (this.#armed) {
        this.#armed = false;
        swallowing = true;
      }
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (!swallowing) client.write(bytes);
      else if (typeof bytes !== 'string' && bytes.subarray(-READY.length).equals(READY)) {
        this.swallowed += 1;
        client.destroy();
      }
    });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

// A door before PostgreSQL that reads what passes: the one place from which a connection can be cut at a chosen statement, or a process ended
// exactly between two of its statements, without a line in the services for it.
import { once } from 'node:events';
import { createServer, type Server, type Socket, connect as tcp } from 'node:net';

/** A statement about to be executed. */
export interface Statement {
  readonly database: string;
  readonly text: string;
  /** The statements of this connection since its last `begin`. */
  readonly before: readonly string[];
}

/**
 * What is done with the statement: it never arrives (`before`), half of its bytes do (`within`), or it is executed and its answer never
 * arrives (`after`).
 */
export type Cut = 'before' | 'within' | 'after';

interface Rule {
  readonly cut: Cut;
  readonly matches: (statement: Statement) => boolean;
  /** What happens while the connection hangs; then both ends are cut. */
  readonly meanwhile: () => Promise<void> | void;
  readonly hit: (statement: Statement) => void;
}

const LENGTH_BYTES = 4;
const STATEMENTS_KEPT = 50;
/** The server's last message of an answer: ready for the next query, its type and length. */
const READY = 'Z'.charCodeAt(0);
const READY_BYTES = 6;

export class PostgresProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  readonly #rules = new Set<Rule>();

  private constructor(server: Server, port: number, toPort: number) {
    this.#server = server;
    this.port = port;
    server.on('connection', (client) => {
      const connection = new Connection(client, toPort, this.#rules);
      this.#connections.add(connection);
      connection.closed.then(() => this.#connections.delete(connection));
    });
  }

  /** Opens the door on `port`; what comes in goes on to `toPort`. */
  static async open(port: number, toPort: number): Promise<PostgresProxy> {
    const server = createServer({ noDelay: true });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new PostgresProxy(server, port, toPort);
  }

  /** Waits for the next statement that matches and cuts its connection there; undefined when none came in time. */
  async next(cut: Cut, matches: Rule['matches'], withinMs: number, meanwhile: Rule['meanwhile'] = () => {}): Promise<Statement | undefined> {
    return new Promise((resolve) => {
      const rule: Rule = {
        cut,
        matches,
        meanwhile,
        hit: (statement) => {
          clearTimeout(timer);
          this.#rules.delete(rule);
          resolve(statement);
        },
      };
      this.#rules.add(rule);
      const timer = setTimeout(() => {
        this.#rules.delete(rule);
        resolve(undefined);
      }, withinMs);
    });
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const connection of this.#connections) connection.cut();
    await once(this.#server, 'close');
  }
}

/** One connection: the client's messages are read one by one, the server's pass. */
class Connection {
  readonly closed: Promise<void>;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #rules: ReadonlySet<Rule>;
  #unread: Buffer = Buffer.alloc(0);
  #database = '';
  #statements: string[] = [];
  #hanging: Cut | undefined;
  #answered: () => void = () => {};

  constructor(client: Socket, toPort: number, rules: ReadonlySet<Rule>) {
    this.#client = client;
    this.#rules = rules;
    this.#server = tcp({ port: toPort, host: '127.0.0.1', noDelay: true });
    this.closed = new Promise((resolve) => client.once('close', () => resolve()));
    for (const socket of [client, this.#server]) {
      socket.on('error', () => this.cut());
      socket.on('close', () => this.cut());
    }
    client.on('data', (bytes: Buffer) => this.#fromClient(bytes));
    this.#server.on('data', (bytes: Buffer) => this.#fromServer(bytes));
  }

  cut(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  #fromServer(bytes: Buffer): void {
    if (this.#hanging === undefined) this.#client.write(bytes);
    else if (bytes.at(-READY_BYTES) === READY) this.#answered();
  }

  #fromClient(bytes: Buffer): void {
    if (this.#hanging !== undefined) return void (this.#hanging === 'after' && this.#server.write(bytes));
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
    let from = 0;
    for (let end = this.#endOfMessage(from); end !== undefined; end = this.#endOfMessage(from)) {
      const message = this.#unread.subarray(from, end);
      const rule = this.#ruleFor(message);
      if (rule !== undefined) return void this.#hang(rule, this.#unread.subarray(0, from), message, this.#unread.subarray(from));
      from = end;
    }
    if (from === 0) return;
    this.#server.write(this.#unread.subarray(0, from));
    this.#unread = this.#unread.subarray(from);
  }

  /** The first message has no type byte. */
  #endOfMessage(from: number): number | undefined {
    const head = this.#database === '' ? 0 : 1;
    if (this.#unread.length < from + head + LENGTH_BYTES) return undefined;
    const end = from + head + this.#unread.readUInt32BE(from + head);
    if (end > this.#unread.length) return undefined;
    if (this.#database === '') {
      const words = this.#unread.toString('utf8', from + 8, end).split('\0');
      this.#database = words[words.indexOf('database') + 1] ?? '?';
    }
    return end;
  }

  #ruleFor(message: Buffer): Rule | undefined {
    const type = String.fromCharCode(message[0] ?? 0);
    if (type !== 'Q' && type !== 'P') return undefined;
    const rest = message.subarray(1 + LENGTH_BYTES);
    const text = (type === 'P' ? rest.subarray(rest.indexOf(0) + 1) : rest).toString('utf8').split('\0')[0] ?? '';
    const statement = { database: this.#database, text, before: this.#statements };
    const rule = [...this.#rules].find((each) => each.matches(statement));
    rule?.hit(statement);
    this.#statements = /^\s*begin|^\s*start transaction/i.test(text) ? [] : [...this.#statements.slice(-STATEMENTS_KEPT), text];
    return rule;
  }

  async #hang({ cut, meanwhile }: Rule, earlier: Buffer, message: Buffer, all: Buffer): Promise<void> {
    this.#hanging = cut;
    if (cut === 'after') {
      const answered = new Promise<void>((resolve) => {
        this.#answered = resolve;
      });
      this.#server.write(Buffer.concat([earlier, all]));
      await Promise.race([answered, this.closed]);
    } else {
      this.#server.write(cut === 'before' ? earlier : Buffer.concat([earlier, message.subarray(0, Math.ceil(message.length / 2))]));
    }
    await meanwhile();
    this.cut();
  }
}

// Appends a second with 64 writers who each wait for their own before the next: ours beside emmett-postgresql, in turns, on one PostgreSQL with
// fsync on. Same facts, one event an append, streams of 10 events, each at its expected version.
import { randomBytes } from 'node:crypto';
import { createEventStore, type EventStore, installEventStore } from '@deskfleet/event-store';
import { MessageReceived, Sender } from '@deskfleet/protocol/conversations';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';
import { testDatabase } from '@deskfleet/test-servers';
import { getPostgreSQLEventStore, type PostgresEventStore } from '@event-driven-io/emmett-postgresql';
import { Kysely, PostgresDialect } from 'kysely';
import { Client, Pool } from 'pg';
import { type Bench, figure, lowerMedian } from './bench.ts';

const WRITERS = 64;
const STREAM_EVENTS = 10;
const ROUNDS = 7;
const WARM_UP_MS = 1500;
const ROUND_MS = 2000;
const OUR_CONNECTIONS = 4; // a service's share
const PEER_CONNECTIONS = 10; // its default, and the fastest of 4, 10, 16, 32 and 64 here
const TEXT_BYTES = 120;
const FINGERPRINT_BYTES = 32;
const RANDOM = randomBytes(64 * 1024);

export const append: Bench = {
  name: 'append',
  async run() {
    const ours = await openOurs();
    const peer = await openPeer();
    try {
      await rate(ours.append, WARM_UP_MS);
      await rate(peer.append, WARM_UP_MS);
      const rounds = { ours: [] as number[], peer: [] as number[] };
      for (let round = 0; round < ROUNDS; round += 1) {
        rounds.ours.push(await rate(ours.append, ROUND_MS));
        rounds.peer.push(await rate(peer.append, ROUND_MS));
      }
      const peerMedian = lowerMedian(rounds.peer.toSorted((a, b) => a - b));
      return [figure(`append, ${WRITERS} waiting writers`, 'appends/s', rounds.ours, { name: 'emmett-postgresql 0.42.0', median: peerMedian })];
    } finally {
      await ours.close();
      await peer.close();
    }
  },
};

/** Appends one event to a writer's own stream, of which it has appended `version` before. Throws unless it was stored. */
type AppendOne = (streamId: string, version: number) => Promise<void>;

let streams = 0;
let messages = 0;

async function rate(appendOne: AppendOne, durationMs: number): Promise<number> {
  const start = performance.now();
  let appended = 0;
  const writer = async (): Promise<void> => {
    let stream = '';
    for (let n = 0; performance.now() - start < durationMs; n += 1) {
      const version = n % STREAM_EVENTS;
      if (version === 0) {
        streams += 1;
        stream = `conversation-cv_${streams}`;
      }
      await appendOne(stream, version);
      appended += 1;
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return Math.round((appended / (performance.now() - start)) * 1000);
}

async function openOurs(): Promise<{ append: AppendOne; close(): Promise<void> }> {
  const database = await testDatabase();
  const pool = new Pool({ connectionString: database.url, max: OUR_CONNECTIONS });
  await requireDurable(database.url);
  const clock = Date.now;
  const { source } = await installEventStore(pool, { service: 'bench', now: clock() });
  const db = new Kysely<Record<string, never>>({ dialect: new PostgresDialect({ pool }) });
  const store: EventStore = createEventStore({ db, source, clock });
  const actor = Actor.create({ kind: Actor_Kind.KIND_CHANNEL, id: 'sh_vk3q6jv5u2m5x4ohg7s2wq2m4a' });
  return {
    async append(streamId, version) {
      const { facts, ciphertext, fingerprint } = message(streamId);
      const event = MessageReceived.create({ ...facts, sender: Sender.SENDER_CUSTOMER, text: { subjectId: facts.customerSubject, ciphertext }, fingerprint });
      const outcome = await store.append({
        cause: { vendorId: 'vendor-bench', actor, correlationId: facts.messageId, causationId: '', commandId: facts.messageId },
        streams: [
          {
            streamId,
            expected: version === 0 ? 'none' : { exactly: version },
            events: [{ event, occurredAt: facts.sentAt, shopId: 'sh_vk3q6jv5u2m5x4ohg7s2wq2m4a' }],
          },
        ],
      });
      if (outcome.outcome !== 'appended') throw new Error(`${streamId} at ${version}: ${outcome.outcome}`);
    },
    async close() {
      await db.destroy();
      await database.drop();
    },
  };
}

async function openPeer(): Promise<{ append: AppendOne; close(): Promise<void> }> {
  const database = await testDatabase();
  const pool = new Pool({ connectionString: database.url, max: PEER_CONNECTIONS });
  const store: PostgresEventStore = getPostgreSQLEventStore(database.url, { connectionOptions: { pool } });
  await store.schema.migrate();
  return {
    async append(streamId, version) {
      const { facts, ciphertext, fingerprint } = message(streamId);
      const data = { ...facts, sender: 'customer', text: ciphertext.toString('base64'), fingerprint: fingerprint.toString('base64') };
      const metadata = { vendorId: 'vendor-bench', shopId: 'sh_vk3q6jv5u2m5x4ohg7s2wq2m4a', correlationId: facts.messageId, commandId: facts.messageId };
      await store.appendToStream(streamId, [{ type: 'MessageReceived', data, metadata }], {
        expectedStreamVersion: version === 0 ? 'STREAM_DOES_NOT_EXIST' : BigInt(version),
      });
    },
    async close() {
      await store.close();
      await pool.end();
      await database.drop();
    },
  };
}

/** A customer's sealed message. Its bytes are taken from one random block, so that making them costs neither side anything. */
function message(streamId: string) {
  messages += 1;
  const messageId = `message-${messages}`;
  const at = messages % (RANDOM.length - TEXT_BYTES);
  return {
    facts: { conversationId: streamId, messageId, sentAt: Date.now(), ordinal: 1, account: '', customerSubject: 'su_5f3q6jv5u2m5x4ohg7s2wq2m4a', importId: '' },
    ciphertext: RANDOM.subarray(at, at + TEXT_BYTES),
    fingerprint: RANDOM.subarray(at, at + FINGERPRINT_BYTES),
  };
}

async function requireDurable(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ durable: boolean }>(
    `select current_setting('fsync') = 'on' and current_setting('synchronous_commit') = 'on' as durable`,
  );
  await client.end();
  if (rows[0]?.durable !== true) throw new Error('the bench needs fsync and synchronous_commit on');
}

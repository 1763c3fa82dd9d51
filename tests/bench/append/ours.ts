// The event store of a service, as a service opens it, on a database of its own.
import { type AppendMember, createEventStore, type EventStore, installEventStore } from '@deskfleet/event-store';
import { MessageReceived, Sender } from '@deskfleet/protocol/conversations';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';
import { testDatabase } from '@deskfleet/test-servers';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import { message, SHOP, VENDOR } from './facts.ts';
import type { Side } from './writers.ts';

const CONNECTIONS = 4; // a service's share

export interface OurSide extends Side {
  readonly store: EventStore;
  readonly pool: Pool;
}

export async function openOurs(): Promise<OurSide> {
  const database = await testDatabase();
  const pool = new Pool({ connectionString: database.url, max: CONNECTIONS });
  await requireDurable(pool);
  const clock = Date.now;
  const { source } = await installEventStore(pool, { service: 'bench', now: clock() });
  const db = new Kysely<Record<string, never>>({ dialect: new PostgresDialect({ pool }) });
  const store = createEventStore({ db, source, clock });
  return {
    store,
    pool,
    async append(streamId, version) {
      const outcome = await store.append(member(streamId, version));
      if (outcome.outcome !== 'appended') throw new Error(`${streamId} at ${version}: ${outcome.outcome}`);
    },
    async close() {
      await db.destroy();
      if (!pool.ending) await pool.end(); // kysely ends it only where it has used it
      await database.drop();
    },
  };
}

const actor = Actor.create({ kind: Actor_Kind.KIND_CHANNEL, id: SHOP });

/** One message for a stream at its expected version. */
export function member(streamId: string, version: number): AppendMember {
  const { facts, ciphertext, fingerprint } = message(streamId);
  const event = MessageReceived.create({ ...facts, sender: Sender.SENDER_CUSTOMER, text: { subjectId: facts.customerSubject, ciphertext }, fingerprint });
  return {
    cause: { vendorId: VENDOR, actor, correlationId: facts.messageId, causationId: '', commandId: facts.messageId },
    streams: [{ streamId, expected: version === 0 ? 'none' : { exactly: version }, events: [{ event, occurredAt: facts.sentAt, shopId: SHOP }] }],
  };
}

async function requireDurable(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ durable: boolean }>(`select current_setting('fsync') = 'on' and current_setting('synchronous_commit') = 'on' as durable`);
  if (rows[0]?.durable !== true) throw new Error('the bench needs fsync and synchronous_commit on');
}

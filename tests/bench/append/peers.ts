// The peers, each on a database of its own on the same PostgreSQL, as its documentation opens it, at its fastest number of connections here.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { testDatabase } from '@deskfleet/test-servers';
import { getPostgreSQLEventStore, type PostgresEventStore } from '@event-driven-io/emmett-postgresql';
import { Pool } from 'pg';
import { messageAsJson } from './facts.ts';
import type { Side } from './writers.ts';

const EMMETT_CONNECTIONS = 10; // its default, and the fastest of 4, 10, 16, 32 and 64
const MESSAGE_DB_CONNECTIONS = 10;

export async function openEmmett(): Promise<Side> {
  const database = await testDatabase();
  const pool = new Pool({ connectionString: database.url, max: EMMETT_CONNECTIONS });
  const store: PostgresEventStore = getPostgreSQLEventStore(database.url, { connectionOptions: { pool } });
  await store.schema.migrate();
  return {
    async append(streamId, version) {
      await store.appendToStream(streamId, [{ type: 'MessageReceived', ...messageAsJson(streamId) }], {
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

// In the order of its install.sh. Left out: the role and the privileges, which only matter to other users, the views, and pgcrypto, whose one
// function (gen_random_uuid) PostgreSQL has had itself since 13 and the embedded one does not ship.
const MESSAGE_DB = [
  'schema/message-store',
  'tables/messages',
  'types/message',
  ...[
    'message-store-version',
    'hash-64',
    'acquire-lock',
    'category',
    'is-category',
    'id',
    'cardinal-id',
    'stream-version',
    'write-message',
    'get-stream-messages',
    'get-category-messages',
    'get-last-stream-message',
  ].map((name) => `functions/${name}`),
  'indexes/messages-id',
  'indexes/messages-stream',
  'indexes/messages-category',
];

export async function openMessageDb(connections = MESSAGE_DB_CONNECTIONS): Promise<Side> {
  const database = await testDatabase();
  const pool = new Pool({ connectionString: database.url, max: connections, options: '-c search_path=message_store,public' });
  const files = createRequire(import.meta.url);
  for (const name of MESSAGE_DB) await pool.query(readFileSync(files.resolve(`@eventide/message-db/database/${name}.sql`), 'utf8'));
  return {
    async append(streamId, version) {
      const { data, metadata } = messageAsJson(streamId);
      await pool.query({
        name: 'write_message', // prepared: faster for it than parsing each call
        text: 'select write_message($1, $2, $3, $4, $5, $6)',
        values: [randomUUID(), streamId, 'MessageReceived', JSON.stringify(data), JSON.stringify(metadata), version - 1],
      });
    },
    async close() {
      await pool.end();
      await database.drop();
    },
  };
}

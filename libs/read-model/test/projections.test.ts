// Read models on a real database: every event once, whatever fails or runs beside; new versions swapped in; nobody sees another's rows.
import { ConversationOpened, MessageReceived } from '@deskfleet/protocol/conversations';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RowProjection, SqlProjection } from '../src/index.ts';
import { type Ground, ground, VENDOR } from './ground.ts';

interface Talk {
  conversation_id: string;
  messages: number;
  last_at: number;
  digest: Uint8Array;
  words: string[];
}

function talks(version = 1, weight = 1): RowProjection<MessageReceived, Talk> {
  return {
    name: 'talks',
    version,
    types: [MessageReceived],
    columns: 'conversation_id text not null, messages bigint not null, last_at bigint not null, digest bytea not null, words jsonb not null',
    keyColumns: ['conversation_id'],
    indexes: ['(vendor_id, last_at desc)'],
    keys: ({ event }) => [{ conversation_id: event.conversationId }],
    apply(row, { event }) {
      if (event.messageId === 'erase') return undefined;
      return {
        conversation_id: event.conversationId,
        messages: (row?.messages ?? 0) + weight,
        last_at: Math.max(row?.last_at ?? 0, event.sentAt),
        digest: new Uint8Array([...(row?.digest ?? []), 255].slice(-3)),
        words: [...(row?.words ?? []), event.messageId].slice(-2),
      };
    },
  };
}

let at: Ground;
beforeEach(async () => {
  at = await ground();
});
afterEach(() => at.end());

const say = (conversation: string, messageId: string, sentAt = 1) =>
  at.append(`conversation-${conversation}`, MessageReceived.create({ conversationId: conversation, messageId, sentAt }));

async function rows(): Promise<{ conversation_id: string; messages: string; words: string[] }[]> {
  return (await at.owner.query('select * from talks_v1 order by conversation_id')).rows;
}

test('rows follow the log: counted once each, types kept, a row that is erased is gone', async () => {
  for (let n = 0; n < 30; n += 1) await say(`c${n % 3}`, `m${n}`, n);
  const model = await at.start({ projections: [talks()] });
  await say('c2', 'erase');
  await at.append('conversation-c0', ConversationOpened.create({ conversationId: 'c0' }));
  await model.passed(await say('c0', 'last', 99));
  expect(await rows()).toMatchObject([
    {
      vendor_id: VENDOR,
      shop_id: 'shop-1',
      conversation_id: 'c0',
      messages: '11',
      last_at: '99',
      digest: Buffer.from([255, 255, 255]),
      words: ['m27', 'last'],
    },
    { conversation_id: 'c1', messages: '10' },
  ]);
  expect(at.faults).toEqual([]);
});

test('a query sees its vendor and its shops only, and not to say whose it is is an error', async () => {
  const model = await at.start({ projections: [talks()] });
  await model.passed(await say('c1', 'm'));
  const seen = async (vendor: string, shops: string): Promise<number> => {
    await at.reader.query('begin');
    await at.reader.query(`select set_config('app.vendor_id', $1, true), set_config('app.shop_ids', $2, true)`, [vendor, shops]);
    const { rowCount } = await at.reader.query('select * from talks');
    await at.reader.query('rollback');
    return rowCount ?? 0;
  };
  expect(await seen(VENDOR, '*')).toBe(1);
  expect(await seen(VENDOR, 'shop-0,shop-1')).toBe(1);
  expect(await seen(VENDOR, 'shop-2')).toBe(0);
  expect(await seen('vendor-2', '*')).toBe(0);
  const { rows: forced } = await at.owner.query(
    `select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and not (relrowsecurity and relforcerowsecurity)`,
  );
  expect(forced).toEqual([]);
});

test('two instances beside each other count every event once', async () => {
  const models = await Promise.all([at.start({ projections: [talks()] }), at.start({ projections: [talks()] })]);
  let last = 0;
  for (let n = 0; n < 200; n += 1) last = await say(`c${n % 5}`, `m${n}`);
  await Promise.all(models.map((model) => model.passed(last)));
  expect((await rows()).map((row) => row.messages)).toEqual(['40', '40', '40', '40', '40']);
});

test('a new version is built beside the live one and swapped in; a changed table without a new version is refused', async () => {
  const first = await at.start({ projections: [talks()] });
  await first.passed(await say('c1', 'm1'));
  await first.stop();
  const second = await at.start({ projections: [talks(2, 10)] });
  await second.passed(await say('c1', 'm2'));
  const view = await at.owner.query(`select pg_get_viewdef('talks'::regclass) as body`);
  await until(async () => String((await at.owner.query(`select pg_get_viewdef('talks'::regclass) as body`)).rows[0].body).includes('talks_v2'));
  expect(String(view.rows[0].body)).toMatch(/talks_v[12]/);
  expect((await at.owner.query('select messages from talks_v2')).rows).toEqual([{ messages: '20' }]);
  expect((await rows())[0]?.messages).toBe('1');
  await expect(at.start({ projections: [{ ...talks(2), columns: 'conversation_id text not null' }] })).rejects.toThrow('raise its version');
});

test('a projection that fails stops at its event and is tried again; the others go on', async () => {
  let broken = true;
  const strict: SqlProjection<MessageReceived> = {
    name: 'strict',
    version: 1,
    types: [MessageReceived],
    write: async (events) => {
      if (broken && events.some(({ event }) => event.messageId === 'poison')) throw new Error('cannot take this');
    },
  };
  const model = await at.start({ projections: [talks(), strict] });
  await say('c1', 'poison');
  const last = await say('c1', 'after');
  // Each goes alone once the batch they shared has failed, so one may be through before the other has failed again.
  await until(async () => model.positions().get('talks') === last && model.faults().size > 0);
  expect(model.positions().get('strict')).toBeLessThan(last);
  expect([...model.faults().keys()]).toEqual(['strict']);
  await expect(model.passed(last, AbortSignal.timeout(50))).rejects.toThrow();
  broken = false;
  await model.passed(last);
  expect(model.faults().size).toBe(0);
  expect((await rows())[0]?.messages).toBe('2');
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 50_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('not within 50 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

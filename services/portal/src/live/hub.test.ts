// The stream says what changed to those who may know it, and what was missed to those who come back.
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Caller } from '@deskfleet/service-kit';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import type { Change } from './changes.ts';
import { type LiveHub, liveHub } from './hub.ts';

const lead: Caller = { kind: 'user', id: 'lead', vendorId: 'v1', role: 'team-lead', shopIds: 'all', clientId: '', mayAgree: false };
const owner: Caller = { ...lead, id: 'owner', role: 'client', shopIds: ['sh_1'], clientId: 'c1' };
const stranger: Caller = { ...lead, id: 'stranger', vendorId: 'v2' };

let app: FastifyInstance;
let hub: LiveHub;
let report: (change: Change) => void;

async function start(caller: Caller): Promise<string> {
  hub = liveHub((onChange) => {
    report = onChange;
  }, Date.now);
  app = fastify({ forceCloseConnections: true });
  app.get('/live', (request, reply) => hub.open(caller, request, reply));
  await app.listen({ host: '127.0.0.1', port: 0 });
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/live`;
}

afterEach(async () => {
  await hub.close();
  await app.close();
});

/** The stream's blocks as they come. */
async function* blocks(url: string, lastEventId?: string): AsyncGenerator<string> {
  const answer = await new Promise<IncomingMessage>((resolve) =>
    get(url, { headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId } }, resolve),
  );
  let text = '';
  for await (const part of answer) {
    text += String(part);
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      yield text.slice(0, end);
      text = text.slice(end + 2);
    }
  }
}

async function changed(stream: AsyncGenerator<string>): Promise<object> {
  for await (const block of stream) {
    const data = /event: changed\ndata: (.*)/.exec(block)?.[1];
    if (data !== undefined) return JSON.parse(data) as object;
  }
  throw new Error('the stream ended');
}

test('a second of changes is one event, each topic and shop once', async () => {
  const stream = blocks(await start(lead));
  await stream.next();
  for (let i = 0; i < 100; i += 1) report({ topic: 'sla', vendorId: 'v1', shopId: 'sh_1' });
  report({ topic: 'billing', vendorId: 'v1', shopId: 'sh_2' });
  expect(await changed(stream)).toEqual({ topics: ['billing', 'sla'], shopIds: ['sh_1', 'sh_2'] });
});

test('a client is told of their own shops only', async () => {
  const stream = blocks(await start(owner));
  await stream.next();
  for (const shopId of ['sh_1', 'sh_2', '']) report({ topic: `of ${shopId}`, vendorId: 'v1', shopId });
  expect(await changed(stream)).toEqual({ topics: ['of sh_1'], shopIds: ['sh_1'] });
});

test('another vendor is told nothing', async () => {
  const stream = blocks(await start(stranger));
  await stream.next();
  report({ topic: 'sla', vendorId: 'v1', shopId: 'sh_1' });
  report({ topic: 'qa', vendorId: 'v2', shopId: '' });
  expect(await changed(stream)).toEqual({ topics: ['qa'], shopIds: [] });
});

test('who comes back after more than is kept is told to fetch again', async () => {
  const stream = blocks(await start(lead), '1');
  expect((await stream.next()).value).toContain('event: heartbeat');
  expect((await stream.next()).value).toContain('event: reset');
});

test('withdrawn access ends the stream', async () => {
  const stream = blocks(await start(lead));
  await stream.next();
  hub.endOf('lead');
  expect((await stream.next()).done).toBe(true);
});

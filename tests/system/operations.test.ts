// An operator looks into a running installation from the command line, as one would: what the logs hold, how far everything is, a read model
// rebuilt and swapped back while messages go on.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FeedEvent } from '@deskfleet/protocol/feed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedInstallation, startInstallation } from '../installation.ts';
import { type Answer, ask, connectedShop, type Json, told, webhook } from './asking.ts';

let installation: StartedInstallation;
let shop: { readonly shopId: string; readonly secret: string };
const files = mkdtempSync(join(tmpdir(), 'deskfleet-operations-'));
const TEXT = 'Where is my parcel 7f3a9?';

beforeAll(async () => {
  installation = await startInstallation({ bus: 'feed' });
  shop = await connectedShop(installation, 'watched');
  const sent = await say('m-1', TEXT);
  expect(sent.status).toBe(200);
  await told(installation, '/settle', { body: { withinMs: 50_000 } });
});

afterAll(async () => {
  await installation?.remove();
  rmSync(files, { recursive: true, force: true });
});

const say = (messageId: string, text: string): Promise<Answer> => {
  const message = { conversation_id: 'c-1', message_id: messageId, channel: 'tmall', sent_at: new Date().toISOString(), sender: 'customer', text };
  return webhook(installation, { shop: 'watched', secret: shop.secret, body: JSON.stringify({ ...message, shop: 'watched', sender_id: 'b-1' }) });
};

/** A command's lines of JSON. */
async function said<Line = Json>(...words: readonly string[]): Promise<Line[]> {
  const { stdout, code } = await installation.deskfleet(...words, '--json');
  expect(code, words.join(' ')).toBe(0);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

test('the newest events are shown decoded, by type and shop; what is sealed is shown as sealed, and the text nowhere', async () => {
  const events = await said('events', 'tail', '--type', 'MessageReceived', '--shop', 'watched');
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({ type: 'deskfleet.conversations.v1.MessageReceived', data: { messageId: 'm-1', text: { sealed: true } }, sealed: ['text'] });
  const { stdout } = await installation.deskfleet('events', 'tail', '--count', '200');
  expect(stdout).toContain('MessageReceived');
  expect(stdout).toContain('"text":"(sealed)"');
  expect(stdout).not.toContain(TEXT);
});

test('an event is shown with what led to it and what followed from it in other services', async () => {
  const [received] = await said('events', 'tail', '--service', 'conversations', '--type', 'MessageReceived');
  const place = `${String(received?.['source'])}:${String(received?.['position'])}`;
  const [found] = await said('events', 'show', place);
  const followed = (found?.['followed'] ?? []) as { source: string; eventId: string }[];
  expect(new Set(followed.map(({ source }) => source.split('/')[0]))).toContain('sla-monitoring');
  const effect = followed[0];
  const back = await told(installation, `/system/events/${encodeURIComponent(effect?.source ?? '')}/${Number((effect as Json | undefined)?.['position'])}`);
  expect(back['causedBy']).toMatchObject({ eventId: received?.['eventId'] });
  const stream = await said('events', 'stream', String(received?.['streamId']), '--service', 'conversations');
  expect(stream.map((event) => event['version'])).toEqual(stream.map((_, index) => index + 1));
});

test('the lag names every group and source; nothing is parked', async () => {
  const [lags] = await said<{ service: string; group: string; source: string; behind: number | null }[]>('lag');
  expect(lags?.map(({ service, source }) => `${service} < ${source}`)).toContain('billing < conversations');
  expect(lags?.every(({ behind }) => behind !== null)).toBe(true);
  expect(await said('parked', 'list')).toEqual([[]]);
});

test('a read model is rebuilt beside the live one while a message comes, and swapped back', async () => {
  const [list] = await said<Json[]>('projections', 'list', '--service', 'sla-monitoring');
  const name = String(list?.find((build) => build['rebuildable'] === true)?.['name']);
  const rebuilding = said('projections', 'rebuild', 'sla-monitoring', name);
  expect((await say('m-2', 'Hello?')).status).toBe(200);
  expect((await rebuilding)[0]).toMatchObject({ name, build: 2, state: 'live' });
  expect((await said('projections', 'swap', 'sla-monitoring', name, '--build', '1'))[0]).toMatchObject({ name, build: 1, state: 'live' });
  expect((await said('projections', 'drop', 'sla-monitoring', name, '--build', '2'))[0]).toMatchObject({ dropped: true });
  expect((await installation.deskfleet('projections', 'rebuild', 'sla-monitoring', 'nothing')).code).toBe(1);
});

test('the feed is exported as lines and as protobuf, with the same events; bytes as stored', async () => {
  const [lines, binary] = [join(files, 'feed.ndjson'), join(files, 'feed.bin')];
  await said('feed', 'export', '--service', 'conversations', '--out', lines);
  await said('feed', 'export', '--service', 'conversations', '--format', 'protobuf', '--out', binary);
  const decoded = readFileSync(lines, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Json);
  const events = delimited(readFileSync(binary));
  expect(events.length).toBeGreaterThan(2);
  expect(decoded.slice(0, events.length).map((event) => event['position'])).toEqual(events.map(({ position }) => position).slice(0, decoded.length));
  expect(readFileSync(binary).includes(TEXT)).toBe(false);
});

test('only operations may look: others are refused, and a client sees nothing of it', async () => {
  const anonymous: Answer = await ask(installation, '/system/events?service=billing', { headers: { authorization: '' } });
  expect(anonymous.status).toBe(401);
  const unknown: Answer = await ask(installation, '/system/operations/nothing');
  expect(unknown.status).toBe(404);
  expect((await ask(installation, '/system/events?service=billing&type=Nothing')).status).toBe(400);
});

/** Messages, each behind its length as a varint. */
function delimited(bytes: Buffer): FeedEvent[] {
  const events: FeedEvent[] = [];
  for (let at = 0; at < bytes.length; ) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      length |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    events.push(FeedEvent.decode(bytes.subarray(at, at + length)));
    at += length;
  }
  return events;
}

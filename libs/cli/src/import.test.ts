// An import is given up when nothing of it goes on, not when an installation is busy: against a portal that answers "not now".
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { importTranscripts } from './import.ts';
import { Unable } from './installation.ts';
import { Patience, portalOf } from './portal.ts';

/** Less than the pauses of the answers below make together: 200, 400 and 800 ms. */
const PATIENCE_MS = 1_000;
const NOT_NOW = 3;

let folder: string;
let server: Server;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deskfleet-import-'));
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status?: number;
  readonly body: object;
}

/** Answers by method and path, and sends two chunks' lines to it. */
async function importInto(answer: (asked: string) => Answer, patience = new Patience(PATIENCE_MS)) {
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      const { status = 200, body } = answer(`${request.method} ${(request.url ?? '').replace('/api/v1', '')}`);
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const file = join(folder, 'some.ndjson');
  writeFileSync(file, '{}\n'.repeat(600));
  const portal = portalOf({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 't' });
  return importTranscripts(portal, { file, createShops: false, wait: false, patience });
}

const tooSlow: Answer = { status: 504, body: { code: 'too-slow', title: 'The answer did not come in time.' } };
const taken = (asked: string): Answer => ({ body: { inserted: asked.endsWith('/1') ? 500 : 100, duplicates: 0, rejected: [] } });
const counted = (messages: number): Answer => ({ body: { messages, rejectedTotal: 0 } });

test('as long as more of it is counted the end is asked for again, past any patience with standing still', async () => {
  let finishing = 0;
  const done = await importInto((asked) => {
    if (asked === 'POST /imports') return { body: { importId: 'im' } };
    if (asked === 'GET /imports/im') return counted(finishing * 100);
    if (!asked.endsWith('/finish')) return taken(asked);
    finishing += 1;
    return finishing <= NOT_NOW ? tooSlow : { body: { conversations: 7 } };
  });
  expect(done).toMatchObject({ inserted: 600, conversations: 7 });
  expect(finishing).toBe(NOT_NOW + 1);
});

test('when the count stands still it is given up, and says so', async () => {
  const standing = importInto((asked) => {
    if (asked === 'POST /imports') return { body: { importId: 'im' } };
    if (asked === 'GET /imports/im') return counted(500);
    return asked.endsWith('/finish') ? tooSlow : taken(asked);
  });
  await expect(standing).rejects.toThrow(new Unable('The portal did not answer within 1 s: The answer did not come in time. (too-slow)'));
});

test('a chunk that a full queue turns away is sent again, the others go in meanwhile', async () => {
  let [turnedAway, others] = [0, 0];
  const done = await importInto((asked) => {
    if (asked === 'POST /imports') return { body: { importId: 'im' } };
    if (asked.endsWith('/finish')) return { body: { conversations: 7 } };
    if (!asked.endsWith('/501')) {
      others += 1;
      return taken(asked);
    }
    turnedAway += 1;
    return turnedAway <= 2 ? { status: 429, body: { code: 'overloaded' } } : taken(asked);
  }, new Patience());
  expect(done).toMatchObject({ inserted: 600 });
  expect([turnedAway, others]).toEqual([3, 1]);
});

// From other services' logs to the one who is told: in the portal under row level security, and over a signed webhook to a server that answers as it likes.
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessageType, UnknownMessage } from '@deskfleet/protocol';
import { DepositReceived, DepositRequested } from '@deskfleet/protocol/billing';
import { Consent, Consent_DecidedBy } from '@deskfleet/protocol/common';
import { ContractSigned, LeadOpened, QuoteIssued, ShopAdded, ShopProfileRecorded, TrialStarted } from '@deskfleet/protocol/onboarding';
import { Actor } from '@deskfleet/protocol/platform';
import type { Caller, ServiceName } from '@deskfleet/service-kit';
import { createTestInstallation, startTestService, type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { portalService } from '../src/main.ts';
import { inbox } from '../src/notifications/inbox.ts';
import { type Webhooks, webhookDesk } from '../src/webhooks/desk.ts';

const VENDOR = 'vendor-1';
const identityKey = JSON.stringify({ test: 'key' });
const rules = { loopback: true, hosts: [] };

let folder: string;
let portal: TestService;
let onboarding: TestService;
let billing: TestService;
let pools: TestService;
/** How far ahead of the machine's clock the house stands. */
let ahead = 0;
const now = (): number => Date.now() + ahead;

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
let receiver: Server;
let address: string;
let received: Received[] = [];
let answer: number | 'redirect' = 204;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deskfleet-notifications-'));
  const installation = await createTestInstallation();
  const owner = (name: ServiceName, events: readonly MessageType[]) =>
    startTestService({ name, migrations: [], parts: () => ({ events, projections: [], subscriptions: [], api: [] }) }, { installation, now });
  onboarding = await owner('client-onboarding', [ShopAdded, LeadOpened, ShopProfileRecorded, QuoteIssued, ContractSigned, TrialStarted]);
  billing = await owner('billing', [DepositRequested, DepositReceived]);
  pools = await owner('agent-pools', []);
  await writeFile(join(folder, 'key.json'), installation.identity.privateKeys['portal'] ?? '');
  const env = { DESKFLEET_IDENTITY_KEY: join(folder, 'key.json'), DESKFLEET_PORTAL_PORT: '0', DESKFLEET_WEB_DIR: folder };
  portal = await startTestService(portalService(env), { installation, now, peers: { 'client-onboarding': onboarding, billing, 'agent-pools': pools } });
  receiver = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
      if (answer === 'redirect') response.writeHead(302, { location: '/elsewhere' }).end();
      else response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve));
  const bound = receiver.address();
  address = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}/hook`;
});

afterAll(async () => {
  for (const service of [portal, onboarding, billing, pools]) await service?.remove();
  receiver?.close();
  await rm(folder, { recursive: true });
});

beforeEach(() => {
  received = [];
  answer = 204;
});

/** Appends to a service's log; the answer waits until the portal has applied all of it. */
async function happened(service: TestService, streamId: string, ...events: UnknownMessage[]): Promise<void> {
  await append(service, streamId, ...events);
  await portal.kit.settle(['portal'], 20_000);
}

async function append(service: TestService, streamId: string, ...events: UnknownMessage[]): Promise<void> {
  const cause = { vendorId: VENDOR, actor: Actor.create({}), correlationId: '', causationId: '', commandId: '' };
  const recorded = events.map((event) => ({ event, occurredAt: service.kit.now(), shopId: '' }));
  const outcome = await service.kit.store.append({ cause, streams: [{ streamId, expected: 'any', events: recorded }] });
  expect(outcome.outcome).toBe('appended');
}

const operations = testCaller({ vendorId: VENDOR, id: 'us_op' });
const clientOf = (clientId: string, shopIds: readonly string[], id = `us_${clientId}`): Caller =>
  testCaller({ vendorId: VENDOR, id, role: 'client', clientId, shopIds, mayAgree: true });
const told = async (caller: Caller) => (await inbox(portal.kit).list(caller, { size: 50, token: '' })).notifications;
const kinds = async (caller: Caller) => (await told(caller)).map(({ kind }) => kind);
const shop = (shopId: string, clientId: string) => ShopAdded.create({ shopId, clientId, code: shopId, name: shopId });
const onBehalf = Consent.create({ decidedBy: Consent_DecidedBy.DECIDED_BY_VENDOR_ON_BEHALF, userId: 'us_op', evidence: '邮件' });
const signed = (contractId: string, clientId: string, shopIds: string[]) =>
  ContractSigned.create({ contractId, number: contractId, clientId, shopIds, clientConsent: onBehalf });

test('a client hears of their quote and of what was signed in their name; nobody else’s client does', async () => {
  await happened(onboarding, 'shop-s1', shop('s1', 'cl_1'));
  await happened(onboarding, 'lead-l1', LeadOpened.create({ leadId: 'l1', clientId: 'cl_1' }));
  await happened(onboarding, 'lead-l1', ShopProfileRecorded.create({ leadId: 'l1', profile: { shopId: 's1' } }));
  await happened(onboarding, 'lead-l1', QuoteIssued.create({ leadId: 'l1', quote: { quoteId: 'q1', version: 1, validUntil: '2026-12-01' } }));
  await happened(onboarding, 'contract-c1', signed('c1', 'cl_1', ['s1']));
  expect(await kinds(clientOf('cl_1', ['s1']))).toEqual(['done-on-behalf', 'contract-signed', 'quote-issued']);
  expect(await kinds(clientOf('cl_2', ['s2']))).toEqual([]);
  expect(await kinds(clientOf('cl_2', ['s1']))).toEqual([]); // a shop sold on: the new owner hears nothing of the old
  expect(await kinds({ ...operations, vendorId: 'vendor-2' })).toEqual([]);
  expect(await kinds(operations)).toEqual(['contract-signed']);
  expect((await told(clientOf('cl_1', ['s1'])))[0]).toMatchObject({
    facts: { what: 'contract-party-signed', evidence: '邮件' },
    path: '/contracts/c1',
    shopIds: ['s1'],
  });
});

test('what comes before it is known whose contract it is waits for it', async () => {
  await append(onboarding, 'launch-c2', TrialStarted.create({ contractId: 'c2', startsOn: '2026-11-27', endsOn: '2026-12-11' }));
  await append(onboarding, 'shop-s2', shop('s2', 'cl_2'), shop('s3', 'cl_2'));
  await expect(portal.kit.settle(['portal'], 1_000)).rejects.toThrow('waits for subject:vendor-1:c2');
  expect(await kinds(clientOf('cl_2', ['s2', 's3']))).toEqual([]);
  await happened(onboarding, 'contract-c2', signed('c2', 'cl_2', ['s2', 's3']));
  expect((await kinds(clientOf('cl_2', ['s2', 's3']))).sort()).toEqual(['contract-signed', 'done-on-behalf', 'trial-started']);
  expect((await kinds(clientOf('cl_2', ['s3']))).sort()).toEqual(['contract-signed', 'done-on-behalf', 'trial-started']);
});

test('what one has read is one’s own, one by one and all at once', async () => {
  const [first, second] = [clientOf('cl_2', ['s2', 's3'], 'us_a'), clientOf('cl_2', ['s2', 's3'], 'us_b')];
  const box = inbox(portal.kit);
  const { notifications, unread } = await box.list(first, { size: 2, token: '' });
  expect(unread).toBe(3);
  await box.read(first, { notificationIds: [notifications[0]?.notificationId ?? ''], through: 0 });
  expect((await box.list(first, { size: 50, token: '' })).unread).toBe(2);
  expect((await box.list(second, { size: 50, token: '' })).unread).toBe(3);
  await box.read(first, { notificationIds: [], through: notifications[0]?.notedAt ?? 0 });
  expect((await box.list(first, { size: 50, token: '' })).unread).toBe(0);
});

test('pages end where the list does', async () => {
  const box = inbox(portal.kit);
  const caller = clientOf('cl_2', ['s2', 's3']);
  const seen: string[] = [];
  for (let token: string | undefined = ''; token !== undefined; ) {
    const page = await box.list(caller, { size: 2, token });
    seen.push(...page.notifications.map(({ notificationId }) => notificationId));
    token = page.nextToken === '' ? undefined : page.nextToken;
  }
  expect(new Set(seen).size).toBe(3);
  expect(seen).toHaveLength(3);
});

const desk = (): Webhooks => webhookDesk(portal.kit, { ...portalConfig(), identityKey: key() }, rules);
const key = (): string => portal.installation.identity.privateKeys['portal'] ?? identityKey;
const portalConfig = () => ({
  host: '',
  port: 0,
  publicUrl: 'http://127.0.0.1',
  vendors: [{ id: VENDOR, name: 'Vendor' }] as const,
  issuer: { kind: 'embedded', demoPassword: '' } as const,
  operatorTokenFile: '',
  webhookRules: rules,
  webDirectory: '',
});

/** Waits until the receiver has heard this many calls. */
async function heard(count: number): Promise<void> {
  await expect.poll(() => received.length, { timeout: 20_000, interval: 50 }).toBeGreaterThanOrEqual(count);
}

const receipt = (contractId: string) =>
  DepositReceived.create({
    contractId,
    amount: { currency: 'CNY', minor: 100 },
    received: { currency: 'CNY', minor: 100 },
    required: { currency: 'CNY', minor: 100 },
  });

test('a client’s webhook gets what the client is told, signed, with the event’s id; another client’s nothing', async () => {
  const client = clientOf('cl_1', ['s1']);
  const { webhookId, secret } = await desk().configure(client, randomUUID(), address);
  const other = await desk().configure(clientOf('cl_2', ['s2', 's3']), randomUUID(), `${address}/other`);
  await happened(billing, 'deposit-c1', receipt('c1'));
  await heard(1);
  const [call] = received;
  expect(JSON.parse(call?.body ?? '')).toMatchObject({
    kind: 'deposit-received',
    clientId: 'cl_1',
    subjectId: 'c1',
    facts: { amount: '1.00', complete: true },
  });
  const timestamp = String(call?.headers['x-deskfleet-timestamp']);
  expect(call?.headers['x-deskfleet-signature']).toBe(createHmac('sha256', secret).update(`${timestamp}.${call?.body}`).digest('hex'));
  expect(call?.headers['idempotency-key']).toBe(JSON.parse(call?.body ?? '{}').id);
  await expect.poll(async () => (await desk().deliveries(client, webhookId))[0]?.state, { timeout: 20_000 }).toBe('delivered');
  expect(received).toHaveLength(1);
  await desk().remove(client, randomUUID(), webhookId, 'moved');
  await desk().remove(clientOf('cl_2', ['s2', 's3']), randomUUID(), other.webhookId, 'moved');
});

test('a call that is not taken is sent again with the same id and bytes, and given up after a day, which shows', async () => {
  const { webhookId } = await desk().configure(operations, randomUUID(), address);
  answer = 500;
  await happened(billing, 'deposit-c2', receipt('c2'));
  await heard(1);
  ahead += 11_000;
  await heard(2);
  expect(received[1]?.body).toBe(received[0]?.body);
  expect(received[1]?.headers['idempotency-key']).toBe(received[0]?.headers['idempotency-key']);
  answer = 'redirect';
  ahead += 31_000;
  await heard(3);
  await expect.poll(async () => (await desk().deliveries(operations, webhookId))[0]?.lastError, { timeout: 20_000 }).toBe('redirects are not followed');
  ahead += 25 * 3_600_000;
  await expect.poll(async () => (await desk().list(operations))[0]?.givenUp, { timeout: 20_000 }).toBe(1);
  answer = 200;
  expect(await desk().retry(operations, webhookId)).toEqual({ retried: 1 });
  await expect.poll(async () => (await desk().deliveries(operations, webhookId))[0]?.state, { timeout: 20_000 }).toBe('delivered');
});

test('a client who sees only some of their shops, or may not agree, sets no webhook; another’s is not there', async () => {
  for (const caller of [clientOf('cl_2', ['s2']), { ...clientOf('cl_2', ['s2', 's3']), mayAgree: false }]) {
    await expect(desk().configure(caller, randomUUID(), address)).rejects.toMatchObject({ code: 'webhook-not-allowed' });
  }
  const { webhookId } = (await desk().list(operations))[0] ?? { webhookId: '' };
  await expect(desk().remove(clientOf('cl_2', ['s2', 's3']), randomUUID(), webhookId, 'x')).rejects.toMatchObject({ status: 404 });
  await expect(desk().configure(operations, randomUUID(), 'https://169.254.169.254/')).rejects.toMatchObject({ field: 'url' });
});

test('no table of the portal is without its policy', async () => expect(await portal.unprotectedTables()).toEqual([]));

// Who proves nothing gets nothing: a missing, expired, foreign-signed or misdirected token is 401 at every route of the portal that is not
// open, and UNAUTHENTICATED at every gRPC method of every service but health.
import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import { join } from 'node:path';
import { AgentPoolServiceDefinition } from '@deskfleet/protocol/agents-service';
import { StaffingServiceDefinition } from '@deskfleet/protocol/agents-staffing';
import { DepositServiceDefinition } from '@deskfleet/protocol/billing-deposits';
import { BillingServiceDefinition } from '@deskfleet/protocol/billing-service';
import { ConversationServiceDefinition } from '@deskfleet/protocol/conversations-service';
import { ConsumptionServiceDefinition, EventFeedServiceDefinition } from '@deskfleet/protocol/feed';
import { BoardServiceDefinition } from '@deskfleet/protocol/onboarding-board';
import { CareServiceDefinition } from '@deskfleet/protocol/onboarding-care';
import { ContractingServiceDefinition } from '@deskfleet/protocol/onboarding-contracting';
import { LaunchServiceDefinition } from '@deskfleet/protocol/onboarding-launch';
import { SalesServiceDefinition } from '@deskfleet/protocol/onboarding-sales';
import { OnboardingServiceDefinition } from '@deskfleet/protocol/onboarding-service';
import { OperationsServiceDefinition } from '@deskfleet/protocol/operations';
import { QaServiceDefinition } from '@deskfleet/protocol/qa-service';
import { SlaServiceDefinition } from '@deskfleet/protocol/sla-service';
import type { ServiceName } from '@deskfleet/service-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedInstallation, startInstallation } from '../installation.ts';
import { type Answer, ask, type Json, told } from './asking.ts';

interface Definition {
  readonly fullName: string;
  readonly methods: Readonly<Record<string, { readonly name: string }>>;
}

/** What every service answers by gRPC, and what each answers beside it. */
const OF_ALL: readonly Definition[] = [EventFeedServiceDefinition, ConsumptionServiceDefinition, OperationsServiceDefinition];
const SERVED: Readonly<Record<ServiceName, readonly Definition[]>> = {
  'client-onboarding': [
    OnboardingServiceDefinition,
    SalesServiceDefinition,
    ContractingServiceDefinition,
    LaunchServiceDefinition,
    CareServiceDefinition,
    BoardServiceDefinition,
    ...OF_ALL,
  ],
  'agent-pools': [AgentPoolServiceDefinition, StaffingServiceDefinition, ...OF_ALL],
  conversations: [ConversationServiceDefinition, ...OF_ALL],
  'sla-monitoring': [SlaServiceDefinition, ...OF_ALL],
  'qa-inspection': [QaServiceDefinition, ...OF_ALL],
  billing: [BillingServiceDefinition, DepositServiceDefinition, ...OF_ALL],
  portal: OF_ALL,
};
const SERVICES = Object.keys(SERVED) as ServiceName[];

/** gRPC's own number. */
const UNAUTHENTICATED = 16;
const SERVING = 0;
const CALL_MS = 20_000;
const HOUR_S = 3_600;

let installation: StartedInstallation;
let ports: Readonly<Record<string, number>>;
let portalKey: KeyObject;
const strangersKey = generateKeyPairSync('ed25519').privateKey;

beforeAll(async () => {
  installation = await startInstallation({ bus: 'feed' });
  const { dataDir } = installation;
  ({ ports } = JSON.parse(readFileSync(join(dataDir, 'installation.json'), 'utf8')) as { ports: Record<string, number> });
  portalKey = createPrivateKey({ key: JSON.parse(readFileSync(join(dataDir, 'keys', 'portal.json'), 'utf8')) as Json, format: 'jwk' });
});

afterAll(() => installation?.remove());

/** An EdDSA JWT of exactly these claims, written out here so that nothing is proved by the code under test. */
function jwt(key: KeyObject, header: Json, claims: Json): string {
  const signed = [{ alg: 'EdDSA', ...header }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
}

const nowS = (): number => Math.floor(Date.now() / 1_000);

/** The portal's statement of a user towards a service. */
function statement(audience: string, { key = portalKey, issuedAt = nowS() } = {}): string {
  const caller = { kind: 'user', id: 'u1', vendorId: 'vendor-1', role: 'vendor-operations', shopIds: 'all', clientId: '', mayAgree: false };
  return jwt(key, { kid: 'portal' }, { iss: 'portal', sub: caller.id, aud: audience, iat: issuedAt, exp: issuedAt + 60, caller });
}

/** A bearer token of the vendor's operations, as the portal issues it to scripts. */
function bearer({ key = portalKey, issuedAt = nowS(), audience = 'deskfleet-api' } = {}): string {
  const issued = readFileSync(join(installation.dataDir, 'operator-token'), 'utf8').split('.')[1] ?? '';
  const { sub } = JSON.parse(Buffer.from(issued, 'base64url').toString('utf8')) as { sub: string };
  return jwt(key, { typ: 'deskfleet+jwt' }, { iss: 'portal', aud: audience, sub, iat: issuedAt, exp: issuedAt + HOUR_S });
}

/** The gRPC status of an empty call. Plain HTTP/2, so that no client of ours adds a token. */
function grpcStatus(session: ClientHttp2Session, path: string, token: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    });
    const read = (headers: IncomingHttpHeaders): void => {
      if (headers['grpc-status'] !== undefined) resolve(Number(headers['grpc-status']));
    };
    call.on('response', read).on('trailers', read).on('error', reject).resume();
    call.setTimeout(CALL_MS, () => reject(new Error(`${path} did not answer within ${CALL_MS} ms`)));
    call.end(Buffer.alloc(5)); // one uncompressed message of length 0
  });
}

/** Asks every method of every service, health apart, and answers their statuses by service and path. */
async function everyMethod(tokenFor: (service: ServiceName) => string | undefined): Promise<Readonly<Record<string, number>>> {
  const statuses: Record<string, number> = {};
  for (const service of SERVICES) {
    const token = tokenFor(service);
    await withSession(service, async (session) => {
      const paths = SERVED[service].flatMap(({ fullName, methods }) => Object.values(methods).map(({ name }) => `/${fullName}/${name}`));
      const found = await Promise.all(paths.map(async (path) => [`${service} ${path}`, await grpcStatus(session, path, token)] as const));
      Object.assign(statuses, Object.fromEntries(found));
    });
  }
  return statuses;
}

async function withSession(service: ServiceName, use: (session: ClientHttp2Session) => Promise<void>): Promise<void> {
  const session = connect(`http://127.0.0.1:${ports[`${service}.grpc`]}`);
  try {
    await use(session);
  } finally {
    session.destroy();
  }
}

const all = (statuses: Readonly<Record<string, number>>, status: number): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.keys(statuses).map((name) => [name, status]));

test('the tokens of these tests would do, were they in order: a service and the portal take the proper one', async () => {
  for (const service of SERVICES) {
    await withSession(service, async (session) => {
      expect(await grpcStatus(session, '/deskfleet.platform.v1.EventFeedService/Head', statement(service)), service).not.toBe(UNAUTHENTICATED);
    });
  }
  expect((await ask(installation, '/shops', { headers: { authorization: `Bearer ${bearer()}` } })).status).toBe(200);
});

test('these tests know every gRPC service the protocol has', () => {
  const proto = new URL('../../proto/', import.meta.url);
  const declared = globSync('**/*.proto', { cwd: proto }).flatMap((file) => {
    const text = readFileSync(new URL(file, proto), 'utf8');
    return [...text.matchAll(/^service (\w+)/gm)].map(([, name]) => `${/^package (.+);/m.exec(text)?.[1]}.${name}`);
  });
  const known = new Set(Object.values(SERVED).flatMap((definitions) => definitions.map(({ fullName }) => fullName)));
  expect([...known].sort()).toEqual(declared.sort());
});

test('health answers without a token', async () => {
  for (const service of SERVICES) {
    await withSession(service, async (session) => expect(await grpcStatus(session, '/grpc.health.v1.Health/Check', undefined), service).toBe(SERVING));
  }
});

test.for([
  ['a missing token', () => undefined],
  ['an expired token', (service: ServiceName) => statement(service, { issuedAt: nowS() - HOUR_S })],
  ["a token signed by a stranger's key", (service: ServiceName) => statement(service, { key: strangersKey })],
  ['a token made for another service', (service: ServiceName) => statement(service === 'billing' ? 'portal' : 'billing')],
  ["a script's bearer token", () => bearer()],
] as const)('%s is UNAUTHENTICATED at every gRPC method', async ([, tokenFor]) => {
  const statuses = await everyMethod(tokenFor);
  expect(Object.keys(statuses).length).toBeGreaterThan(70);
  expect(statuses).toEqual(all(statuses, UNAUTHENTICATED));
});

/** Every route of the OpenAPI document that is not open to all, any id in its path. */
async function closedRoutes(): Promise<readonly { readonly method: string; readonly path: string }[]> {
  const { paths } = await told(installation, '/openapi.json');
  return Object.entries(paths as Record<string, Record<string, Json>>).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => (operation['security'] as unknown[] | undefined)?.length !== 0)
      .map(([method]) => ({ method: method.toUpperCase(), path: path.replace('/api/v1', '').replaceAll(/\{\w+\}/g, '1') })),
  );
}

const BAD_FOR_THE_PORTAL: readonly (readonly [string, () => string])[] = [
  ['a missing token', () => ''],
  ['an expired token', () => `Bearer ${bearer({ issuedAt: nowS() - 2 * HOUR_S })}`],
  ["a token signed by a stranger's key", () => `Bearer ${bearer({ key: strangersKey })}`],
  ['a token made for something else', () => `Bearer ${bearer({ audience: 'billing' })}`],
  ["the portal's statement to a service", () => `Bearer ${statement('billing')}`],
];

test.for(BAD_FOR_THE_PORTAL)('%s is 401 at every route of the portal that is not open', async ([, authorization]) => {
  const statuses: Record<string, number> = {};
  for (const { method, path } of await closedRoutes()) {
    const answer: Answer = await ask(installation, path, { method, headers: { authorization: authorization() }, ...(method === 'POST' ? { body: {} } : {}) });
    statuses[`${method} ${path}`] = answer.status;
  }
  expect(Object.keys(statuses).length).toBeGreaterThan(40);
  expect(statuses).toEqual(all(statuses, 401));
});

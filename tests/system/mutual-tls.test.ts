// With certificates configured, gRPC speaks mutual TLS: a whole installation works over it, and who shows no certificate, another authority's or
// an expired one is not spoken to. What is refused is refused by the handshake, before any token is looked at.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type SecureVersion } from 'node:tls';
import { SERVICE_NAMES } from '@deskfleet/service-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedInstallation, startInstallation } from '../installation.ts';
import { connectedShop, told, webhook } from './asking.ts';
import { type Authority, authority, type Pem } from './certificates.ts';

const HANDSHAKE_MS = 20_000;
const DAY_MS = 86_400_000;

let folder: string;
let house: Authority;
let installation: StartedInstallation;
let ports: Readonly<Record<string, number>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deskfleet-tls-'));
  house = await authority('Deskfleet of a test');
  const { cert, key } = await house.issue('localhost');
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const env = {
    DESKFLEET_TLS_CERT: file('cert.pem', cert),
    DESKFLEET_TLS_KEY: file('key.pem', key),
    DESKFLEET_TLS_CA: file('ca.pem', house.cert),
  };
  installation = await startInstallation({ bus: 'feed', env });
  ({ ports } = JSON.parse(readFileSync(join(installation.dataDir, 'installation.json'), 'utf8')) as { ports: Record<string, number> });
});

afterAll(async () => {
  await installation?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** What a client that shows this meets at a service's gRPC port: `spoken to`, or why not. */
async function meet(service: string, shown: Partial<Pem> & { readonly trusts?: string; readonly atMost?: SecureVersion }): Promise<string> {
  const { cert, key, trusts = house.cert, atMost } = shown;
  return new Promise((resolve) => {
    const socket = connect({
      host: '127.0.0.1',
      port: ports[`${service}.grpc`] ?? 0,
      servername: 'localhost',
      ALPNProtocols: ['h2'],
      ca: trusts,
      ...(cert === undefined || key === undefined ? {} : { cert, key }),
      ...(atMost === undefined ? {} : { maxVersion: atMost }),
    });
    const end = (met: string): void => {
      socket.destroy();
      resolve(met);
    };
    socket.setTimeout(HANDSHAKE_MS, () => end('silence'));
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    socket.on('close', () => end('closed'));
    // In TLS 1.3 the client's side is done before the server has looked at its certificate: only what HTTP/2 says first counts.
    socket.on('data', () => end('spoken to'));
  });
}

test('a whole installation works over it: from a signed call to the figure, every service asked by another', async () => {
  const { shopId, secret } = await connectedShop(installation, 'tls-shop');
  const body = JSON.stringify({
    messages: [{ conversation_id: 'c', message_id: 'm', sent_at: new Date().toISOString(), sender: 'customer', sender_id: 'b', text: '在吗' }],
  });
  expect(await webhook(installation, { shop: 'tls-shop', body, secret })).toMatchObject({ status: 200, body: { inserted: 1 } });
  expect(await told(installation, '/settle', { body: {} })).toMatchObject({ settled: true, held: [] });
  expect(await told(installation, `/conversations?shopIds=${shopId}`)).toMatchObject({ conversations: [{ shopId, messages: 1 }] });
  const { services } = await told(installation, '/system/services');
  expect(services).toHaveLength(SERVICE_NAMES.length);
});

test('every service speaks to whom its authority knows, and to nobody else', async () => {
  const known = await house.issue('localhost');
  const foreign = await (await authority('somebody else')).issue('localhost');
  const expired = await house.issue('localhost', new Date(Date.now() - DAY_MS));
  for (const service of SERVICE_NAMES) {
    expect(await meet(service, known), service).toBe('spoken to');
    expect(await meet(service, {}), service).toMatch(/CERTIFICATE_REQUIRED|closed|ECONNRESET/);
    expect(await meet(service, foreign), service).toMatch(/ALERT|closed|ECONNRESET/);
    expect(await meet(service, expired), service).toMatch(/ALERT|closed|ECONNRESET/);
  }
});

test('a client that trusts another authority does not speak to a service', async () => {
  const known = await house.issue('localhost');
  const { cert } = await authority('somebody else');
  expect(await meet('billing', { ...known, trusts: cert })).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED|UNABLE_TO_GET_ISSUER/);
});

test('plain HTTP/2 is not answered', async () => {
  const session = connectHttp2(`http://127.0.0.1:${ports['conversations.grpc']}`);
  const ended = await new Promise<string>((resolve) => {
    session.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    session.on('close', () => resolve('closed'));
    session.on('remoteSettings', () => resolve('answered'));
  });
  session.destroy();
  expect(ended).not.toBe('answered');
});

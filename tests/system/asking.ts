// The portal as a script, a user and a platform meet it: plain HTTP, answers as they come.
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StartedInstallation } from '../installation.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly status: number;
  readonly body: Json;
}

export interface Asking {
  readonly method?: string;
  /** Sent as JSON, or as it is when a string. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks the portal as the vendor's operations, unless the headers say otherwise. */
export async function ask(
  installation: StartedInstallation,
  path: string,
  { body, headers = {}, method = body === undefined ? 'GET' : 'POST' }: Asking = {},
): Promise<Answer> {
  const authorization = `Bearer ${readFileSync(join(installation.dataDir, 'operator-token'), 'utf8')}`;
  return answerOf(
    await fetch(`${installation.url}/api/v1${path}`, {
      method,
      headers: { authorization, 'content-type': typeof body === 'string' ? 'application/x-ndjson' : 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }),
  );
}

/** Asks for what must succeed. */
export async function told(installation: StartedInstallation, path: string, asking: Asking = {}): Promise<Json> {
  const { status, body } = await ask(installation, path, asking);
  if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** A shop on the standard terms with a connected channel: its id, and the secret its calls are signed with. */
export async function connectedShop(installation: StartedInstallation, code: string): Promise<{ readonly shopId: string; readonly secret: string }> {
  await told(installation, '/shops/take-over', { body: { shops: [{ code, platform: 'tmall' }], importedFrom: 'a test' } });
  await told(installation, '/settle', { body: {} });
  const shop = ((await told(installation, '/shops'))['shops'] as Json[]).find((each) => each['code'] === code);
  const shopId = String(shop?.['shopId']);
  const { secret } = await told(installation, `/shops/${shopId}/channels`, { body: { channel: 'tmall', channelKind: 'platform' } });
  return { shopId, secret: String(secret) };
}

export interface Call {
  readonly shop: string;
  readonly body: string;
  /** Nothing: the call is not signed. */
  readonly secret?: string;
  readonly key?: string;
  /** Epoch ms. */
  readonly timestamp?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A channel's call, as a platform makes it: without a bearer token, signed with the channel's secret. */
export async function webhook(
  installation: StartedInstallation,
  { shop, body, secret, key = randomUUID(), timestamp = Date.now(), headers = {} }: Call,
): Promise<Answer> {
  const signed: Record<string, string> =
    secret === undefined
      ? {}
      : { 'x-deskfleet-timestamp': `${timestamp}`, 'x-deskfleet-signature': createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex') };
  const sent = { 'content-type': 'application/json', 'idempotency-key': key, ...signed, ...headers };
  return answerOf(await fetch(`${installation.url}/api/v1/channels/${shop}/messages`, { method: 'POST', headers: sent, body }));
}

async function answerOf(response: Response): Promise<Answer> {
  return { status: response.status, body: (await response.json()) as Json };
}

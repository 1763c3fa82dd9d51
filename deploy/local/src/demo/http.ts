// The demo speaks to the portal as any client of its API would.
import { createHash, createHmac } from 'node:crypto';

export interface Portal {
  readonly url: string;
  /** A bearer token, or a session's cookie. */
  readonly identity: { readonly token: string } | { readonly cookie: string };
}

/** A call that was refused: the problem's code and what the portal said. */
export class Refused extends Error {
  readonly status: number;

  constructor(method: string, path: string, status: number, body: string) {
    super(`${method} ${path} answered ${status}: ${body.slice(0, 500)}`);
    this.status = status;
  }
}

export async function get<Answer>(portal: Portal, path: string): Promise<Answer> {
  const response = await fetch(`${portal.url}/api/v1${path}`, { headers: identify(portal) });
  return await answerOf<Answer>(response, 'GET', path);
}

/** Posts under a key that follows from the content: loading the demo again repeats the same calls and gets the same answers. */
export async function post<Answer>(portal: Portal, path: string, body: unknown): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const digest = createHash('sha256').update(`${path}\n${text}`).digest('hex');
  return await postOnce<Answer>(portal, path, body, `demo-${digest.slice(0, 40)}`);
}

/** Posts under a key of the caller's: another key, another effect. */
export async function postOnce<Answer>(portal: Portal, path: string, body: unknown, key: string): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${portal.url}/api/v1${path}`, {
    method: 'POST',
    headers: {
      ...identify(portal),
      'content-type': typeof body === 'string' ? 'application/x-ndjson' : 'application/json',
      'idempotency-key': key,
      origin: portal.url,
    },
    body: text,
  });
  return await answerOf<Answer>(response, 'POST', path);
}

/** Keeps a text as a file that shows something of these shops; answers its id. */
export async function fileOf(portal: Portal, name: string, shopIds: readonly string[], text: string): Promise<string> {
  const query = new URLSearchParams([['name', name], ...shopIds.map((shopId) => ['shopIds', shopId])]);
  const path = `/files?${query}`;
  const response = await fetch(`${portal.url}/api/v1${path}`, {
    method: 'POST',
    headers: {
      ...identify(portal),
      'content-type': 'text/plain',
      'idempotency-key': `demo-${createHash('sha256').update(`${path}\n${text}`).digest('hex').slice(0, 40)}`,
      origin: portal.url,
    },
    body: text,
  });
  return (await answerOf<{ fileId: string }>(response, 'POST', path)).fileId;
}

/** A channel's signed call, as a platform makes it. */
export async function webhook(url: string, shop: string, secret: string, messages: readonly unknown[]): Promise<void> {
  const body = JSON.stringify(messages);
  const timestamp = Date.now();
  const path = `/channels/${encodeURIComponent(shop)}/messages`;
  const response = await fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-deskfleet-timestamp': String(timestamp),
      'x-deskfleet-signature': createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex'),
      'idempotency-key': createHash('sha256').update(body).digest('hex').slice(0, 40),
    },
    body,
  });
  await answerOf<unknown>(response, 'POST', path);
}

/** Accepts an invitation with a name and password of its own and answers the session that begins with it. */
export async function accept(url: string, link: string, login: string, password: string): Promise<Portal> {
  const token = link.slice(link.lastIndexOf('/') + 1);
  const path = '/invitations/accept';
  const response = await fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ token, login, password }),
  });
  await answerOf<unknown>(response, 'POST', path);
  const cookie = response.headers
    .getSetCookie()
    .map((set) => set.split(';')[0])
    .join('; ');
  return { url, identity: { cookie } };
}

function identify({ identity }: Portal): Record<string, string> {
  return 'token' in identity ? { authorization: `Bearer ${identity.token}` } : { cookie: identity.cookie };
}

async function answerOf<Answer>(response: Response, method: string, path: string): Promise<Answer> {
  const text = await response.text();
  if (!response.ok) throw new Refused(method, path, response.status, text);
  return text === '' ? ({} as Answer) : JSON.parse(text);
}

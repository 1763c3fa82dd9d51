// Shops whose conversations arrive live by signed webhook, a batch a call: what the end-to-end and the soak bench load an installation with.
import { setTimeout as sleep } from 'node:timers/promises';
import type { StartedInstallation } from '../installation.ts';
import { ask, connectedShop, type Json, told, webhook } from '../system/asking.ts';

const SETTLE_ROUND_MS = 30_000;
const SETTLE_PATIENCE_MS = 300_000;
/** Messages of a conversation before another takes its place. */
const MESSAGES = 8;
const TEXTS = ['在吗？这款有货吗', '您好，在的，请问有什么可以帮您', '什么时候能发货', '今天下午四点前付款当天发出'];

export interface Position {
  readonly source: string;
  readonly position: string;
}

export interface LiveShop {
  readonly code: string;
  readonly contractId: string;
  /** Sends the next message of each of the shop's open conversations in one call; answers where the log stands then. */
  next(): Promise<Position>;
}

/** Makes shops on the standard terms with `open` conversations each. */
export async function liveShops(installation: StartedInstallation, codes: readonly string[], open: number): Promise<LiveShop[]> {
  const shops: LiveShop[] = [];
  for (const code of codes) {
    const { secret } = await connectedShop(installation, code);
    const listed = (await told(installation, '/shops?size=200'))['shops'] as Json[];
    const contractId = String(listed.find((shop) => shop['code'] === code)?.['contractId'] ?? '');
    if (contractId === '') throw new Error(`${code} has no contract`);
    shops.push({ code, contractId, next: conversationsOf(installation, code, secret, open) });
  }
  return shops;
}

export interface Steady {
  /** Messages a call: how many conversations each shop has open. */
  readonly batch: number;
  /** Messages a second over all shops. */
  readonly rate: number;
  /** Asked before each call. */
  readonly ended: () => boolean;
}

/** Batches at a steady rate, whatever each call takes; each shop's one after the other, as a platform sends a conversation's messages. Resolves to how many were sent. */
export async function steadily(shops: readonly LiveShop[], { batch, rate, ended }: Steady): Promise<number> {
  const from = performance.now();
  const calls = new Set<Promise<unknown>>();
  const failed: unknown[] = [];
  const last = new Map<LiveShop, Promise<unknown>>();
  let sent = 0;
  for (; !ended() && failed.length === 0; sent += batch) {
    const shop = shops[(sent / batch) % shops.length];
    if (shop === undefined) throw new Error('no shop');
    const call = (last.get(shop) ?? Promise.resolve())
      .then(() => shop.next())
      .catch((error: unknown) => failed.push(error))
      .finally(() => calls.delete(call));
    last.set(shop, call);
    calls.add(call);
    await sleep(Math.max(0, from + ((sent + batch) / rate) * 1_000 - performance.now()));
  }
  await Promise.all(calls);
  if (failed.length > 0) throw failed[0];
  return sent;
}

/** Resolves when everything is counted everywhere; rejects with what holds it after five minutes. */
export async function settled(installation: StartedInstallation): Promise<void> {
  for (const endsAt = Date.now() + SETTLE_PATIENCE_MS; ; ) {
    const { status, body } = await ask(installation, '/settle', { body: { withinMs: SETTLE_ROUND_MS } });
    if (body['settled'] === true) return;
    // A service that was too slow to say how far it is (504) is asked again like one that is not there yet.
    if (Date.now() > endsAt || (status >= 400 && status < 500)) throw new Error(`not settled: ${status} ${JSON.stringify(body['held'] ?? body)}`);
  }
}

function conversationsOf(installation: StartedInstallation, code: string, secret: string, open: number): () => Promise<Position> {
  let step = 0;
  return async () => {
    const at = step;
    step += 1;
    const generation = Math.floor(at / MESSAGES);
    const ofCustomer = at % 2 === 0;
    const sentAt = new Date().toISOString();
    const messages = Array.from({ length: open }, (_, index) => {
      const conversation = `${code}-${generation}-${index}`;
      return {
        conversation_id: conversation,
        message_id: `${conversation}-${at}`,
        sent_at: sentAt,
        sender: ofCustomer ? 'customer' : 'agent',
        sender_id: ofCustomer ? `buyer-${conversation}` : `seat-${index % 5}`,
        text: TEXTS[at % TEXTS.length],
      };
    });
    const { status, body } = await webhook(installation, { shop: code, secret, body: JSON.stringify(messages) });
    if (status >= 300 || Number(body['inserted']) !== open) throw new Error(`${code}: ${status} ${JSON.stringify(body).slice(0, 300)}`);
    const { source, position } = body['at'] as Json;
    return { source: String(source), position: String(position) };
  };
}

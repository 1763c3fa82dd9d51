// Loads the demo vendor: clients, shops, contracts, people, two months of conversations, a closed month, a scored sample, and a last hour
// that arrives by webhook and goes on for a while. Everything through the portal's own API.
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sample, type TranscriptLine } from './generate.ts';
import { accept, fileOf, get, type Portal, post, postOnce, webhook } from './http.ts';
import { demoAgents, demoContracts, demoShops } from './shops.ts';

export interface DemoOptions {
  readonly url: string;
  /** Of the vendor's operations. */
  readonly token: string;
  /** Public transcripts that lie beside the checkout, or undefined. */
  readonly sharedTranscripts: string | undefined;
  readonly say: (line: string) => void;
}

/** What goes on after loading: conversations of the last hour and the next half, until aborted. */
export interface Demo {
  readonly live: (signal: AbortSignal) => Promise<void>;
}

const HOUR = 3_600_000;
const CHUNK_LINES = 500;
const CONVERSATIONS = 420;
const LIVE_CONVERSATIONS = 45;
const LIVE_AHEAD = HOUR / 2;

/** Loads what is missing; loaded before, it does nothing but reconnect the live channels. */
export async function loadDemo(options: DemoOptions): Promise<Demo> {
  const portal: Portal = { url: options.url, identity: { token: options.token } };
  const now = Date.now();
  const { shops = [] } = await get<{ shops?: { code: string; shopId: string }[] }>(portal, '/shops');
  const loaded = shops.some(({ code }) => code === demoShops[0]?.code);
  const ids = loaded ? new Map(shops.map(({ code, shopId }) => [code, shopId])) : await loadVendor(portal, now, options);
  const secrets = new Map<string, string>();
  for (const { code, channel } of demoShops) {
    const answer = await postOnce<{ secret: string }>(portal, `/shops/${ids.get(code)}/channels`, { channel, channelKind: 'platform' }, randomUUID());
    secrets.set(code, answer.secret);
  }
  const lines = sample({
    shops: demoShops,
    conversations: LIVE_CONVERSATIONS,
    from: now - HOUR,
    to: now + LIVE_AHEAD,
    seed: now >>> 0,
    prefix: `live-${now.toString(36)}`,
    evenly: true,
  });
  await send(
    options.url,
    secrets,
    lines.filter((line) => Date.parse(line.sent_at) <= now),
  );
  return {
    live: (signal) =>
      follow(
        options.url,
        secrets,
        lines.filter((line) => Date.parse(line.sent_at) > now),
        signal,
      ),
  };
}

async function loadVendor(portal: Portal, now: number, { say, sharedTranscripts }: DemoOptions): Promise<Map<string, string>> {
  const thisMonth = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO('Asia/Shanghai').toPlainDate().with({ day: 1 });
  const lastMonth = thisMonth.subtract({ months: 1 });
  const from = lastMonth.toZonedDateTime('Asia/Shanghai').epochMilliseconds;

  say('Demo: clients, shops and contracts');
  const { ids, at } = await addShops(portal, lastMonth.toString());
  await addAgents(portal, ids, lastMonth.toString(), at);

  say(`Demo: ${CONVERSATIONS} conversations`);
  const lines = sample({ shops: demoShops, conversations: CONVERSATIONS, from, to: now - HOUR, seed: 20260402, prefix: 'demo' });
  await importLines(
    portal,
    'demo.ndjson',
    lines.map((line) => JSON.stringify(line)),
  );
  if (sharedTranscripts !== undefined && existsSync(sharedTranscripts)) await importShared(portal, sharedTranscripts, say);
  await settle(portal);

  say('Demo: a closed month and a scored sample');
  await post(portal, '/invoices/close', { through: lastMonth.toPlainYearMonth().toString() });
  await scoreSample(portal, ids, lastMonth.toString(), thisMonth.subtract({ days: 1 }).toString());
  await settle(portal);
  return ids;
}

interface Position {
  readonly source: string;
  readonly position: number;
}

/** The shops' ids by code, and where the last of them stands in its log. */
async function addShops(portal: Portal, effectiveOn: string): Promise<{ readonly ids: Map<string, string>; readonly at: Position | undefined }> {
  let at: Position | undefined;
  const ids = new Map<string, string>();
  const clients = new Map<string, string>();
  for (const shop of demoShops) {
    const clientId = clients.get(shop.client) ?? (await post<{ clientId: string }>(portal, '/clients', { name: shop.client })).clientId;
    clients.set(shop.client, clientId);
    const added = await post<{ shopId: string; at: Position }>(portal, `/clients/${clientId}/shops`, {
      code: shop.code,
      name: shop.name,
      platform: shop.platform,
    });
    ids.set(shop.code, added.shopId);
    at = added.at;
    // What belongs to a shop can be kept as soon as the shop is seen.
    await get(portal, `/shops?size=1&after=${encodeURIComponent(`${added.at.source}:${added.at.position}`)}`);
  }
  for (const { client, shopCodes, number, terms } of demoContracts(effectiveOn)) {
    const shopIds = shopCodes.flatMap((code) => ids.get(code) ?? []);
    const paper = await fileOf(portal, `${number}.txt`, shopIds, `${number}\n${client}\n纸质合同，双方盖章。\n`);
    await post(portal, '/contracts', {
      number,
      clientId: clients.get(client),
      shopIds,
      terms,
      signedOn: effectiveOn,
      clientConsent: { decidedBy: 'vendor-on-behalf', evidence: `${number} 纸质合同，双方盖章`, fileIds: [paper] },
    });
  }
  // The client's demo sign-in is the owner of the first client.
  const first = demoShops[0];
  if (first !== undefined)
    await post(portal, '/invitations', {
      name: `${first.client} 店主`,
      role: 'client',
      clientId: clients.get(first.client),
      mayAgree: true,
      subject: 'client',
    });
  return { ids, at };
}

async function addAgents(portal: Portal, ids: ReadonlyMap<string, string>, trainedOn: string, after: Position | undefined): Promise<void> {
  const mappings: unknown[] = [];
  for (const { name, level, skills, accounts } of demoAgents) {
    const { agentId } = await post<{ agentId: string }>(portal, '/agents', { name, level, skills, maxLoad: 8 });
    for (const [code, account] of accounts) {
      await post(portal, `/agents/${agentId}/trainings`, { shopId: ids.get(code), trainedOn, after });
      mappings.push({ shopId: ids.get(code), account, party: 'agent', agentId, fromAt: 0, toAt: 0 });
    }
    await post(portal, `/agents/${agentId}/presence`, { presence: 'online' });
  }
  // One seat of each of the last two shops stays unmapped on purpose: the accounts page shows what to do about it.
  for (const { code } of demoShops) {
    mappings.push({ shopId: ids.get(code), account: `${code}:机器人`, party: 'bot', agentId: '', fromAt: 0, toAt: 0 });
    mappings.push({ shopId: ids.get(code), account: `${code}:店长`, party: 'shop-staff', agentId: '', fromAt: 0, toAt: 0 });
  }
  await post(portal, '/accounts', { mappings });
}

async function importLines(portal: Portal, fileName: string, lines: readonly string[]): Promise<void> {
  const { importId } = await post<{ importId: string }>(portal, '/imports', { fileName });
  for (let at = 0; at < lines.length; at += CHUNK_LINES) {
    const { rejected = [] } = await post<{ rejected?: unknown[] }>(
      portal,
      `/imports/${importId}/chunks/${at + 1}`,
      `${lines.slice(at, at + CHUNK_LINES).join('\n')}\n`,
    );
    if (rejected.length > 0) throw new Error(`${fileName}: ${rejected.length} lines were rejected: ${JSON.stringify(rejected[0])}`);
  }
  await post(portal, `/imports/${importId}/finish`, {});
}

async function importShared(portal: Portal, file: string, say: (line: string) => void): Promise<void> {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const shops = new Map(lines.map((line): TranscriptLine => JSON.parse(line)).map(({ shop, channel }) => [shop, channel]));
  say(`Demo: ${lines.length} public messages of ${shops.size} shops`);
  await post(portal, '/shops/take-over', { shops: [...shops].map(([code, platform]) => ({ code, platform })), importedFrom: 'public support conversations' });
  await importLines(portal, 'support-conversations.ndjson', lines);
}

async function settle(portal: Portal): Promise<void> {
  await postOnce(portal, '/settle', { withinMs: 55_000 }, randomUUID());
}

/** A sample of last month, a third of it scored by an inspector of the demo's, with two findings. */
async function scoreSample(portal: Portal, ids: ReadonlyMap<string, string>, from: string, to: string): Promise<void> {
  const { sampleId } = await post<{ sampleId: string }>(portal, '/samples', {
    shopIds: demoShops.map(({ code }) => ids.get(code)),
    range: { from, to },
    ratioBp: 1000,
    seed: 42,
    everyAgent: true,
  });
  const { link } = await post<{ link: string }>(portal, '/invitations', { name: '质检一', role: 'qa-inspector' });
  const inspector = await accept(portal.url, link, 'inspector-1', randomBytes(12).toString('base64url'));
  const { items } = await get<{ items: { key: string; fatal?: boolean }[] }>(inspector, '/scorecard');
  for (let n = 0; n < 9; n++) {
    const assignment = await postOnce<{ assignmentId?: string; messages?: { messageId: string; speaker: string }[] }>(
      inspector,
      '/assignments/next',
      { sampleId },
      randomUUID(),
    );
    const { assignmentId, messages = [] } = assignment;
    if (!assignmentId) return;
    const weak = n % 4 === 1;
    const spoken = messages.findLast(({ speaker }) => speaker.startsWith('agent-'));
    if (weak && spoken !== undefined)
      await post(inspector, `/assignments/${assignmentId}/findings`, {
        messageId: spoken.messageId,
        category: '答复慢',
        severity: 'minor',
        note: '先安抚再查单',
      });
    await post(inspector, `/assignments/${assignmentId}/score`, {
      scorecardVersion: 1,
      items: items.map(({ key, fatal }, index) => ({ itemKey: key, grade: !fatal && weak && index % 2 === 1 ? 'partial' : 'pass' })),
    });
  }
}

/** Posts messages a conversation at a time, in order, as a channel would after a short outage. */
async function send(url: string, secrets: ReadonlyMap<string, string>, lines: readonly TranscriptLine[]): Promise<void> {
  for (const [shop, messages] of Map.groupBy(lines, (line) => line.shop))
    for (let at = 0; at < messages.length; at += 50) await webhook(url, shop, secrets.get(shop) ?? '', messages.slice(at, at + 50));
}

/** Each message at its instant; one that is refused (the portal restarting) is tried again with the next. */
async function follow(url: string, secrets: ReadonlyMap<string, string>, lines: readonly TranscriptLine[], signal: AbortSignal): Promise<void> {
  let waiting: TranscriptLine[] = [];
  for (const line of lines) {
    await sleep(Math.max(0, Date.parse(line.sent_at) - Date.now()), undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    waiting = [...waiting, line];
    try {
      await send(url, secrets, waiting);
      waiting = [];
    } catch {
      // kept, and sent with the next one
    }
  }
}

// The load of a fault run: every kind of work a vendor's people and its channels do, at once and without a pause, through the portal.
import { createHmac, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '@deskfleet/service-kit';
import { type Random, seededRandom } from '@deskfleet/statistics';
import { type SampleShop, sample, type TranscriptLine } from '../../deploy/local/src/demo/generate.ts';
import { accept } from '../../deploy/local/src/demo/http.ts';
import type { StartedInstallation } from '../installation.ts';
import { type Call, type Json, PATIENCE_MS, PatientPortal, Refused } from './patient-portal.ts';
import { type Accepted, type Input, Taken } from './taken.ts';

/** What the contract of live shops allows. */
export const LIVE_ALLOWANCE_MS = 8_000;

/** So long ago that no run comes to the running month, whose days are not over. */
const MONTHS_FROM = '2000-01';
const CONVERSATIONS_A_MONTH = 36;
const CHUNK_LINES = 40;
const CHUNKS_AT_ONCE = 3;
const LIVE_EVERY_MS = 350;
const SMALL_WORK_EVERY_MS = 600;
const SETTLE_MS = 20_000;
const CLOSE_PAUSE_MS = 250;
const LIVE_SHOPS = ['live-tmall', 'live-jd', 'live-pdd'];
const SAMPLES_RANGE = { from: `${MONTHS_FROM}-01`, to: '2029-12-31' };

const shop = (code: string, channel: string): SampleShop => ({
  code,
  name: code,
  channel,
  products: ['保温杯', '蓝牙耳机'],
  accounts: [`${code}:01`, `${code}:02`],
  quickOfHundred: 80,
});
const FILE_SHOPS = [shop('file-tmall', 'tmall'), shop('file-jd', 'jd'), shop('file-pdd', 'pinduoduo'), shop('file-douyin', 'douyin')];

export class Load {
  readonly #installation: StartedInstallation;
  readonly #portal: PatientPortal;
  readonly #random: Random;
  readonly #name: string;
  readonly #taken = new Taken();
  readonly #tasks: Promise<void>[] = [];
  readonly #errors: string[] = [];
  readonly #agents: string[] = [];
  readonly #shopIds = new Map<string, string>();
  readonly #secrets = new Map<string, string>();
  #inspector = '';
  #stopping = false;
  #count = 0;

  private constructor(installation: StartedInstallation, seed: number) {
    this.#installation = installation;
    this.#portal = new PatientPortal(installation);
    this.#random = seededRandom(seed);
    this.#name = `f${seed.toString(36)}`;
  }

  /** Sets up clients, shops, contracts, channels, agents and an inspector, then begins. */
  static async start(installation: StartedInstallation, seed: number): Promise<Load> {
    const load = new Load(installation, seed);
    await load.#prepare();
    load.#tasks.push(
      load.#importMonths(),
      load.#talk(),
      load.#repeat(() => load.#smallWork(), SMALL_WORK_EVERY_MS),
      load.#repeat(() => load.#inspect(), SMALL_WORK_EVERY_MS),
    );
    return load;
  }

  /** How many commands have been accepted so far. */
  get accepted(): number {
    return this.#taken.commands;
  }

  /** What went wrong that no fault explains. */
  get errors(): readonly string[] {
    return this.#errors;
  }

  /** Begins nothing new; resolves when everything begun has its answer. */
  async stop(): Promise<Input> {
    this.#stopping = true;
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) await task;
    return this.#taken.input();
  }

  async #prepare(): Promise<void> {
    const shops = FILE_SHOPS.map(({ code, channel }) => ({ code, platform: channel }));
    await this.#portal.post('/shops/take-over', { key: this.#key(), body: { shops, importedFrom: 'a fault run' } });
    for (const code of LIVE_SHOPS) await this.#sign(code);
    await this.settle();
    const { shops: all } = (await this.#portal.get('/shops')) as { shops: { code: string; shopId: string }[] };
    for (const { code, shopId } of all) this.#shopIds.set(code, shopId);
    for (const code of LIVE_SHOPS) {
      const { secret } = await this.#portal.post(`/shops/${this.#shopIds.get(code)}/channels`, {
        key: this.#key(),
        body: { channel: 'tmall', channelKind: 'platform' },
      });
      this.#secrets.set(code, String(secret));
    }
    for (let n = 0; n < 3; n += 1) await this.#hire();
    const { link } = await this.#portal.post('/invitations', { key: this.#key(), body: { name: '质检', role: 'qa-inspector' } });
    const { identity } = await accept(this.#installation.url, String(link), 'fault-inspector', randomBytes(12).toString('base64url'));
    this.#inspector = 'cookie' in identity ? identity.cookie : '';
  }

  /** A client with a shop under a contract of its own. */
  async #sign(code: string): Promise<void> {
    const client = await this.#command('client-onboarding', '/clients', { name: `client of ${code}` }, { ClientRegistered: 1 });
    const added = await this.#command('client-onboarding', `/clients/${client['clientId']}/shops`, { code, name: code, platform: 'tmall' }, { ShopAdded: 1 });
    const terms = {
      currency: 'CNY',
      zone: 'Asia/Shanghai',
      holidayCalendar: 'CN',
      effectiveOn: `${MONTHS_FROM}-01`,
      serviceWindows: [{ weekdays: [], from: '00:00', to: '24:00' }],
      usage: { unit: 'conversation', exclusions: ['none'], unitPrice: '0.60', included: 0 },
      clauses: [{ key: 'first-response', metric: 'first-response', metricVersion: 1, allowanceMs: LIVE_ALLOWANCE_MS, targetBp: 9000, clock: 'wall' }],
    };
    const { source, position } = added['at'] as { source: string; position: number };
    await this.#portal.get(`/shops?size=1&after=${encodeURIComponent(`${source}:${position}`)}`); // a file belongs to shops that are seen
    const paper = { key: this.#key(), body: `${code} on paper`, headers: () => ({ 'content-type': 'text/plain' }) };
    const { fileId } = await this.#portal.post(`/files?name=${code}.txt&shopIds=${added['shopId']}`, paper);
    const clientConsent = { decidedBy: 'vendor-on-behalf', evidence: `${code} on paper`, fileIds: [fileId] };
    const body = { number: `C-${code}`, clientId: client['clientId'], shopIds: [added['shopId']], terms, signedOn: `${MONTHS_FROM}-01`, clientConsent };
    await this.#command('client-onboarding', '/contracts', body, { ContractSigned: 1, ShopContracted: 1 });
  }

  async #hire(): Promise<void> {
    const { agentId } = await this.#command(
      'agent-pools',
      '/agents',
      { name: `agent ${this.#agents.length}`, skills: ['pre-sale'], maxLoad: 8 },
      { AgentHired: 1 },
    );
    this.#agents.push(String(agentId));
  }

  /** Month after month: its conversations in shuffled chunks, then its close. */
  async #importMonths(): Promise<void> {
    for (let month = Temporal.PlainYearMonth.from(MONTHS_FROM); !this.#stopping; month = month.add({ months: 1 })) {
      try {
        await this.#importMonth(month);
      } catch (error) {
        return void this.#errors.push(`import of ${month}: ${String(error)}`);
      }
    }
  }

  async #importMonth(month: Temporal.PlainYearMonth): Promise<void> {
    const startOf = (of: Temporal.PlainYearMonth): number => of.toPlainDate({ day: 1 }).toZonedDateTime('Asia/Shanghai').epochMilliseconds;
    const [from, to] = [startOf(month), startOf(month.add({ months: 1 }))];
    const lines = sample({ shops: FILE_SHOPS, conversations: CONVERSATIONS_A_MONTH, from, to, seed: this.#random.uint32(), prefix: `${this.#name}-${month}` });
    const shuffled = lines
      .map((line) => ({ line, at: this.#random.uint32() }))
      .sort((a, b) => a.at - b.at)
      .map(({ line }) => line);
    const { importId } = await this.#command('conversations', '/imports', { fileName: `${month}.ndjson` }, { ImportStarted: 1 });
    const chunks = Array.from({ length: Math.ceil(shuffled.length / CHUNK_LINES) }, (_, n) => ({
      firstLine: n * CHUNK_LINES + 1,
      lines: shuffled.slice(n * CHUNK_LINES, (n + 1) * CHUNK_LINES),
    }));
    const send = async (): Promise<void> => {
      for (let chunk = chunks.pop(); chunk !== undefined; chunk = chunks.pop()) await this.#sendChunk(String(importId), chunk.firstLine, chunk.lines);
    };
    await Promise.all(Array.from({ length: CHUNKS_AT_ONCE }, send));
    await this.#command('conversations', `/imports/${importId}/finish`, {}, { ImportFinished: 1 });
    await this.settle();
    await this.#close(month.toString());
  }

  async #sendChunk(importId: string, firstLine: number, lines: readonly TranscriptLine[]): Promise<void> {
    const key = this.#key();
    const answer = await this.#portal.post(`/imports/${importId}/chunks/${firstLine}`, {
      key,
      body: `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
    });
    const { inserted, duplicates, rejected } = answer as { inserted: number; duplicates: number; rejected: unknown[] };
    if (inserted !== lines.length || duplicates !== 0 || rejected.length > 0)
      this.#errors.push(
        `a chunk of ${lines.length} new lines: ${inserted} inserted, ${duplicates} duplicates, rejected ${JSON.stringify(rejected.slice(0, 3))}`,
      );
    this.#taken.accept('conversations', key, { ImportChunkTaken: 1, MessageReceived: lines.length }, lines);
  }

  /** Closes what has ended. A close that found nothing to issue is no error: a month may be empty. While something is on its way it is refused, and asked again. */
  async #close(through: string): Promise<void> {
    for (const endsAt = performance.now() + PATIENCE_MS; ; ) {
      try {
        await this.#portal.post('/invoices/close', { key: this.#key(), body: { through } });
        return this.#taken.close(through);
      } catch (error) {
        if (!(error instanceof Refused && error.message.includes('not-settled')) || performance.now() > endsAt) throw error;
        await sleep(CLOSE_PAUSE_MS);
      }
    }
  }

  /** Conversations of channels, each going its own way: answered in time, late, or never. */
  async #talk(): Promise<void> {
    const talking = new Set<Promise<void>>();
    for (let n = 0; !this.#stopping; n += 1) {
      const talk = this.#converse(n)
        .catch((error: unknown) => void this.#errors.push(`live conversation ${n}: ${String(error)}`))
        .finally(() => talking.delete(talk));
      talking.add(talk);
      await sleep(LIVE_EVERY_MS);
    }
    await Promise.all(talking);
  }

  async #converse(n: number): Promise<void> {
    const code = LIVE_SHOPS[this.#random.below(LIVE_SHOPS.length)] ?? '';
    const id = `${this.#name}-live-${n}`;
    const luck = this.#random.below(100);
    const waitMs = luck < 45 ? 500 + this.#random.below(5_000) : luck < 75 ? LIVE_ALLOWANCE_MS + 1_000 + this.#random.below(3_000) : undefined;
    const say = async (number: number, sender: 'customer' | 'agent', at: number): Promise<void> => {
      const line: TranscriptLine = {
        conversation_id: id,
        message_id: `${id}-${number}`,
        shop: code,
        channel: 'tmall',
        sent_at: new Date(at).toISOString(),
        sender,
        sender_id: sender === 'customer' ? `buyer-${n % 50}` : `${code}:01`,
        text: sender === 'customer' ? '在吗？这个什么时候发货' : '亲，今天发出哦',
        service_type: 'after_sale',
      };
      await this.#webhook(code, line);
    };
    const askedAt = Date.now();
    const asked = say(1, 'customer', askedAt);
    const answeredAt = waitMs === undefined ? undefined : askedAt + waitMs;
    if (answeredAt !== undefined) {
      await sleep(Math.max(0, answeredAt - Date.now())); // the reply is sent when it is said, whatever became of the question's own call
      await say(2, 'agent', answeredAt);
    }
    await asked;
    this.#taken.converse({ firstMessage: `${id}-1`, askedAt, answeredAt });
  }

  async #webhook(code: string, line: TranscriptLine): Promise<void> {
    const body = JSON.stringify([line]);
    // A refusal is kept under its key for good; a service whose clock stood wrong is asked again under another.
    for (let attempt = 0; ; attempt += 1) {
      const key = this.#key();
      const headers = (): Record<string, string> => {
        const timestamp = Date.now();
        const signature = createHmac('sha256', this.#secrets.get(code) ?? '')
          .update(`${timestamp}.${body}`)
          .digest('hex');
        return { 'x-deskfleet-timestamp': String(timestamp), 'x-deskfleet-signature': signature, 'content-type': 'application/json' };
      };
      try {
        await this.#portal.post(`/channels/${code}/messages`, { key, body, headers });
        return this.#taken.accept('conversations', `webhook:${this.#shopIds.get(code)}:${key}`, { MessageReceived: 1 }, [line]);
      } catch (error) {
        if (!(error instanceof Refused && error.status === 422 && /sent_at/.test(error.message)) || attempt > 100) throw error;
        await sleep(1_000);
      }
    }
  }

  async #smallWork(): Promise<void> {
    const luck = this.#random.below(10);
    if (luck < 2) return this.#hire();
    if (luck < 4) return this.#sign(`${this.#name}-shop-${++this.#count}`);
    if (luck < 5) return void (await this.#command('portal', '/invitations', { name: '财务', role: 'finance' }, { UserInvited: 1 }));
    const { code, accounts } = FILE_SHOPS[this.#random.below(FILE_SHOPS.length)] ?? shop('', '');
    const mapping = {
      shopId: this.#shopIds.get(code),
      account: accounts[this.#random.below(accounts.length)],
      party: 'agent',
      agentId: this.#agents[this.#random.below(this.#agents.length)],
      fromAt: 0,
      toAt: 0,
    };
    const key = this.#key();
    const { mapped } = await this.#portal.post('/accounts', { key, body: { mappings: [mapping] } });
    this.#taken.accept('agent-pools', key, { AccountMapped: Number(mapped) });
  }

  /** A sample, and two of its conversations scored. */
  async #inspect(): Promise<void> {
    if (this.#random.below(4) === 0) {
      const { code } = FILE_SHOPS[this.#random.below(FILE_SHOPS.length)] ?? shop('', '');
      const body = { shopIds: [this.#shopIds.get(code)], range: SAMPLES_RANGE, ratioBp: 500, seed: this.#random.uint32(), everyAgent: true };
      const key = this.#key();
      if (await this.#drew({ key, body })) this.#taken.accept('qa-inspection', key, { SampleDrawn: 1 });
    }
    const cookie = this.#inspector;
    const { assignmentId } = await this.#portal.post('/assignments/next', { key: this.#key(), body: {}, cookie });
    if (typeof assignmentId !== 'string' || assignmentId === '') return;
    const { items } = (await this.#portal.get('/scorecard')) as { items: { key: string }[] };
    const key = this.#key();
    await this.#portal.post(`/assignments/${assignmentId}/score`, {
      key,
      cookie,
      body: { scorecardVersion: 1, items: items.map((item) => ({ itemKey: item.key, grade: 'pass' })) },
    });
    this.#taken.accept('qa-inspection', key, { InspectionScored: 1 });
  }

  /** False where nothing has come yet to draw from: the broker may be away. */
  async #drew(call: Call): Promise<boolean> {
    try {
      await this.#portal.post('/samples', call);
      return true;
    } catch (error) {
      if (error instanceof Refused && error.message.includes('frame-empty')) return false;
      throw error;
    }
  }

  async #repeat(work: () => Promise<void>, everyMs: number): Promise<void> {
    while (!this.#stopping) {
      await work().catch((error: unknown) => void this.#errors.push(String(error)));
      await sleep(everyMs);
    }
  }

  /** Waits until everything that has arrived is applied everywhere; throws what holds it when that takes too long. */
  async settle(withinMs = PATIENCE_MS): Promise<void> {
    const endsAt = performance.now() + withinMs;
    for (;;) {
      const { settled, held } = await this.#portal.post('/settle', { key: this.#key(), body: { withinMs: SETTLE_MS } });
      if (settled === true) return;
      if (performance.now() > endsAt) throw new Error(`not settled within ${withinMs / 1_000} s: ${JSON.stringify(held)}`);
    }
  }

  async #command(service: ServiceName, path: string, body: object, events: Accepted['events']): Promise<Json> {
    const key = this.#key();
    const answer = await this.#portal.post(path, { key, body });
    this.#taken.accept(service, key, events);
    return answer;
  }

  #key(): string {
    return `${this.#name}-${++this.#count}`;
  }
}

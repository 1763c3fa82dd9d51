// Two shops of two clients with one vendor, and a second vendor beside it: what there is to be seen of shop B, made through the portal as people
// make it, so that a test can ask for each of its things as somebody else.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type StartedInstallation, startInstallation } from '../installation.ts';

export type Json = Record<string, unknown>;
type Ids = Readonly<Record<string, string>>;

/** The month in which everything happened. */
export const MONTH = '2020-03';

export class TwoShops {
  readonly installation: StartedInstallation;
  /** Tokens: operations of the vendor, and of the other vendor. */
  readonly operator: string;
  readonly otherVendor: string;
  /** Tokens of the users who speak for the shops' clients. */
  clientA = '';
  clientB = '';
  /** Ids of things of shop B, by the names that the routes give them. */
  idsOfB: Ids = {};
  /** The same for a second shop of that client, which is on trial under a contract that was drafted, signed and paid for here. */
  onTrialOfB: Ids = {};

  private constructor(installation: StartedInstallation) {
    this.installation = installation;
    this.operator = readFileSync(join(installation.dataDir, 'operator-token'), 'utf8');
    this.otherVendor = readFileSync(join(installation.dataDir, 'operator-token.vendor-2'), 'utf8');
  }

  static async start(): Promise<TwoShops> {
    process.env['DESKFLEET_VENDORS'] = '[{"id":"vendor-1","name":"One"},{"id":"vendor-2","name":"Two"}]';
    const two = new TwoShops(await startInstallation({ bus: 'feed' }));
    const file = join(two.installation.dataDir, 'two-shops.ndjson');
    writeFileSync(file, ['A', 'B'].flatMap((shop) => [1, 2, 3].flatMap((n) => conversation(shop, n))).join('\n'));
    await two.#command('import', 'transcripts', file, '--create-shops', '--json');
    await two.#command('invoices', 'close', '--through', MONTH, '--json');
    two.clientA = await two.#invited({ name: 'Owner of A', role: 'client', clientId: (await two.shopOf('A'))['clientId'] });
    two.clientB = await two.#invited({ name: 'Owner of B', role: 'client', clientId: (await two.shopOf('B'))['clientId'], mayAgree: true });
    two.idsOfB = await two.#thingsOfB();
    two.onTrialOfB = { ...two.idsOfB, ...(await two.#onTrial(two.idsOfB)) };
    return two;
  }

  async remove(): Promise<void> {
    delete process.env['DESKFLEET_VENDORS'];
    await this.installation.remove();
  }

  async ask(path: string, token: string, method = 'get', body: object = {}): Promise<Response> {
    return fetch(`${this.installation.url}/api/v1${path}`, {
      method: method.toUpperCase(),
      headers: { ...(token === '' ? {} : { authorization: `Bearer ${token}` }), ...(method === 'post' ? { 'content-type': 'application/json' } : {}) },
      ...(method === 'post' ? { body: JSON.stringify(body) } : {}),
    });
  }

  /** Asks for what must succeed; by the vendor's operations unless said otherwise. */
  async json(path: string, token = this.operator, method = 'get', body: object = {}): Promise<Json> {
    const response = await this.ask(path, token, method, body);
    const answer = (await response.json()) as Json;
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }

  async shopOf(code: string): Promise<Json> {
    const shop = ((await this.json('/shops'))['shops'] as Json[]).find((each) => each['code'] === code);
    if (shop === undefined) throw new Error(`no shop ${code}`);
    return shop;
  }

  async #command(...words: readonly string[]): Promise<void> {
    const { code, stdout } = await this.installation.deskfleet(...words);
    if (code !== 0) throw new Error(`deskfleet ${words.join(' ')} ended with ${code}: ${stdout}`);
  }

  async #send(path: string, body: object = {}, token = this.operator): Promise<Json> {
    return this.json(path, token, 'post', body);
  }

  async #settled(): Promise<void> {
    await this.#send('/settle');
  }

  async #first(path: string, list: string): Promise<Json> {
    const found = ((await this.json(path))[list] as Json[])[0];
    if (found === undefined) throw new Error(`${path} has no ${list}`);
    return found;
  }

  /** Invites someone, accepts for them, and answers a bearer token of theirs. */
  async #invited(invitation: object): Promise<string> {
    const { link } = await this.#send('/invitations', invitation);
    const token = String(link).split('/').at(-1) ?? '';
    const accepted = await this.ask('/invitations/accept', '', 'post', { token, login: token.slice(3, 20), password: 'correct horse' });
    const cookie = accepted.headers
      .getSetCookie()
      .map((line) => line.split(';', 1)[0])
      .join('; ');
    const issued = await fetch(`${this.installation.url}/api/v1/tokens`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: '{"days":1}',
    });
    return String(((await issued.json()) as Json)['token']);
  }

  async #thingsOfB(): Promise<Ids> {
    const { shopId, clientId, contractId } = await this.shopOf('B');
    const inspector = await this.#invited({ name: 'Inspector', role: 'qa-inspector' });
    const range = { from: '2020-03-01', to: '2020-03-31' };
    const { sampleId } = await this.#send('/samples', { shopIds: [shopId], range, ratioBp: 10_000, seed: 1 });
    const { assignmentId } = await this.#send('/assignments/next', { sampleId }, inspector);
    const scorecard = await this.json('/scorecard', inspector);
    const items = (scorecard['items'] as Json[]).map(({ key }) => ({ itemKey: key, grade: 'pass' }));
    await this.#send(`/assignments/${String(assignmentId)}/score`, { scorecardVersion: scorecard['version'], items }, inspector);
    await this.#settled();
    const { agentId } = await this.#send('/agents', { name: 'Agent of B', skills: ['pre-sale'], maxLoad: 5 });
    const { holdId } = await this.#send('/legal-holds', { shopId, reason: 'a test' });
    await this.#send(`/legal-holds/${String(holdId)}/release`, { reason: 'a test' });
    await this.#send('/erasures', { shopId, buyerId: 'B:customer-1', reason: 'a test' });
    const together = await this.#livedTogether(String(shopId), String(contractId), String(agentId));
    const breach = await this.#first(`/breaches?shopIds=${String(shopId)}`, 'breaches');
    const event = await this.#first(`/system/events?service=conversations&shopId=${String(shopId)}`, 'events');
    const { webhookId } = await this.#send('/webhooks', { url: 'http://127.0.0.1:9/nowhere' });
    return strings({
      shopId,
      clientId,
      contractId,
      agentId,
      sampleId,
      assignmentId,
      ...together,
      clauseKey: (breach['clause'] as Json)['key'],
      breachId: breach['breachId'],
      conversationId: (await this.#first(`/conversations?shopIds=${String(shopId)}`, 'conversations'))['conversationId'],
      number: (await this.#first(`/invoices?shopIds=${String(shopId)}`, 'invoices'))['number'],
      setId: (await this.#send('/shop-sets', { name: 'B', shopIds: [shopId] }))['setId'],
      holdId,
      erasureId: (await this.#first('/erasures', 'erasures'))['erasureId'],
      importId: (await this.#first('/imports', 'imports'))['importId'],
      membershipId: (await this.#first('/members', 'members'))['membershipId'],
      fileId: await this.#stored(String(shopId)),
      webhookId,
      lineKey: 'usage.conversation',
      date: '2020-03-01',
      firstLine: '1',
      source: event['source'],
      position: event['position'],
      // Nothing stands still here, and what a service is named and keeps is nobody's own.
      heldId: 'held-nowhere',
      service: 'billing',
      name: 'invoices',
    });
  }

  async #stored(shopId: string): Promise<unknown> {
    const stored = await fetch(`${this.installation.url}/api/v1/files?name=a.txt&shopIds=${shopId}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.operator}`, 'content-type': 'text/plain' },
      body: 'of shop B',
    });
    return ((await stored.json()) as Json)['fileId'];
  }

  /** Something of everything that both sides of a contract live together on. */
  async #livedTogether(shopId: string, contractId: string, agentId: string): Promise<Json> {
    const consent = { evidence: 'a test' };
    const contract = `/contracts/${contractId}`;
    const { questionId } = await this.#send(`/shops/${shopId}/questions`, { text: 'a question' });
    await this.#send(`/questions/${String(questionId)}/answer`, { text: 'an answer', consent });
    const check = { checkedOn: '2020-03-01', inspector: 'Owner of B', consent, weaknesses: [{ text: 'slow', judged: 'process' }] };
    const { weaknessKeys } = await this.#send(`${contract}/supervision`, check);
    const { suggestionId } = await this.#send(`${contract}/suggestions`, { text: 'a suggestion' });
    const actions = [{ text: 'an action', owner: 'vendor', dueOn: '2020-03-02' }];
    const { meetingId } = await this.#send(`${contract}/meetings`, { heldOn: '2020-03-01', levels: ['manager'], topics: 'a talk', actions });
    await this.#send('/shifts', { shifts: [{ agentId, shopIds: [shopId], fromAt: 1_600_000_000_000, toAt: 1_600_003_600_000 }] });
    await this.#settled();
    const { shiftId } = await this.#first('/shifts?fromAt=1600000000000&toAt=1600003600000', 'shifts');
    return { questionId, weaknessKey: (weaknessKeys as string[])[0], suggestionId, meetingId, actionKey: 'a-1', shiftId };
  }

  /** From a lead to a trial, as both sides go. */
  async #onTrial({ clientId, agentId }: Ids): Promise<Ids> {
    const { leadId } = await this.#send('/leads', { clientId, source: 'online' });
    const lead = `/leads/${String(leadId)}`;
    const profile = { code: 'B2', name: 'B2', platform: 'tmall', category: 'any', agentHeadcount: 1, averageInquiries: 10, campaigns: 'none' };
    const { shopId } = await this.#send(`${lead}/profiles`, { profile });
    await this.#send(`${lead}/plan`, { coverage: 'together', engagement: 'long' });
    const steps = [{ key: 'agents', quantity: '1', unitPrice: '100', rule: 'a test' }];
    const deposit = { currency: 'CNY', amount: '10.00' };
    const { quoteId } = await this.#send(`${lead}/quotes`, { currency: 'CNY', steps, deposit, trialDays: 15, agents: 1, validUntil: '2099-12-31' });
    await this.#settled();
    await this.#send(`/quotes/${String(quoteId)}/accept`, {}, this.clientB);

    const { contractId } = await this.#send('/contract-drafts', { leadId });
    await this.#settled();
    const draft = `/contract-drafts/${String(contractId)}`;
    const { terms, revision } = await this.json(draft);
    const revised = { shopIds: [shopId], terms: { ...(terms as Json), ...AGREED }, revision };
    await this.#send(`${draft}/revise`, revised);
    await this.#settled();
    const { textHash } = await this.#send(`${draft}/offer`, { vendorName: 'One', revision: (await this.json(draft))['revision'] });
    await this.#send(`${draft}/sign`, { textHash, party: 'vendor' });
    await this.#send(`${draft}/sign`, { textHash, party: 'client' }, this.clientB);
    await this.#settled();

    const contract = `/contracts/${String(contractId)}`;
    await this.#send(`/deposits/${String(contractId)}/receipts`, { receiptId: 'R-1', amount: deposit, receivedOn: today(), reference: 'R-1' });
    const results = [{ agentId, scoreBp: 9_500, passed: true }];
    let training: unknown;
    for (const kind of ['product', 'shop']) {
      const { trainingId } = await this.#send(`${contract}/trainings`, { kind, topic: kind, givenBy: 'client', plannedOn: today(), agentIds: [agentId] });
      await this.#send(`${contract}/trainings/${String(trainingId)}/record`, { heldOn: today(), minutes: 60, results });
      await this.#send(`${contract}/trainings/${String(trainingId)}/confirm`, {}, this.clientB);
      training = trainingId;
    }
    const { information, batches } = await this.json(`${contract}/launch`);
    for (const { itemKey } of information as Json[]) await this.#send(`${contract}/information/${String(itemKey)}`, { content: 'a secret of B' }, this.clientB);
    await this.#settled();
    const batchKey = String((batches as Json[])[0]?.['batchKey']);
    await this.#send(`${contract}/batches/${batchKey}/go-live`);
    await this.#settled();
    const [item] = information as Json[];
    return strings({
      leadId,
      quoteId,
      shopId,
      contractId,
      subjectId: contractId,
      trainingId: training,
      itemKey: item?.['itemKey'],
      batchKey,
      key: NOTHING_TO_HAND_BACK,
    });
  }
}

/** The key of a thing handed back: there is none before service has ended. */
const NOTHING_TO_HAND_BACK = 'none';

/** What the contract on trial says besides what its quote gave it. */
const AGREED = {
  zone: 'Asia/Shanghai',
  serviceWindows: [{ weekdays: [], from: '00:00', to: '24:00', holidays: 'unspecified' }],
  endsOn: '',
  scope: ['pre-sale', 'after-sale'],
  usage: { unit: 'conversation', exclusions: ['none'], unitPrice: '0.60', included: 0 },
  clauses: [
    {
      ...{ key: 'first-response', metric: 'first-response', metricVersion: 1, allowanceMs: 3_600_000, targetBp: 9_000 },
      ...{ clock: 'service-hours', begunWithin: [], pooled: false },
    },
  ],
  trainingSupport: ['product', 'shop'],
  qualityStandard: 'as agreed',
  assessmentMethod: 'as agreed',
  serviceProcess: 'as agreed',
  noticeDays: 30,
  paymentDays: 10,
  effectiveOn: today(),
};

function today(): string {
  return Temporal.Now.plainDateISO('Asia/Shanghai').toString();
}

/** A question answered three hours later: counted, billed, and a breach of the standard terms' hour. */
function conversation(shop: string, n: number): string[] {
  const line = (m: number, sender: string, at: string) =>
    JSON.stringify({
      conversation_id: `${shop}${n}`,
      message_id: `${shop}${n}-${m}`,
      shop,
      channel: 'tmall',
      sent_at: at,
      sender,
      sender_id: `${shop}:${sender}-${n}`,
      text: `${sender} ${n}`,
    });
  return [line(1, 'customer', `2020-03-0${n}T10:00:00+08:00`), line(2, 'agent', `2020-03-0${n}T13:00:00+08:00`)];
}

function strings(values: Json): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

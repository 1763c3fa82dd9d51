// The way of a shop from a lead to its trial, as three people walk it in three browsers: each acts in their own, as themselves, and sees the outcome there.
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { type Person, signIn } from './readers.ts';

type Json = Record<string, unknown>;
export interface Answer {
  readonly status: number;
  readonly body: Json;
}

/** Days in the contract's zone, counted from today. */
export const day = (offset: number): string => Temporal.Now.plainDateISO('Asia/Shanghai').add({ days: offset }).toString();

/** What a person sends from the page they are on: their own session, their own rights. */
export async function send(page: Page, path: string, body?: Json): Promise<Answer> {
  return page.evaluate(
    async ([address, content]) => {
      const init = content === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(content) };
      const answer = await fetch(`/api/v1${address}`, init);
      return { status: answer.status, body: await answer.json() };
    },
    [path, body] as const,
  );
}

/** The same, where it must be taken. */
export async function done(page: Page, path: string, body?: Json): Promise<Json> {
  const answer = await send(page, path, body);
  expect(answer, path).toMatchObject({ status: 200 });
  return answer.body;
}

/** Everything that has arrived is applied everywhere. */
export const applied = (operations: Page): Promise<unknown> => done(operations, '/settle', { withinMs: 55_000 });

export interface Way {
  readonly operations: Page;
  readonly finance: Page;
  readonly client: Page;
  readonly leadId: string;
  readonly shopId: string;
  readonly shopName: string;
  readonly contractId: string;
  close(): Promise<void>;
}

/** What the contract says besides what the quote gave it. */
const agreed = {
  zone: 'Asia/Shanghai',
  serviceWindows: [{ weekdays: [], from: '00:00', to: '24:00', holidays: 'unspecified' }],
  endsOn: '',
  scope: ['pre-sale', 'after-sale'],
  usage: { unit: 'conversation', exclusions: ['none'], unitPrice: '0.60', included: 0 },
  clauses: [
    {
      key: 'first-response',
      metric: 'first-response',
      metricVersion: 1,
      allowanceMs: 3_600_000,
      targetBp: 9_000,
      clock: 'service-hours',
      begunWithin: [],
      pooled: false,
    },
  ],
  trainingSupport: ['product', 'shop'],
  qualityStandard: '不承诺合同外赔付。',
  assessmentMethod: '每周抽检 50 段会话',
  serviceProcess: '接待、记录、跟进',
  noticeDays: 30,
  paymentDays: 10,
};

/** From a lead to a live shop on trial: each step by whoever's turn it is; what is out of turn is refused on the way. */
export async function untilLive(
  browser: Browser,
  url: string,
  shop: { readonly code: string; readonly name: string; readonly clientName: string },
): Promise<Way> {
  const opened = new Map<Person, Awaited<ReturnType<typeof signIn>>>();
  const open = async (person: Person): Promise<Page> => {
    const signedIn = await signIn(browser, url, person);
    opened.set(person, signedIn);
    return signedIn.page;
  };
  const [operations, finance] = [await open('operations'), await open('finance')];

  const { leadId, clientId } = await done(operations, '/leads', { source: 'online', clientName: shop.clientName, contact: '店主，13800000000' });
  const profile = { ...shop, platform: 'tmall', category: '母婴', agentHeadcount: 2, averageInquiries: 300, campaigns: 'monthly' };
  const { clientName: _clientName, ...ofShop } = profile;
  const { shopId } = await done(operations, `/leads/${String(leadId)}/profiles`, { profile: ofShop });
  await done(operations, `/leads/${String(leadId)}/plan`, { coverage: 'together', engagement: 'long' });
  await done(operations, `/leads/${String(leadId)}/quotes`, {
    currency: 'CNY',
    steps: [{ key: 'agents', quantity: '1', unitPrice: '5000', rule: '1 agent' }],
    deposit: { currency: 'CNY', amount: '6000.00' },
    trialDays: 15,
    agents: 1,
    validUntil: day(10),
  });
  await done(operations, '/invitations', { name: '店主', role: 'client', clientId, subject: 'client', mayAgree: true });
  await applied(operations);
  const client = await open('client');
  await acceptQuoteInPlace(client);

  const contractId = await signBoth(operations, client, String(leadId), String(shopId));
  await payDeposit(operations, finance, client, contractId);
  await train(operations, client, contractId);
  await handOver(client, contractId);
  await applied(operations);
  await done(operations, `/contracts/${contractId}/batches/all/go-live`, {});
  await applied(operations);
  return {
    ...{ operations, finance, client, leadId: String(leadId), shopId: String(shopId), shopName: shop.name, contractId },
    async close() {
      for (const { context } of opened.values()) await context.close();
    },
  };
}

/** The client finds the quote among what waits for them, and accepts it there. */
async function acceptQuoteInPlace(client: Page): Promise<void> {
  await client.goto('/tasks');
  await client.getByRole('button', { name: 'Accept this quote' }).click();
  await client.getByText('Nothing waits for you.').waitFor();
}

async function signBoth(operations: Page, client: Page, leadId: string, shopId: string): Promise<string> {
  const { contractId } = await done(operations, '/contract-drafts', { leadId });
  const draft = `/contract-drafts/${String(contractId)}`;
  await applied(operations);
  const { terms, revision } = await done(operations, draft);
  await done(operations, `${draft}/revise`, { shopIds: [shopId], terms: { ...(terms as Json), ...agreed, effectiveOn: day(0) }, revision });
  await applied(operations);
  const { revision: last } = await done(operations, draft);
  const { textHash } = await done(operations, `${draft}/offer`, { vendorName: 'Deskfleet', revision: last });
  expect((await send(client, `${draft}/sign`, { textHash: '0'.repeat(64), party: 'client' })).status).toBe(409); // not the text that is offered
  await done(operations, `${draft}/sign`, { textHash, party: 'vendor' });
  expect((await done(client, `${draft}/sign`, { textHash, party: 'client' }))['signedByBoth']).toBe(true);
  await applied(operations);
  return String(contractId);
}

/** Finance confirms the deposit in two parts; a cent short it is not there (BR-005). */
async function payDeposit(operations: Page, finance: Page, client: Page, contractId: string): Promise<void> {
  const receipt = (receiptId: string, amount: string) =>
    done(finance, `/deposits/${contractId}/receipts`, { receiptId, amount: { currency: 'CNY', amount }, receivedOn: day(0), reference: receiptId });
  expect((await send(client, `/deposits/${contractId}/receipts`, {})).status).toBe(404);
  await receipt('R-1', '5999.99');
  await applied(operations);
  const tooEarly = await send(operations, `/contracts/${contractId}/batches/all/go-live`, {});
  expect(tooEarly).toMatchObject({ status: 409, body: { code: 'not-ready' } });
  expect(JSON.stringify(tooEarly.body['facts'])).toContain('deposit-missing');
  await receipt('R-2', '0.01');
  await applied(operations);
}

/** Product and shop training, told by the vendor and confirmed by the client (BR-211). */
async function train(operations: Page, client: Page, contractId: string): Promise<void> {
  const { agentId } = await done(operations, '/agents', { name: '小禾', skills: ['pre-sale', 'after-sale'], maxLoad: 5 });
  await applied(operations);
  for (const kind of ['product', 'shop']) {
    const trainings = `/contracts/${contractId}/trainings`;
    const { trainingId } = await done(operations, trainings, { kind, topic: `${kind} training`, givenBy: 'client', plannedOn: day(0), agentIds: [agentId] });
    const results = [{ agentId, scoreBp: 9_500, passed: true }];
    await done(operations, `${trainings}/${String(trainingId)}/record`, { heldOn: day(0), minutes: 60, results });
    await done(client, `${trainings}/${String(trainingId)}/confirm`, {});
  }
  await applied(operations);
}

/** The client hands over everything on the information list that is asked for (BR-209). */
async function handOver(client: Page, contractId: string): Promise<void> {
  const { information } = await done(client, `/contracts/${contractId}/launch`);
  for (const { itemKey, required } of information as Json[]) {
    if (required === true) await done(client, `/contracts/${contractId}/information/${String(itemKey)}`, { content: `${String(itemKey)}：按店铺规定` });
  }
}

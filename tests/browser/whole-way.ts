// The way of a shop from a lead to its trial, as three people walk it in three browsers: each acts as themselves, on their screens until the shop's
// agents are trained, and what is out of turn is refused on the way.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { type Hands, mouse } from './hands.ts';
import { keepPicture, newContext, screen, settled, signIn } from './readers.ts';

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

/** Opens a page when everything that was done has arrived there. */
export async function look(way: { readonly operations: Page }, page: Page, path: string): Promise<void> {
  await applied(way.operations);
  await page.goto(path);
  await settled(page);
}

export interface Way {
  readonly operations: Page;
  readonly finance: Page;
  readonly client: Page;
  readonly shopName: string;
  readonly contractId: string;
  close(): Promise<void>;
}

export interface NewShop {
  readonly code: string;
  readonly name: string;
  readonly clientName: string;
}

const named = (page: Page, role: 'button' | 'textbox' | 'combobox' | 'checkbox' | 'link', name: string | RegExp) =>
  page.getByRole(role, { name, ...(typeof name === 'string' ? { exact: true } : {}) });

/** The panel with that title: fields of one name may stand in several. */
const panel = (page: Page, title: string) => page.locator('section.panel').filter({ has: page.getByRole('heading', { name: title, exact: true }) });

/** No violation of accessibility by day or by night. */
async function inBothLights(page: Page, hands: Hands): Promise<void> {
  await screen(page);
  await hands.press(named(page, 'button', 'Dark'));
  await named(page, 'button', 'Light').waitFor();
  await screen(page);
  await hands.press(named(page, 'button', 'Light'));
  await named(page, 'button', 'Dark').waitFor();
}

/** From a lead to two signatures, by mouse or by keyboard alone. */
export async function untilSigned(browser: Browser, url: string, shop: NewShop, hands: Hands): Promise<Way> {
  const contexts: BrowserContext[] = [];
  const open = async (person: 'operations' | 'finance'): Promise<Page> => {
    const { page, context } = await signIn(browser, url, person);
    contexts.push(context);
    return page;
  };
  const [operations, finance] = [await open('operations'), await open('finance')];
  const invited = await newContext(browser, url, 'en-GB');
  contexts.push(invited);
  const client = await invited.newPage();

  const close = async (): Promise<void> => {
    for (const context of contexts) await context.close();
  };
  try {
    await registerLead(operations, shop, hands);
    await quote(operations, hands);
    await acceptInvitation(client, await invitationLink(operations, hands), hands);
    await acceptQuote(operations, client, hands);
    const contractId = await draftContract(operations, hands);
    await signBoth(operations, client, contractId, hands);
    return { operations, finance, client, shopName: shop.name, contractId, close };
  } catch (failure) {
    await keepPicture(operations, 'operations');
    await keepPicture(client, 'client');
    await close();
    throw failure;
  }
}

async function registerLead(operations: Page, shop: NewShop, hands: Hands): Promise<void> {
  await operations.goto('/leads');
  await settled(operations);
  if (hands !== mouse) await inBothLights(operations, hands);
  await hands.fill(named(operations, 'textbox', "Client's name"), shop.clientName);
  await hands.fill(named(operations, 'textbox', 'Contact'), '店主，13800000000');
  await hands.press(named(operations, 'button', 'Register'));
  await operations.waitForURL(/\/leads\/.+/);

  const profile = panel(operations, "The shops' profiles");
  const field = (name: string) => profile.getByRole('textbox', { name, exact: true });
  await hands.fill(field('Shop code'), shop.code);
  await hands.fill(field('Shop name'), shop.name);
  await hands.fill(field('Category'), '母婴');
  await hands.fill(field('Own agents today'), '1');
  await hands.fill(field('Inquiries a day'), '300');
  await hands.choose(profile.getByRole('combobox', { name: 'Campaigns', exact: true }), 'none');
  await hands.press(named(operations, 'button', 'Record the profile'));
  await named(operations, 'button', `Change ${shop.name}`).waitFor();
  await hands.press(named(operations, 'button', 'Propose the plan'));
  await operations.getByText('pre-sale and after-sale together · long-term').first().waitFor();
}

/** One agent for 5,000 a month and 0.60 a conversation: each step's amount stands beside its price. */
async function quote(operations: Page, hands: Hands): Promise<void> {
  const form = panel(operations, 'Issue a quote');
  const prices = form.getByRole('textbox', { name: 'Unit price (CNY)', exact: true });
  await prices.nth(1).waitFor();
  await hands.fill(prices.nth(0), '5000');
  await hands.fill(prices.nth(1), '0.60');
  await hands.fill(form.getByRole('textbox', { name: 'Deposit (CNY)', exact: true }), '6000.00');
  await hands.fill(form.getByLabel('Valid until', { exact: true }), day(10));
  if (hands !== mouse) await inBothLights(operations, hands);
  await hands.press(named(operations, 'button', 'Issue the quote'));
  await operations.getByRole('heading', { name: 'Version 1', exact: true }).waitFor();
}

async function invitationLink(operations: Page, hands: Hands): Promise<string> {
  await hands.fill(named(operations, 'textbox', "Name of the client's person"), '店主');
  await hands.press(named(operations, 'button', 'Make the link'));
  return operations.locator('.once code').innerText();
}

/** The link opens the quote, once the client's person has chosen how to sign in. */
async function acceptInvitation(client: Page, link: string, hands: Hands): Promise<void> {
  await client.goto(link);
  await settled(client);
  await hands.fill(client.getByLabel('Sign-in name', { exact: true }), 'owner');
  await hands.fill(client.getByLabel('Password', { exact: true }), 'a long enough one');
  await hands.press(named(client, 'button', 'Accept and sign in'));
  // The provider asks who it is, as at every later sign-in.
  await hands.fill(client.locator('input[name="login"]'), 'owner');
  await hands.fill(client.locator('input[name="password"]'), 'a long enough one');
  await hands.press(client.getByRole('button'));
  await client.getByRole('heading', { level: 1, name: 'Quote, version 1' }).waitFor();
}

/** By keyboard on the quote's own page; else in the to-do list, on a phone. */
async function acceptQuote(operations: Page, client: Page, hands: Hands): Promise<void> {
  if (hands === mouse) {
    await client.setViewportSize({ width: 390, height: 844 });
    await look({ operations }, client, '/tasks');
    await screen(client);
  } else await inBothLights(client, hands);
  await hands.press(named(client, 'button', 'Accept the quote'));
  await (hands === mouse ? client.getByText('Nothing waits for you.') : client.getByText(/accepted by the client at/)).first().waitFor();
}

/** What the contract says besides what the quote gave it; what is missing is named until nothing is. */
async function draftContract(operations: Page, hands: Hands): Promise<string> {
  await applied(operations);
  await operations.reload();
  await hands.press(named(operations, 'button', 'Draft the contract'));
  await operations.waitForURL(/\/contracts\/[^/]+\/terms/);
  await operations.getByText(/^The contract can't be signed yet; \d+ things:$/).waitFor();
  const fill = (title: string, name: string, text: string) => hands.fill(panel(operations, title).getByLabel(name, { exact: true }), text);
  await fill('Term and scope', 'Effective on', day(0));
  await hands.press(named(operations, 'button', 'Add a window'));
  await fill('Service hours', 'From', '00:00');
  await fill('Service hours', 'To', '24:00');
  for (const [name, text] of [
    ['Trainings the client gives', 'product\nshop'],
    ['Quality', '不承诺合同外赔付。'],
    ['Assessment', '每周抽检 50 段会话'],
    ['Process', '接待、记录、跟进'],
  ] as const)
    await fill('People and quality', name, text);
  await hands.press(named(operations, 'button', 'Add a promise'));
  await fill('Promises', 'Within (seconds)', '3600');
  await fill('Promises', 'Clause key', 'first-response');
  await fill('Payment and end', 'Days to pay an invoice in', '10');
  await fill('Payment and end', 'Days of notice', '30');
  await operations.getByText('The terms are complete and may go out for signature.').waitFor();
  if (hands !== mouse) await inBothLights(operations, hands);
  await hands.press(named(operations, 'button', 'Save the draft'));
  await operations.getByText('Saved.').waitFor();
  await hands.press(named(operations, 'button', 'Put it out for signature'));
  await operations.waitForURL(/\/sign/);
  return /contracts\/([^/]+)\//.exec(operations.url())?.[1] ?? '';
}

async function signBoth(operations: Page, client: Page, contractId: string, hands: Hands): Promise<void> {
  const otherText = { textHash: '0'.repeat(64), party: 'client' };
  expect((await send(client, `/contract-drafts/${contractId}/sign`, otherText)).status).toBe(409); // not the text that is offered
  await hands.tick(named(operations, 'checkbox', 'I have read the whole text'));
  await hands.press(named(operations, 'button', 'Sign as the vendor'));
  await operations.getByText(/signed at \d/).waitFor();
  await look({ operations }, client, hands === mouse ? '/tasks' : `/contracts/${contractId}/sign`);
  if (hands === mouse) await client.getByText('The whole contract').click();
  else await inBothLights(client, hands);
  await client.getByText(/[0-9a-f]{64}/).waitFor();
  await hands.tick(named(client, 'checkbox', 'I have read the whole text'));
  await hands.press(named(client, 'button', 'Sign as the client'));
  await look({ operations }, operations, `/contracts/${contractId}/sign`);
  await operations.getByText('Both sides have signed; the contract stands.').waitFor();
}

/** From two signatures to a shop that is live and on trial. */
export async function untilLive(way: Way): Promise<void> {
  await payDeposit(way);
  await train(way);
  await handOver(way);
  await applied(way.operations);
  await done(way.operations, `/contracts/${way.contractId}/batches/all/go-live`, {});
  await applied(way.operations);
}

/** Finance confirms the deposit in two parts; a cent short it is not there (BR-005). */
async function payDeposit(way: Way): Promise<void> {
  const { operations, finance, client, contractId } = way;
  expect((await send(client, `/deposits/${contractId}/receipts`, {})).status).toBe(404);
  await look(way, finance, `/deposits/${contractId}`);
  const amountField = named(finance, 'textbox', 'Amount (CNY)');
  const receipt = async (number: string, amount: string) => {
    await named(finance, 'textbox', 'Receipt number').fill(number);
    await amountField.fill(amount);
    await named(finance, 'button', 'Confirm receipt').click();
  };
  await receipt('R-1', '5999.99');
  await expect.poll(() => amountField.inputValue(), { timeout: 20_000 }).toBe('0.01'); // what is still missing
  await look(way, operations, `/contracts/${contractId}/onboarding`);
  await named(operations, 'button', 'Go live').click();
  await operations.getByRole('alert').first().waitFor();
  expect(await operations.getByRole('main').innerText()).toContain('CNY 0.01 of CNY 6,000.00 missing');
  await look(way, finance, `/deposits/${contractId}`);
  await receipt('R-2', '0.01');
  await expect.poll(async () => (await done(finance, `/deposits/${contractId}`))['status'], { timeout: 20_000 }).toBe('held');
}

/** Product and shop training, told by the vendor and confirmed by the client (BR-211). */
async function train(way: Way): Promise<void> {
  const { operations, client, contractId } = way;
  await done(operations, '/agents', { name: '小禾', skills: ['pre-sale', 'after-sale'], maxLoad: 5 });
  await look(way, operations, `/contracts/${contractId}/onboarding`);
  for (const kind of ['Product training', 'Shop training']) {
    await named(operations, 'button', 'Plan a training').click();
    const plan = operations.getByRole('form', { name: 'Plan a training' });
    await plan.getByLabel('Kind', { exact: true }).selectOption({ label: kind });
    await plan.getByLabel('Topic', { exact: true }).fill(`${kind} of the season`);
    await mouse.fill(plan.getByLabel('Planned for', { exact: true }), day(0));
    await plan.getByRole('checkbox', { name: '小禾' }).check();
    await plan.getByRole('button', { name: 'Plan a training' }).click();
    const item = operations.getByRole('listitem').filter({ hasText: `${kind} · ${kind} of the season` });
    await item.getByRole('button', { name: 'Record the results' }).click();
    const results = item.getByRole('form', { name: 'Record the results' });
    await results.getByLabel('Quiz score of 小禾 (%)').fill('95');
    await results.getByRole('checkbox', { name: '小禾 passed' }).check();
    await results.getByRole('button', { name: 'Record the results' }).click();
    await item.getByText('waits for the other side').waitFor();
  }
  await look(way, client, '/tasks');
  const confirm = named(client, 'button', 'Confirm');
  await expect.poll(() => confirm.count(), { timeout: 20_000 }).toBe(2);
  await confirm.first().click();
  await expect.poll(() => confirm.count(), { timeout: 20_000 }).toBe(1);
  await confirm.click();
  await confirm.waitFor({ state: 'detached' });
}

/** The client hands over everything on the information list that is asked for (BR-209). */
async function handOver({ client, contractId }: Way): Promise<void> {
  const { information } = await done(client, `/contracts/${contractId}/launch`);
  for (const { itemKey, required } of information as Json[]) {
    if (required === true) await done(client, `/contracts/${contractId}/information/${String(itemKey)}`, { content: `${String(itemKey)}：按店铺规定` });
  }
}

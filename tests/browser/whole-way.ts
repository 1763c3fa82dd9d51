// The way of a shop from a lead to two signatures, as three people walk it in three browsers: each acts as themselves on their screens, and what is
// out of turn is refused on the way. launch-way.ts goes on from there.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Days } from './days.ts';
import { type Hands, mouse } from './hands.ts';
import { enter, keepPicture, newContext, screen, settled } from './readers.ts';

type Json = Record<string, unknown>;
export interface Answer {
  readonly status: number;
  readonly body: Json;
}

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
  readonly shop: NewShop;
  readonly contractId: string;
  readonly hands: Hands;
  readonly days: Days;
  close(): Promise<void>;
}

export interface NewShop {
  readonly code: string;
  readonly name: string;
  readonly clientName: string;
  /** How many it has today and is quoted, each for 5,000 a month. */
  readonly agents: number;
  /** Its products, handed over part by part; none = the whole shop at once. */
  readonly batches: readonly { readonly key: string; readonly name: string; readonly products: string; readonly agents: string }[];
}

const CLIENT = { login: 'owner', password: 'a long enough one' };

/** Days later: everyone has signed out meanwhile and signs in again. */
export async function daysLater(way: Way, date: string): Promise<void> {
  await applied(way.operations);
  await way.days.moveTo(date);
  await enter(way.operations, 'operations');
  await enter(way.finance, 'finance');
  await enter(way.client, CLIENT.login, CLIENT.password);
}

export const named = (page: Page, role: 'button' | 'textbox' | 'combobox' | 'checkbox' | 'link', name: string | RegExp) =>
  page.getByRole(role, { name, ...(typeof name === 'string' ? { exact: true } : {}) });

/** The panel with that title: fields of one name may stand in several. */
export const panel = (page: Page, title: string) => page.locator('section.panel').filter({ has: page.getByRole('heading', { name: title, exact: true }) });

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
export async function untilSigned(browser: Browser, url: string, shop: NewShop, hands: Hands, days: Days): Promise<Way> {
  const contexts: BrowserContext[] = [];
  const open = async (): Promise<Page> => {
    const context = await newContext(browser, url, 'en-GB');
    contexts.push(context);
    await days.follow(context);
    return context.newPage();
  };
  const [operations, finance, client] = [await open(), await open(), await open()];

  const close = async (): Promise<void> => {
    for (const context of contexts) await context.close();
  };
  try {
    await enter(operations, 'operations');
    await enter(finance, 'finance');
    await registerLead(operations, shop, hands);
    await quote(operations, hands, days);
    await acceptInvitation(client, await invitationLink(operations, hands), hands);
    await acceptQuote(operations, client, hands);
    const contractId = await draftContract(operations, shop, hands, days);
    await signBoth(operations, client, contractId, hands);
    return { operations, finance, client, shop, contractId, hands, days, close };
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
  await hands.fill(field('Own agents today'), String(shop.agents));
  await hands.fill(field('Inquiries a day'), '300');
  await hands.choose(profile.getByRole('combobox', { name: 'Campaigns', exact: true }), 'none');
  await hands.press(named(operations, 'button', 'Record the profile'));
  await named(operations, 'button', `Change ${shop.name}`).waitFor();
  await hands.press(named(operations, 'button', 'Propose the plan'));
  await operations.getByText('pre-sale and after-sale together · long-term').first().waitFor();
}

/** Agents for 5,000 a month each and 0.60 a conversation: each step's amount stands beside its price. */
async function quote(operations: Page, hands: Hands, days: Days): Promise<void> {
  const form = panel(operations, 'Issue a quote');
  const prices = form.getByRole('textbox', { name: 'Unit price (CNY)', exact: true });
  await prices.nth(1).waitFor();
  await hands.fill(prices.nth(0), '5000');
  await hands.fill(prices.nth(1), '0.60');
  await hands.fill(form.getByRole('textbox', { name: 'Deposit (CNY)', exact: true }), '6000.00');
  await hands.fill(form.getByLabel('Valid until', { exact: true }), days.day(10));
  if (hands !== mouse) await inBothLights(operations, hands);
  await hands.press(named(operations, 'button', 'Issue the quote'));
  await operations.getByRole('heading', { name: 'Version 1', exact: true }).waitFor();
}

async function invitationLink(operations: Page, hands: Hands): Promise<string> {
  await hands.fill(named(operations, 'textbox', "Name of the client's person"), '店主');
  await hands.press(named(operations, 'button', 'Make the link'));
  return operations.locator('.once code').innerText();
}

/** The link opens the quote, once the client's person has chosen how to sign in: that is signing in. */
async function acceptInvitation(client: Page, link: string, hands: Hands): Promise<void> {
  await client.goto(link);
  await settled(client);
  await hands.fill(client.getByLabel('Sign-in name', { exact: true }), CLIENT.login);
  await hands.fill(client.getByLabel('Password', { exact: true }), CLIENT.password);
  await hands.press(named(client, 'button', 'Accept and sign in'));
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
async function draftContract(operations: Page, shop: NewShop, hands: Hands, days: Days): Promise<string> {
  await applied(operations);
  await operations.reload();
  await hands.press(named(operations, 'button', 'Draft the contract'));
  await operations.waitForURL(/\/contracts\/[^/]+\/terms/);
  await operations.getByText(/^The contract can't be signed yet; \d+ things:$/).waitFor();
  const fill = (title: string, name: string, text: string) => hands.fill(panel(operations, title).getByLabel(name, { exact: true }), text);
  await fill('Term and scope', 'Effective on', days.day());
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
  for (const [index, batch] of shop.batches.entries()) {
    await hands.press(named(operations, 'button', 'Add a batch'));
    const field = (name: string) => panel(operations, 'Trial and handover').getByLabel(name, { exact: true }).nth(index);
    await hands.fill(field("Batch's name"), batch.name);
    await hands.fill(field("Batch's key"), batch.key);
    await hands.fill(field('Products'), batch.products);
    await hands.fill(field('Trained agents needed'), batch.agents);
  }
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

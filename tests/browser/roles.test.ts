// Each role's main path, as its user walks it in a browser: one installation with the demo's data, every screen under axe as it is opened.
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedInstallation, startInstallation } from '../installation.ts';
import { keepPicture, type Person, rowsOf, screen, settled, signIn, startBrowser } from './readers.ts';
import { transcripts } from './transcripts.ts';

let installation: StartedInstallation;
let browser: Browser;

beforeAll(async () => {
  installation = await startInstallation({ bus: 'feed', demo: 'standard' });
  browser = await startBrowser();
});

afterAll(async () => {
  await browser?.close();
  await installation?.remove();
});

/** Runs what a person does in a browser of their own, and closes it. */
async function as(person: Person, walk: (page: Page) => Promise<void>, locale?: 'en-GB' | 'zh-CN'): Promise<void> {
  const { page, context } = await signIn(browser, installation.url, person, locale);
  try {
    await walk(page);
  } catch (failure) {
    await keepPicture(page, person);
    throw failure;
  } finally {
    await context.close();
  }
}

/** The house's own navigation: a contract has pages of its own. */
const nav = (page: Page, name: string) => page.locator('#navigation').getByRole('link', { name, exact: true }).click();

/** A date as people type it. */
async function type(page: Page, label: string, date: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).fill(date);
  await page.keyboard.press('Enter');
}

test('operations register a client, write its contract, import its conversations and read the first figures', () =>
  as('operations', async (page) => {
    await screen(page);
    await nav(page, 'Shops');
    const clientForm = page.getByRole('region', { name: 'Register a client' });
    await clientForm.getByLabel('Name').fill('Cedar Home Goods');
    await clientForm.getByRole('button', { name: 'Register' }).click();
    await clientForm.getByText('Cedar Home Goods is registered.').waitFor();
    const shopForm = page.getByRole('region', { name: 'Add a shop' });
    await shopForm.getByLabel('Client').selectOption({ label: 'Cedar Home Goods' });
    await shopForm.getByLabel('Name').fill('Cedar on Tmall');
    await shopForm.getByLabel('Code').fill('cedar-tmall');
    await shopForm.getByRole('button', { name: 'Add shop' }).click();
    await shopForm.getByText('Cedar on Tmall is added.').waitFor();
    await screen(page);

    // Terms with a hole are refused by name; nothing is half-written.
    await page
      .getByRole('row', { name: /Cedar on Tmall/ })
      .getByRole('link', { name: 'write one' })
      .click();
    await page.getByLabel("Evidence of the client's agreement").fill('mail 2026-118');
    await page.getByRole('button', { name: 'Remove' }).first().click();
    await page.getByRole('button', { name: 'Sign the contract' }).click();
    expect(await page.getByRole('alert').innerText()).toBe("The contract can't be saved yet: Effective on, Service hours, Signed on missing.");
    await screen(page);
    await type(page, 'Signed on', '2025-12-20');
    await type(page, 'Effective on', '2026-01-01');
    await page.getByRole('button', { name: 'Add a window' }).click();
    await page.getByLabel('Unit price (CNY)').fill('0.60');
    await page.locator('input[type=file]').setInputFiles({ name: 'mail.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 mail 2026-118') });
    await page.getByText('mail.pdf').waitFor();
    await page.getByRole('button', { name: 'Sign the contract' }).click();
    await page.getByRole('heading', { level: 1, name: /^Contract / }).waitFor();
    await screen(page);
    const contract = page.url();

    // Seven lines, the fourth without a zone: it is named, the others go in.
    await nav(page, 'Imports');
    await page
      .getByLabel('Choose a file')
      .setInputFiles({ name: 'cedar.ndjson', mimeType: 'application/x-ndjson', buffer: Buffer.from(transcripts('cedar-tmall', new Date())) });
    await page.getByRole('heading', { name: '1 lines did not go in' }).waitFor();
    expect((await rowsOf(page, '1 lines did not go in'))[0]?.slice(0, 2)).toEqual(['4', 'sent_at']);
    await screen(page);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download all rejected lines (CSV)' }).click()]);
    expect(readFileSync(await download.path(), 'utf8')).toMatch(/\b4,"?sent_at/);

    await page.goto(contract);
    await page.getByRole('main').getByRole('link', { name: 'SLA', exact: true }).click();
    await page.getByText('1 / 2', { exact: true }).waitFor();
    await page.getByRole('heading', { name: '1 breaches' }).waitFor();
    await screen(page);
  }));

test('an inspector draws a sample, draws it again to the same set, scores three by keyboard and raises a finding; the lead sees it', async () => {
  const note = 'Gave a discount that nobody allowed';
  await as('inspector', async (page) => {
    await screen(page);
    await nav(page, 'Samples');
    // Of a shop of the demo's client, who reads the submitted ones below.
    await page.getByRole('checkbox', { name: '禾苗母婴旗舰店' }).check();
    await page.getByLabel('Ratio (%)').fill('10');
    await page.getByLabel('Seed').fill('7');
    await page.getByRole('button', { name: 'Draw', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: /^Sample / }).waitFor();
    await page.getByRole('button', { name: 'Draw again and compare' }).click();
    await page
      .getByText(/Drawn again: the same set$/)
      .first()
      .waitFor();
    await screen(page);

    await page.getByRole('link', { name: 'Start scoring' }).click();
    await page.getByRole('button', { name: 'Start scoring', exact: true }).click();
    for (let conversation = 1; conversation <= 3; conversation += 1) {
      await page.waitForURL(/\/assignments\//);
      const assignment = page.url();
      await settled(page);
      if (conversation === 1) {
        await screen(page);
        await page.keyboard.press('f');
        await page.getByText('Select a message first: a finding belongs to a message.').waitFor();
        await page.keyboard.press('j');
        await page.keyboard.press('f');
        await page.getByLabel('Note').fill(note);
        await screen(page);
        await page.getByRole('region', { name: 'Raise finding' }).getByRole('button', { name: 'Raise finding' }).click();
        await page.getByRole('region', { name: 'Findings raised' }).getByText(note).waitFor();
      }
      const items = await page.locator('fieldset.grades').count();
      for (let item = 0; item < items; item += 1) await page.keyboard.press(['1', '2', '1', 'n', '1', '3', '1'][(item + conversation) % 7] ?? '1');
      await page.keyboard.press('Control+Enter');
      await page.waitForURL((url) => url.href !== assignment);
    }
    await nav(page, 'Samples');
    await page
      .getByText(/^3 \/ \d+$/)
      .first()
      .waitFor();
  });
  await as('lead', async (page) => {
    await screen(page);
    await nav(page, 'Findings');
    await page.getByRole('cell', { name: note }).waitFor();
    await screen(page);
    await page
      .getByRole('row', { name: new RegExp(note) })
      .getByRole('link', { name: 'See the message' })
      .click();
    await page.locator('.turn-chosen').getByText(note).waitFor();
    await screen(page);
  });
});

test('a client goes from home to a breach and its transcript, and sees nothing of other shops', () =>
  as(
    'client',
    async (page) => {
      await screen(page);
      await nav(page, 'SLA');
      await screen(page);
      // The figure and the list behind it are one query: as many rows that stand as the figure says are missed.
      const clause = page.locator('section.clause').first();
      const missed = Number(/^违约 (\d+)$/.exec(await clause.getByRole('heading', { name: /^违约 \d+$/ }).innerText())?.[1]);
      const standing = clause.getByRole('table', { name: '违约' }).locator('tbody tr', { hasText: '■' });
      expect(await standing.count()).toBe(missed);
      await standing.first().getByRole('link').first().click();
      await page.getByRole('heading', { level: 2, name: '为什么' }).waitFor();
      await screen(page);
      await page.getByRole('link', { name: '看这条消息' }).click();
      await page.locator('.turn-chosen.turn-customer').waitFor();
      await screen(page);

      await nav(page, '质检记录');
      await screen(page);
      expect((await rowsOf(page, '质检记录')).length).toBeGreaterThanOrEqual(3);
      await page.getByRole('table', { name: '质检记录' }).locator('tbody a').first().click();
      await page.getByRole('heading', { level: 1, name: /^质检 / }).waitFor();
      await screen(page);

      await page.goto(`/conversations/${await conversationOfAnother(page)}`);
      await page.getByRole('heading', { level: 1, name: '没有这个页面，或你无权查看。' }).waitFor();
      await screen(page);
      await page.goto('/samples');
      await page.getByText('你的角色不能做这件事。').waitFor();
    },
    'zh-CN',
  ));

test('finance closes the month and opens an invoice down to a message, each column summing to its parent', () =>
  as('finance', async (page) => {
    await screen(page);
    await page.getByRole('button', { name: /^Close through / }).click();
    await page.getByText(/^There are \d+ invoices through this month\.$/).waitFor({ timeout: 60_000 });
    await screen(page);
    await nav(page, 'Invoices');
    await screen(page);
    await page.getByRole('table', { name: 'Invoices' }).locator('tbody a').first().click();
    await page.getByRole('heading', { level: 1, name: /^Invoice / }).waitFor();
    const column = (name: string) => page.getByRole('region', { name, exact: true });
    for (const [from, to] of [
      ['Line', 'Day'],
      ['Day', 'Conversation'],
    ] as const) {
      await column(from)
        .getByRole('link')
        .filter({ hasText: /usage|Usage|\d/ })
        .first()
        .click();
      await column(to).locator('.drill-sum').waitFor();
    }
    await column('Conversation').getByRole('button').first().click();
    await column('Message').getByRole('link').first().waitFor();
    for (const name of ['Line', 'Day', 'Conversation']) expect(await column(name).locator('.drill-sum').innerText(), name).toMatch(/equals its parent$/);
    await screen(page);
    await column('Message').getByRole('link').first().click();
    await page.locator('.turn-chosen').waitFor();
    await nav(page, 'Billing');
    await screen(page);
  }));

test('every page changes its language and its light in place', () =>
  as('operations', async (page) => {
    for (const path of ['/floor', '/accounts', '/members']) {
      await page.goto(path);
      await settled(page);
      const english = await page.locator('#main h1').innerText();
      await page.getByRole('button', { name: '中文' }).click();
      expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
      await page.getByRole('button', { name: '深色' }).click();
      await screen(page);
      expect(await page.locator('#main h1').innerText()).not.toBe(english);
      await page.getByRole('button', { name: '浅色' }).click();
      await page.getByRole('button', { name: 'English' }).click();
      expect(await page.locator('#main h1').innerText()).toBe(english);
    }
  }));

/** A conversation that exists, of a shop that is not among this client's: learned by the vendor's own eyes. */
async function conversationOfAnother(page: Page): Promise<string> {
  const own = new Set((await read<{ shops: { shopId: string }[] }>(page, '/api/v1/shops')).shops.map((shop) => shop.shopId));
  let other = '';
  await as('operations', async (vendor) => {
    const { conversations } = await read<{ conversations: { conversationId: string; shopId: string }[] }>(vendor, '/api/v1/conversations?size=200');
    other = conversations.find((one) => !own.has(one.shopId))?.conversationId ?? '';
    await vendor.goto(`/conversations/${other}`);
    await vendor.getByRole('heading', { level: 1, name: /^Conversation / }).waitFor();
  });
  expect(own.size).toBeGreaterThan(0);
  expect(other).not.toBe('');
  return other;
}

const read = <T>(page: Page, path: string): Promise<T> => page.evaluate(async (address) => (await fetch(address)).json(), path) as Promise<T>;

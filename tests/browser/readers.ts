// Signed-in browsers on one installation with the demo's data: a page per person, and what holds on every screen anyone opens.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

export type Person = 'operations' | 'lead' | 'inspector' | 'finance' | 'client';

const DEMO_PASSWORD = 'deskfleet';
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const PATIENCE_MS = 20_000;
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

export const startBrowser = (): Promise<Browser> => chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: FLAGS });

/** A browser of one's own on that installation; English or Chinese by its language. */
export async function newContext(browser: Browser, url: string, locale: 'en-GB' | 'zh-CN'): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: url,
    locale,
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

/** A person signed in through the page that people use. */
export async function signIn(
  browser: Browser,
  url: string,
  person: Person,
  locale: 'en-GB' | 'zh-CN' = 'en-GB',
): Promise<{ page: Page; context: BrowserContext }> {
  const context = await newContext(browser, url, locale);
  const page = await context.newPage();
  await enter(page, person);
  return { page, context };
}

/** Through the page that people sign in on, as far as the first page of their role. */
export async function enter(page: Page, login: string, password = DEMO_PASSWORD): Promise<void> {
  await page.goto('/');
  await page.getByRole('link', { name: /^(Sign in with your account|用账号登录)$/ }).click();
  await page.locator('input[name="login"]').fill(login);
  await page.locator('input[name="password"]').fill(password);
  await page.getByRole('button').click();
  await page.locator('#main h1').waitFor();
}

/** Waits until every panel has its data or says why not. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null);
}

/** What holds on every screen: its data is there, one h1, no sideways scroll, and axe finds no violation of WCAG 2.2 A and AA. */
export async function screen(page: Page): Promise<void> {
  await settled(page);
  const { violations } = await new AxeBuilder({ page }).withTags(WCAG).analyze();
  const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ''}`));
  expect(found, page.url()).toEqual([]);
  expect(await page.locator('h1').count(), page.url()).toBe(1);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(sideways, `${page.url()} scrolls sideways`).toBe(0);
}

/** The cells of a table's rows, as read. */
export const rowsOf = (page: Page, caption: string): Promise<string[][]> =>
  page
    .getByRole('table', { name: caption })
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.innerText.trim())));

/** Keeps a picture of what a failed test saw, where a folder is named for it. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env['DESKFLEET_PICTURES'];
  if (folder === undefined) return;
  await page.screenshot({ path: join(folder, `${name}-${readdirSync(folder).length}.png`), fullPage: true });
}

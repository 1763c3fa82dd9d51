// The built app: its weight in bytes, and every screen under axe (WCAG 2.2 A, AA), by keyboard and with a cut stream. Green axe is no proof:
// roles, row counts and a chart's spoken text are asserted too.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Built, startBuilt } from './built.ts';
import type { FixtureServer } from './fixture-server.ts';
import { screens } from './screens.ts';

interface ManifestEntry {
  file: string;
  imports?: string[];
  css?: string[];
  isEntry?: boolean;
  isDynamicEntry?: boolean;
}

const KB = 1000;
const SHELL_KB = 250;
const ROUTE_KB = 120;
const CHARTS_KB = 230;

let built: Built;
let server: FixtureServer;
let page: Page;
let open: Built['open'];

beforeAll(async () => {
  built = await startBuilt();
  ({ server, page, open } = built);
}, 120_000);

afterAll(() => built?.close());

describe('the weight of what is loaded, gzipped', () => {
  const manifest = () => JSON.parse(readFileSync(join(built.folder, '.vite/manifest.json'), 'utf8')) as Record<string, ManifestEntry>;
  const weigh = (key: string, without: ReadonlySet<string>): { bytes: number; keys: Set<string> } => {
    const entries = manifest();
    const keys = new Set<string>();
    const visit = (at: string) => {
      if (keys.has(at) || without.has(at)) return;
      keys.add(at);
      for (const next of entries[at]?.imports ?? []) visit(next);
    };
    visit(key);
    const files = [...keys].flatMap((at) => [entries[at]?.file ?? '', ...(entries[at]?.css ?? [])]).filter((file) => file !== '');
    return { bytes: files.reduce((sum, file) => sum + gzipSync(readFileSync(join(built.folder, file))).length, 0), keys };
  };

  test('the shell stays within 250 kB, each further screen within 120 kB, the charts within 230 kB', () => {
    const entries = manifest();
    const shellKey = Object.keys(entries).find((key) => entries[key]?.isEntry) ?? '';
    const shell = weigh(shellKey, new Set());
    expect(shell.bytes / KB).toBeLessThanOrEqual(SHELL_KB);
    for (const key of Object.keys(entries).filter((at) => entries[at]?.isDynamicEntry)) {
      const limit = key.includes('charts/engine') ? CHARTS_KB : ROUTE_KB;
      expect(weigh(key, shell.keys).bytes / KB, key).toBeLessThanOrEqual(limit);
    }
  });

  test('charts are not part of the shell', () => {
    const entries = manifest();
    const shellKey = Object.keys(entries).find((key) => entries[key]?.isEntry) ?? '';
    expect([...weigh(shellKey, new Set()).keys].some((key) => key.includes('charts/engine'))).toBe(false);
  });
});

describe('every screen', () => {
  test.each(screens)('%s has one heading, no accessibility violation and does not scroll sideways', { timeout: 60_000 }, async (name, path, role) => {
    await open(path, role);
    expect(await page.locator('h1').count(), 'h1').toBe(1);
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
    expect(violations.map(({ id, nodes }) => `${name}: ${id} at ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(true);
  });

  test('axe sees a planted violation', async () => {
    await open('/system', 'vendor-operations');
    await page.evaluate(() => document.querySelector('main')?.insertAdjacentHTML('beforeend', '<img src="/icon.svg">'));
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toContain('image-alt');
  });
});

describe('by keyboard and ear', () => {
  test('a chart speaks its points and shows the same data as a table', async () => {
    await open('/contracts/ct_0/sla/first-response', 'client');
    const picture = page.locator('.picture').first();
    await picture.focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.spoken').first().textContent()).toMatch(/日期 \d{4}-\d\d-\d\d · 达标率 [\d.]+%/);
    await page.locator('h1').focus();
    await page.keyboard.press('t');
    await page.locator('.chart table').first().waitFor();
    expect(await page.locator('.chart table').first().locator('tbody tr').count()).toBe(27);
  });

  test('the ribbon is walked by arrow keys and says from, to and state', async () => {
    await open('/conversations/cv_9f3kq2', 'vendor-operations');
    await page.locator('.ribbon li').first().focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toMatch(/^超时，.*，15秒$/);
  });

  test('a transcript is scored by 1 2 3 n and Ctrl+Enter, and not before every item has its grade', async () => {
    await open('/assignments/as_2', 'qa-inspector');
    await page.evaluate(() => localStorage.clear());
    await open('/assignments/as_2', 'qa-inspector');
    server.posted.length = 0;
    await page.keyboard.press('Control+Enter');
    await page.getByText('还有 4 项没有打分').waitFor();
    for (const key of ['1', '2', 'n', '1']) await page.keyboard.press(key);
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => server.posted.map(({ path }) => path)).toContain('/assignments/as_2/score');
    const score = JSON.parse(server.posted.find(({ path }) => path.endsWith('/score'))?.body ?? '{}') as { items: { itemKey: string; grade: string }[] };
    expect(score.items.map(({ grade }) => grade)).toEqual(['pass', 'partial', 'na', 'pass']);
  });

  test('a finding needs a message first', async () => {
    await open('/assignments/as_2', 'qa-inspector');
    await page.keyboard.press('f');
    await page.getByText('先选一条消息').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('f');
    await page.getByRole('combobox', { name: '类别' }).waitFor();
  });

  test("an input method's keys and letters typed in fields do nothing", async () => {
    await open('/assignments/as_2', 'qa-inspector');
    await page.evaluate(() => localStorage.clear());
    await open('/assignments/as_2', 'qa-inspector');
    server.posted.length = 0;
    await page.evaluate(() => {
      for (const key of ['1', 'Enter'])
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey: key === 'Enter', isComposing: true, bubbles: true }));
    });
    expect(await page.locator('.grade[aria-pressed="true"]').count()).toBe(0);
    expect(server.posted.filter(({ path }) => path.endsWith('/score'))).toEqual([]);
  });

  test('line, day, conversation and message are four clicks, and each column equals its parent or says that it differs', async () => {
    await open('/invoices/DF-202603-0142', 'finance');
    const drill = page.locator('.drill');
    await drill.getByRole('link', { name: /会话用量/ }).click();
    await drill.getByRole('link', { name: /700/ }).click();
    await drill.getByRole('button').first().click();
    await drill.getByRole('link', { name: /窗帘什么时候发货/ }).click();
    await page.getByRole('heading', { name: /会话 .*云栖家居/ }).waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/conversations\/cv_.*\/messages\/m-1$/);
  });

  test('an operator walks from a stream that stands still to its event and on to what followed, and skips with a reason only', async () => {
    await open('/system', 'vendor-operations');
    expect(await page.locator('.verdict-line').textContent()).toBe('▲qa-inspection 有消息流停住，等人处理；其余照常。');
    await page.getByRole('link', { name: 'conversation-cv_9f3kq2' }).click();
    await page.getByRole('heading', { name: 'conversation-cv_9f3kq2' }).waitFor();
    server.posted.length = 0;
    await page.getByRole('button', { name: '跳过第一个事件' }).click();
    await page.getByText('写明理由。').waitFor();
    expect(server.posted).toEqual([]);
    await page.getByRole('textbox', { name: '理由' }).fill('已在平台核对');
    await page.getByRole('button', { name: '跳过第一个事件' }).click();
    await page.getByText('已跳过，后面的接着处理。').waitFor();
    expect(server.posted.map(({ path, body }) => [path, JSON.parse(body)])).toEqual([
      ['/system/parked/aGVsZA/skip', { position: 48_213, reason: '已在平台核对' }],
    ]);
    await page.getByRole('link', { name: 'MessageReceived · 48213' }).click();
    await page.getByRole('heading', { name: '事件 MessageReceived' }).waitFor();
    expect(await page.locator('.event-data').textContent()).toContain('"text": "◇ 封存"');
    await page.getByRole('link', { name: 'ClauseBreached' }).click();
    await expect.poll(() => new URL(page.url()).pathname).toBe('/system/events/sla-monitoring%2F0%2Fe1/912');
  });

  test('a read model is rebuilt and given up by name, and the hour is a table with gaps, not zeros', async () => {
    await open('/system/services/billing', 'vendor-operations');
    server.posted.length = 0;
    await page.getByRole('button', { name: '重建 invoices' }).click();
    await expect.poll(() => server.posted.map(({ path }) => path)).toContain('/system/operations/billing/projections/invoices/rebuild');
    await open('/system?table=1', 'vendor-operations');
    const rows = page.locator('.chart table').first().locator('tbody tr');
    await rows.first().waitFor();
    expect(await rows.count()).toBeGreaterThanOrEqual(58);
    expect(await rows.locator('td', { hasText: '—' }).count()).toBeGreaterThan(7);
  });

  test('an owner answers a question in place, on a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open('/questions', 'client');
    server.posted.length = 0;
    const first = page.getByRole('article').filter({ hasText: '退货地址' });
    await first.getByRole('textbox', { name: '答复' }).fill('杭州余杭区');
    await first.getByRole('button', { name: '答复' }).click();
    await expect.poll(() => server.posted.map(({ path, body }) => [path, JSON.parse(body)])).toEqual([['/questions/qu_1/answer', { text: '杭州余杭区' }]]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test('of a shift plan by file the good lines are in, each bad one is named', async () => {
    await open('/shifts', 'team-lead');
    await page
      .getByLabel('上传 CSV')
      .first()
      .setInputFiles({ name: 'shifts.csv', mimeType: 'text/csv', buffer: Buffer.from('agent,from,to\n') });
    await page.getByText('已排 7 班，1 班原本如此。').waitFor();
    const rows = page.getByRole('alert').locator('tbody tr');
    expect(await rows.count()).toBe(2);
    expect(await rows.first().innerText()).toContain('小梅');
  });

  test('what nobody reports is said, never 0', async () => {
    await open('/staffing', 'client');
    const row = page.getByRole('row').filter({ hasText: '山野零食' });
    expect(await row.innerText()).toMatch(/没有来源/);
    expect(await row.innerText()).toMatch(/没有排班/);
    expect(await page.getByRole('row').filter({ hasText: '云栖家居' }).innerText()).toMatch(/缺 1，自 \d\d:\d\d/);
  });

  test('a table says how many rows there are', async () => {
    await open('/contracts/ct_0/sla/first-response/clocks', 'client');
    expect(await page.locator('main table').getAttribute('aria-rowcount')).toBe('41');
    expect(await page.locator('main tbody tr[aria-rowindex]').count()).toBe(40);
  });

  test('the key map opens with ? and closes with Escape', async () => {
    await open('/system', 'vendor-operations');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('language and mode switch without leaving the page', async () => {
    await open('/sla?range=2026-03', 'vendor-operations');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('link', { name: 'Conversations' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
    expect(page.url()).toContain('range=2026-03');
    await page.getByRole('button', { name: '中文' }).click();
  });
});

// Finding one's way without a mouse: search, keys, lists, exports, saved sets of shops; and 5,000 shops that fit one screen.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Built, startBuilt } from './built.ts';
import type { FixtureServer } from './fixture-server.ts';
import { MANY } from './fixtures-many.ts';

let built: Built;
let server: FixtureServer;
let page: Page;
let open: Built['open'];

beforeAll(async () => {
  built = await startBuilt();
  ({ server, page, open } = built);
}, 120_000);
afterAll(() => built?.close());
beforeEach(() => {
  server.many = false;
  server.posted.length = 0;
});

const path = () => new URL(page.url()).pathname;
const focused = () => page.evaluate(() => document.activeElement?.closest('tr')?.getAttribute('aria-rowindex'));
const accessible = async () => {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map(({ id, nodes }) => `${id} at ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
};

describe('search', () => {
  test('initials find a shop, Enter opens it in its own scope, and the range stays', async () => {
    await open('/conversations?range=2026-03', 'vendor-operations');
    await page.keyboard.press('Control+k');
    const field = page.getByRole('combobox', { name: '搜索' });
    await field.fill('tmqjd');
    await page.getByRole('option', { name: /天猫旗舰店/ }).waitFor();
    await accessible();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /C-0141/ }).waitFor();
    expect(new URL(page.url()).searchParams.get('shops')).toBe('sh_baby');
    expect(new URL(page.url()).searchParams.get('range')).toBe('2026-03');
  });

  test('a key pressed the very moment the page appears is not lost', async () => {
    const fresh = await page.context().newPage();
    await fresh.addInitScript(() => {
      new MutationObserver((_, observer) => {
        if (document.querySelector('h1') === null) return;
        observer.disconnect();
        document.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true, cancelable: true }));
      }).observe(document, { childList: true, subtree: true });
    });
    server.role = 'finance';
    for (let time = 0; time < 3; time += 1) {
      await fresh.goto(`${server.url}/shops`);
      await fresh.getByRole('combobox', { name: '搜索' }).waitFor({ timeout: 10_000 });
    }
    await fresh.close();
  });

  test('words that arrive late take nothing away that was opened or typed meanwhile', async () => {
    const fresh = await page.context().newPage();
    let arrive = () => {};
    const late = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    await fresh.route(/zh_CN[^/]*\.js/, async (route) => {
      await late;
      await route.continue();
    });
    await fresh.goto(`${server.url}/shops`);
    await fresh.locator('h1').waitFor();
    const frame = await fresh.locator('.shell').elementHandle();
    await fresh.keyboard.press('Control+k');
    const field = fresh.getByRole('combobox', { name: '搜索' });
    await field.fill('tmq');
    const arrived = fresh.waitForResponse(/zh_CN[^/]*\.js/);
    arrive();
    const words = JSON.stringify((await arrived).url());
    await fresh.evaluate(`import(${words}).then(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))))`);
    expect(await frame?.evaluate((node) => node.isConnected)).toBe(true);
    expect(await field.inputValue()).toBe('tmq');
    await fresh.close();
  });

  test('a pasted number opens directly', async () => {
    await open('/shops', 'finance');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: '搜索' }).fill('DF-202603-0142');
    await page.getByRole('option', { name: /DF-202603-0142.*账单/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /DF-202603-0142/ }).waitFor();
  });

  test("pages go by pinyin; a command that is another role's says whose", async () => {
    await open('/floor', 'team-lead');
    await page.keyboard.press('Control+k');
    const field = page.getByRole('combobox', { name: '搜索' });
    await field.fill('yj');
    const closing = page.getByRole('option', { name: /月结/ });
    await closing.waitFor();
    expect(await closing.getAttribute('aria-disabled')).toBe('true');
    expect(await closing.innerText()).toContain('运营、财务可以');
    await page.keyboard.press('Enter');
    expect(path()).toBe('/floor');
    await field.fill('zjjl');
    await page.getByRole('option', { name: /质检记录/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/inspections/);
  });

  test("an input method's Enter opens nothing", async () => {
    await open('/floor', 'vendor-operations');
    await page.keyboard.press('Control+k');
    const field = page.getByRole('combobox', { name: '搜索' });
    await field.fill('店铺');
    await field.evaluate((input) => input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true })));
    expect(path()).toBe('/floor');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(path()).toBe('/floor');
  });
});

describe('keys', () => {
  test('j and k move in a list, Enter opens, ] and [ walk the list, Escape goes back', async () => {
    await open('/conversations?range=last-7d', 'vendor-operations');
    for (const key of ['j', 'j', 'j', 'k']) await page.keyboard.press(key);
    expect(await focused()).toBe('3');
    await page.keyboard.press('Enter');
    await page.waitForURL(/cv_19f3kq2/);
    await page.getByRole('heading', { level: 1, name: /会话/ }).waitFor();
    await page.keyboard.press(']');
    await page.waitForURL(/cv_29f3kq2/);
    expect(await page.locator('.notice').innerText()).toBe('列表第 3 条，共 60 条');
    await page.keyboard.press('[');
    await page.keyboard.press('[');
    await page.waitForURL(/cv_09f3kq2/);
    await page.keyboard.press('[');
    await page.getByText('这是列表的一头').waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL(/\/conversations\?/);
    expect(new URL(page.url()).searchParams.get('range')).toBe('last-7d');
  });

  test('g and a letter go, / reaches the filter, y copies the days as they are', async () => {
    await open('/contracts/ct_0/sla/first-response/clocks?range=last-7d', 'client');
    await page.keyboard.press('/');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('SELECT');
    await page.locator('h1').focus();
    await page.keyboard.press('y');
    await page.getByText('链接已复制').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/range=\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d/);
    await page.keyboard.press('g');
    await page.keyboard.press('b');
    await page.waitForURL(/\/billing/);
  });

  test('single characters can be switched off and moved, and stay so', async () => {
    await open('/conversations', 'vendor-operations');
    await page.keyboard.press('?');
    await page.getByRole('button', { name: '换按键' }).click();
    await page.getByLabel('代替 j', { exact: true }).fill('x');
    await accessible();
    await page.keyboard.press('Escape');
    await page.locator('h1').focus();
    await page.keyboard.press('j');
    expect(await focused()).toBeUndefined();
    await page.keyboard.press('x');
    expect(await focused()).toBe('2');
    await page.keyboard.press('?');
    await page.getByLabel('单个字符的快捷键有效').uncheck();
    await page.keyboard.press('Escape');
    await open('/conversations', 'vendor-operations');
    await page.keyboard.press('x');
    await page.keyboard.press('?');
    expect(await focused()).toBeUndefined();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.evaluate(() => localStorage.removeItem('deskfleet.keys'));
  });

  test('in a field they are letters', async () => {
    await open('/shops', 'vendor-operations');
    await page.getByRole('searchbox').focus();
    await page.keyboard.type('gjt');
    expect(await page.getByRole('searchbox').inputValue()).toBe('gjt');
    expect(path()).toBe('/shops');
  });
});

test('an export asks for what the list shows, in the language of the page, with its address', async () => {
  await open('/contracts/ct_0/sla/first-response/clocks?range=2026-03&states=missed', 'client');
  const link = page.getByRole('link', { name: /导出 XLSX/ });
  const address = new URL((await link.getAttribute('href')) ?? '', server.url);
  expect(address.pathname).toBe('/api/v1/exports/contracts/ct_0/sla/first-response/clocks');
  expect(Object.fromEntries(address.searchParams)).toEqual({
    format: 'xlsx',
    lang: 'zh',
    address: '/contracts/ct_0/sla/first-response/clocks?range=2026-03&states=missed',
    from: '2026-03-01',
    to: '2026-03-31',
    states: 'missed',
  });
  const [download, request] = await Promise.all([page.waitForEvent('download'), page.waitForRequest(/exports/), page.keyboard.press('e')]);
  expect([download.suggestedFilename(), request.url()]).toEqual(['list.xlsx', address.href]);
});

test('an export that is refused says why, in place', async () => {
  await open('/conversations', 'vendor-operations');
  const problem = { type: 'urn:deskfleet:problem:bad-input', status: 400, code: 'bad-input', title: '太长：120,000 行' };
  await page.route(/exports/, (route) => route.fulfill({ status: 400, contentType: 'application/problem+json', body: JSON.stringify(problem) }));
  await page.getByRole('link', { name: '导出为 CSV' }).click();
  await page.getByText('太长：120,000 行').waitFor();
  await page.unroute(/exports/);
});

test('every list that can be taken along offers it', async () => {
  for (const [at, role] of [
    ['/conversations', 'vendor-operations'],
    ['/accounts', 'team-lead'],
    ['/invoices', 'finance'],
    ['/invoices/DF-202603-0142', 'finance'],
    ['/billing', 'client'],
    ['/contracts/ct_0/billing', 'client'],
    ['/contracts/ct_0/sla/first-response', 'client'],
    ['/inspections', 'client'],
    ['/findings', 'team-lead'],
  ] as const) {
    await open(at, role);
    expect(await page.getByRole('link', { name: /导出 XLSX/ }).count(), at).toBeGreaterThan(0);
  }
});

describe('the choice of shops', () => {
  test('a saved set is one click, and what is ticked can be kept under a name', async () => {
    await open('/sla', 'vendor-operations');
    await page.getByRole('button', { name: /全部店铺 \(4\)/ }).click();
    await page
      .getByRole('button', { name: /重点店铺/ })
      .first()
      .click();
    await page.waitForURL((url) => url.searchParams.get('shops') === 'sh_home,sh_baby');
    await page.getByRole('button', { name: /2 家店铺/ }).click();
    await page.getByRole('checkbox', { name: '山野零食专营店' }).check();
    await page.getByLabel('店铺组名称').fill('本周看');
    await accessible();
    await page.getByRole('button', { name: '保存这 3 家' }).click();
    await page
      .getByRole('button', { name: /本周看/ })
      .first()
      .waitFor();
    expect(JSON.parse(server.posted.find((post) => post.path === '/shop-sets')?.body ?? '')).toEqual({
      name: '本周看',
      shopIds: ['sh_home', 'sh_baby', 'sh_snack'],
    });
  });

  test('holidays and the days that make up for them are marked in the calendar', async () => {
    await open('/sla?range=2026-02-01..2026-02-28', 'vendor-operations');
    await page.getByLabel('从', { exact: true }).click();
    await page.locator('.day-mark', { hasText: '休' }).first().waitFor();
    expect(await page.locator('.day-mark', { hasText: '班' }).count()).toBeGreaterThan(0);
  });
});

describe('5,000 shops', () => {
  test.each([
    ['/floor', '其余 4,950 家'],
    ['/sla', '其余 4,950 条'],
    ['/billing', '其余 4,950 份合同'],
    ['/shops', `50 / ${MANY.toLocaleString('en-US')} 行`],
  ])('%s shows what fits a screen and the others as counts', async (at, rest) => {
    server.many = true;
    await open(at, 'vendor-operations');
    await page.getByText(rest).first().waitFor();
    expect(await page.locator('main tbody tr').count()).toBeLessThanOrEqual(160);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(true);
  });

  test('waiting says how many more there are', async () => {
    server.many = true;
    await open('/floor', 'vendor-operations');
    await page.getByText('另有 4,262 件').waitFor();
  });

  test('any of them is found in the choice of shops', async () => {
    server.many = true;
    await open('/sla', 'vendor-operations');
    await page.getByRole('button', { name: /全部店铺 \(5,000\)/ }).click();
    await page.getByText('另有 4,950 个').waitFor();
    await page.getByRole('searchbox').fill('shop-4711');
    await page.getByRole('checkbox', { name: /4711/ }).check();
    await page.getByRole('button', { name: '只看这些' }).click();
    await page.waitForURL((url) => url.searchParams.get('shops') === 'sh_4711');
  });
});

test('the wall screen has no navigation and no names', async () => {
  await open('/floor?wall=1', 'vendor-operations');
  expect(await page.getByRole('navigation').count()).toBe(0);
  const text = await page.locator('main').innerText();
  for (const name of ['云栖家居', '小满母婴', '小林']) expect(text).not.toContain(name);
  await accessible();
  await page.getByRole('button', { name: '离开大屏' }).click();
  await page.getByRole('navigation', { name: '主导航' }).waitFor();
});

// On a phone: nothing scrolls sideways but a table inside its own box, what a row is called stays readable, and the client answers where they read.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Built, startBuilt } from './built.ts';
import type { FixtureServer } from './fixture-server.ts';
import { screens } from './screens.ts';

const LEAST_EM = 6;

let built: Built;
let server: FixtureServer;
let page: Page;

beforeAll(async () => {
  built = await startBuilt();
  ({ server, page } = built);
  await page.setViewportSize({ width: 390, height: 844 });
}, 120_000);
afterAll(() => built?.close());

/** First columns that are narrower than a name, as `caption: width in em`. */
const squeezed = () =>
  page.evaluate((least) => {
    const found: string[] = [];
    for (const table of document.querySelectorAll('table')) {
      const cell = table.querySelector('tbody tr:not([aria-hidden]) > :first-child:not([colspan])') ?? table.querySelector('thead tr > :first-child');
      if (cell === null || cell.clientWidth === 0) continue;
      const em = cell.clientWidth / Number.parseFloat(getComputedStyle(cell).fontSize);
      if (em < least) found.push(`${table.caption?.textContent ?? table.className}: ${em.toFixed(1)} em`);
    }
    return found;
  }, LEAST_EM);

const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe.each(['en', 'zh'] as const)('in %s', (locale) => {
  test.each(screens)('%s fits', { timeout: 60_000 }, async (name, path, role) => {
    await built.open('/sign-in', role);
    await page.evaluate((chosen) => localStorage.setItem('deskfleet.locale', chosen), locale);
    await built.open(path, role);
    expect(await squeezed(), name).toEqual([]);
    expect(await sideways(), name).toBe(0);
  });
});

test('a squeezed column is seen', async () => {
  await built.open('/staffing', 'vendor-operations');
  await page.addStyleTag({ content: '.data tr > :first-child { min-width: 0 !important; width: 1px !important; word-break: break-all; }' });
  expect(await squeezed()).not.toEqual([]);
});

describe("the client's to-do list", () => {
  /** The task by its name, and what was sent while `act` ran. */
  async function answered(task: RegExp, act: (of: ReturnType<Page['locator']>) => Promise<void>): Promise<unknown> {
    await built.open('/tasks', 'client');
    const of = page.locator('.tasks > li').filter({ has: page.getByRole('link', { name: task }) });
    server.posted.length = 0;
    await act(of);
    await expect.poll(() => server.posted.length).toBe(1);
    const [{ path, body } = { path: '', body: '' }] = server.posted;
    return [path, JSON.parse(body)];
  }

  test('is answered in place, with no accessibility violation', { timeout: 120_000 }, async () => {
    await built.open('/sign-in', 'client');
    await page.evaluate(() => localStorage.setItem('deskfleet.locale', 'zh'));
    await built.open('/tasks', 'client');
    await page.getByRole('button', { name: '确认', exact: true }).waitFor();
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
    expect(violations.map(({ id, nodes }) => `${id} at ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
    expect(await sideways()).toBe(0);

    expect(await answered(/^报价待接受/, (of) => of.getByRole('button', { name: '接受报价' }).click())).toEqual(['/quotes/qt_1-2/accept', {}]);
    expect(
      await answered(/^报价待接受/, async (of) => {
        await of.getByText('不接受').click();
        await of.getByRole('textbox').fill('太贵');
        await of.getByRole('button', { name: '发送' }).click();
      }),
    ).toEqual(['/quotes/qt_1-2/decline', { reason: '太贵', anotherWanted: true }]);
    expect(
      await answered(/^合同待签/, async (of) => {
        await of.getByText('合同全文').click();
        await of.locator('.contract-text').waitFor();
        await of.getByRole('checkbox').check();
        await of.getByRole('button', { name: /签署/ }).click();
      }),
    ).toEqual(['/contract-drafts/ct_offered/sign', { textHash: expect.stringMatching(/^[0-9a-f]{64}$/), party: 'client' }]);
    expect(await answered(/^培训待确认/, (of) => of.getByRole('button', { name: '确认', exact: true }).click())).toEqual([
      '/contracts/ct_0/trainings/tr_2/confirm',
      {},
    ]);
    expect(await answered(/^这一批待验收/, (of) => of.getByRole('button', { name: '验收通过' }).click())).toEqual([
      '/contracts/ct_0/batches/batch-2/accept',
      {},
    ]);
    expect(
      await answered(/^这一批待验收/, async (of) => {
        await of.getByRole('button', { name: '要求返工' }).click();
        await of.getByRole('textbox').fill('尺码答错');
        await of.getByRole('button', { name: '要求返工' }).click();
      }),
    ).toEqual(['/contracts/ct_0/batches/batch-2/rework', { reason: '尺码答错' }]);
    expect(
      await answered(/^店铺信息待移交/, async (of) => {
        const campaigns = of.getByRole('listitem').filter({ hasText: '活动' });
        await campaigns.getByRole('button', { name: '移交' }).click();
        await campaigns.getByRole('textbox').fill('四月大促');
        await campaigns.getByRole('button', { name: '移交' }).click();
      }),
    ).toEqual(['/contracts/ct_1/information/campaigns', { content: '四月大促', secret: false, fileIds: [] }]);
    expect(
      await answered(/^试用待下结论/, async (of) => {
        await of.getByText('将退还').waitFor();
        await of.getByRole('button', { name: '下结论' }).click();
        await of.getByRole('button', { name: '下结论' }).click();
      }),
    ).toEqual(['/contracts/ct_0/trial/verdict', { verdict: 'passed', reason: '', serviceEndsAt: 0 }]);
    expect(await answered(/^移回清单待签署/, (of) => of.getByRole('button', { name: '签署移回清单' }).click())).toEqual(['/contracts/ct_2/handback/sign', {}]);
  });
});

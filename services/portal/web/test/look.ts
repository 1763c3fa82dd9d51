// Takes pictures of every screen: node services/portal/web/test/look.ts FOLDER [name ...]. Both languages, light and dark, desk,
// a smaller one, 200 % zoom and phone. LOOK=<tag> takes one of them, MANY=1 a vendor with 5,000 shops.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { startFixtures } from './fixture-server.ts';
import { screens } from './screens.ts';

const [folder = 'pictures', ...wanted] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const server = await startFixtures(join(import.meta.dirname, '../dist'));
server.many = process.env['MANY'] === '1';
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
});
const looks = [
  { tag: 'zh-light', locale: 'zh-CN', colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { tag: 'en-dark', locale: 'en-GB', colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  { tag: 'zh-small', locale: 'zh-CN', colorScheme: 'dark', viewport: { width: 1024, height: 768 } },
  { tag: 'en-zoom', locale: 'en-GB', colorScheme: 'light', viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 },
  { tag: 'zh-phone-dark', locale: 'zh-CN', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
  { tag: 'en-phone', locale: 'en-GB', colorScheme: 'light', viewport: { width: 390, height: 844 } },
] as const;
for (const { tag, ...options } of looks.filter((look) => process.env['LOOK'] === undefined || process.env['LOOK'] === look.tag)) {
  const context = await browser.newContext({ ...options, timezoneId: 'Asia/Shanghai' });
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && process.stdout.write(`${tag} ${page.url()} ${message.text()}\n`));
  page.on('pageerror', (error) => process.stdout.write(`${tag} ${page.url()} ${error.message}\n`));
  for (const [name, path, role] of screens.filter(([one]) => wanted.length === 0 || wanted.includes(one))) {
    server.role = role;
    await page.goto(server.url + path);
    await page
      .locator('h1')
      .first()
      .waitFor({ timeout: 5000 })
      .catch(() => process.stdout.write(`${tag} ${name}: no h1\n`));
    await page.waitForTimeout(500);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    // Words cut off by their own box, where no ellipsis says so.
    const clipped = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, a, th, .figure-value, .status, h1, h2, label')]
        .filter(
          (one) =>
            one.scrollWidth > one.clientWidth + 1 &&
            one.clientWidth > 0 &&
            getComputedStyle(one).overflowX !== 'visible' &&
            getComputedStyle(one).textOverflow !== 'ellipsis' &&
            !one.closest('.sr-only'),
        )
        .map((one) => one.innerText.slice(0, 40)),
    );
    if (clipped.length > 0) process.stdout.write(`${tag} ${name}: clipped ${clipped.join(' | ')}\n`);
    if (wide > 0) process.stdout.write(`${tag} ${name}: scrolls sideways by ${wide} px\n`);
    await page.screenshot({ path: join(folder, `${name}.${tag}.png`), fullPage: true });
  }
  await context.close();
}
await browser.close();
await server.close();

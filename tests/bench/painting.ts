// When a browser has painted the rows of a table, in ms of its own clock: from the navigation, the click or the key that asks for them.
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { chromium as installed } from '../ground.ts';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
const PATIENCE_MS = 20_000;

/** Runs what needs a browser on that address, whose every request carries the token. */
export async function inBrowser<T>(url: string, token: string, run: (context: BrowserContext) => Promise<T>): Promise<T> {
  const executablePath = installed();
  if (executablePath === undefined) throw new Error('Chromium is missing: install it or name one by DESKFLEET_CHROMIUM=/path/to/it');
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  try {
    const context = await browser.newContext({
      baseURL: url,
      locale: 'en-GB',
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
      extraHTTPHeaders: { authorization: `Bearer ${token}` },
    });
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addInitScript({ path: join(import.meta.dirname, 'painted-rows.js') });
    return await run(context);
  } finally {
    await browser.close();
  }
}

interface Asked {
  /** The table, as it is called. */
  readonly caption: string;
  /** What every row says once they are the ones asked for. */
  readonly saying: string;
  /** A link that is clicked, or a field that is typed into; neither = from the page's navigation on. */
  readonly click?: string;
  readonly type?: { readonly into: string; readonly text: string };
}

/** From what asks for the rows until a frame with them is painted. */
export function untilPainted(page: Page, asked: Asked): Promise<number> {
  return page.evaluate<number>(`untilPainted(${JSON.stringify(asked)})`);
}

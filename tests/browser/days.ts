// The days of a walk: the services' clocks and the browsers' go together, from the 10th of a month on, so that no walk begins at a month's end.
import type { BrowserContext } from 'playwright-core';
import type { Clocks } from '../clocks.ts';

/** The contract's. */
const ZONE = 'Asia/Shanghai';
/** When the day's work begins. */
const MORNING = '10:00';

export class Days {
  readonly #clocks: Clocks;
  readonly #browsers: BrowserContext[] = [];
  #date: Temporal.PlainDate;
  #aheadMs: number;

  /** Before the installation starts. */
  constructor(clocks: Clocks) {
    this.#clocks = clocks;
    this.#date = Temporal.Now.plainDateISO(ZONE).add({ months: 1 }).with({ day: 10 });
    this.#aheadMs = aheadOf(this.#date);
    clocks.setAll(this.#aheadMs);
  }

  /** So many days from the walk's today. */
  day(offset = 0): string {
    return this.#date.add({ days: offset }).toString();
  }

  now(): Date {
    return new Date(Date.now() + this.#aheadMs);
  }

  /** A browser goes by these days, in every page that it opens from now on. */
  async follow(browser: BrowserContext): Promise<void> {
    this.#browsers.push(browser);
    await browser.addInitScript(runAhead, this.#aheadMs);
  }

  /** To the morning of a later day. Pages that are open stay behind until they are loaded again. */
  async moveTo(date: string): Promise<void> {
    this.#date = Temporal.PlainDate.from(date);
    const before = this.#aheadMs;
    this.#aheadMs = aheadOf(this.#date);
    this.#clocks.setAll(this.#aheadMs);
    for (const browser of this.#browsers) await browser.addInitScript(runAhead, this.#aheadMs - before);
  }
}

function aheadOf(date: Temporal.PlainDate): number {
  return date.toZonedDateTime({ timeZone: ZONE, plainTime: MORNING }).epochMilliseconds - Date.now();
}

/** Runs in the page, before anything of its own; what runs again adds up. */
function runAhead(ms: number): void {
  const before = Date.now.bind(Date);
  Date.now = () => before() + ms;
  globalThis.Date = new Proxy(Date, {
    construct: (target, args: [], made) => Reflect.construct(target, args.length === 0 ? [target.now()] : args, made),
  });
}

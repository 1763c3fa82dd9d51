// How a person works a screen: with the mouse, or with nothing but the keyboard. The keyboard moves by Tab, as somebody without a mouse does, and what
// no Tab reaches fails the test.
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';

export interface Hands {
  /** Types into a field; what stood there is gone. */
  fill(field: Locator, text: string): Promise<void>;
  press(what: Locator): Promise<void>;
  tick(box: Locator): Promise<void>;
  /** Chooses from a list of the platform's own by what it says. */
  choose(list: Locator, option: string): Promise<void>;
}

export const mouse: Hands = {
  async fill(field, text) {
    await field.fill(text);
    // A date is taken when its field is left.
    await field.press('Tab');
  },
  press: (what) => what.click(),
  tick: (box) => box.check(),
  async choose(list, option) {
    await list.selectOption({ label: option });
  },
};

/** More stops than any page has. */
const MOST_TABS = 400;

/** On a page just opened the first stop is the link that skips what stands on every page. */
async function skipNavigation(target: Locator): Promise<void> {
  const page = target.page();
  const fresh = await target.evaluate((element) => document.activeElement === document.body && element.closest('main') !== null);
  if (!fresh) return;
  await page.keyboard.press('Tab');
  if (await page.evaluate(() => document.activeElement?.getAttribute('href') === '#main')) await page.keyboard.press('Enter');
}

async function reach(target: Locator): Promise<void> {
  await target.waitFor();
  const { keyboard } = target.page();
  await skipNavigation(target);
  for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await keyboard.press('Tab');
  }
  throw new Error(`no Tab reaches ${String(target)}`);
}

export const keyboard: Hands = {
  async fill(field, text) {
    await reach(field);
    const { keyboard: keys } = field.page();
    await keys.press('Control+a');
    await keys.type(text);
    await keys.press('Tab');
    expect(await field.inputValue()).toBe(text);
  },
  async press(what) {
    await reach(what);
    await what.page().keyboard.press('Enter');
  },
  async tick(box) {
    await reach(box);
    if (!(await box.isChecked())) await box.page().keyboard.press('Space');
    expect(await box.isChecked()).toBe(true);
  },
  async choose(list, option) {
    await reach(list);
    await list.page().keyboard.type(option);
    expect(await list.evaluate((select) => (select instanceof HTMLSelectElement ? select.selectedOptions[0]?.label : ''))).toBe(option);
  },
};

// From a lead to a passed trial and its month's invoice, and to a failed one with its refund: operations, finance and the client, each in a browser of
// their own, on their screens from the first step to the last; the second way goes by keyboard alone. Both go at once: a walk is mostly waiting.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Clocks } from '../clocks.ts';
import { type StartedInstallation, startInstallation } from '../installation.ts';
import { Days } from './days.ts';
import { type Hands, keyboard, mouse } from './hands.ts';
import { accept, giveVerdict, goLive, ledgerOf, onPhone, refusedGoLive, rework, takeOn, toTrial, train, untilLive } from './launch-way.ts';
import { keepPicture, rowsOf, screen, settled, startBrowser } from './readers.ts';
import { transcripts } from './transcripts.ts';
import { applied, daysLater, look, type NewShop, named, panel, send, untilSigned, type Way } from './whole-way.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(() => browser?.close());

/** One way on an installation of its own. */
async function walked(shop: NewShop, hands: Hands, walk: (way: Way) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'deskfleet-walk-'));
  const clocks = new Clocks(folder);
  const days = new Days(clocks);
  const installation: StartedInstallation = await startInstallation({ bus: 'feed', demo: 'none', env: clocks.env });
  try {
    const way = await untilSigned(browser, installation.url, shop, hands, days);
    try {
      await untilLive(way);
      await walk(way);
    } catch (failure) {
      await keepPicture(way.client, 'client');
      await keepPicture(way.operations, 'operations');
      await keepPicture(way.finance, 'finance');
      throw failure;
    } finally {
      await way.close();
    }
  } finally {
    await installation.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the board says of the shop, as operations read it. */
async function onBoard({ operations, shop }: Way, step: string): Promise<string> {
  await operations.goto(`/onboarding?step=${step}`);
  await settled(operations);
  return operations
    .getByRole('table', { name: 'Shops on their way' })
    .getByRole('row', { name: new RegExp(shop.name) })
    .innerText();
}

/** What a person is told, as they read it. */
async function told(page: Page): Promise<string> {
  await page.goto('/notifications');
  await settled(page);
  return page.getByRole('main').innerText();
}

/** The conversations of the day before go in, as operations upload them; two reach the shop, one line lacks its zone. */
async function importConversations({ operations, shop, days }: Way): Promise<void> {
  await operations.goto('/imports');
  await operations
    .getByLabel('Choose a file')
    .setInputFiles({ name: 'yesterday.ndjson', mimeType: 'application/x-ndjson', buffer: Buffer.from(transcripts(shop.code, days.now())) });
  await operations.getByRole('heading', { name: '1 lines did not go in' }).waitFor();
}

/** Minor units as a person reads them: `CNY 6,000.00`. */
const cny = (minor: number): string => `CNY ${(minor / 100).toLocaleString('en-GB', { minimumFractionDigits: 2 })}`;

/** The amount of a row that is named so, in minor units. */
async function amountIn(page: Page, caption: string, row: string): Promise<number> {
  const found = (await rowsOf(page, caption)).find(([name]) => name?.startsWith(row)) ?? [];
  return Math.round(Number(found.find((cell) => cell.startsWith('CNY '))?.replace(/[^\d.]/g, '')) * 100);
}

const TWO_BATCHES = [
  { key: 'first', name: 'Prams', products: '200', agents: '1' },
  { key: 'second', name: 'All others', products: '400', agents: '2' },
];

test.concurrent('from a lead to a passed trial and its invoice: each side acts on its screens, the board says whose turn it is, the deposit is set against the month', () =>
  walked({ code: 'qinghe-tm', name: 'Qinghe on Tmall', clientName: 'Qinghe Baby', agents: 2, batches: TWO_BATCHES }, mouse, async (way) => {
    const { operations, finance, client, contractId, days } = way;
    expect(await onBoard(way, 'handover')).toMatch(/Waits for the client[\s\S]*Under review[\s\S]*Trial day 1 of 15/);
    await screen(operations);
    await rework(way, 'Sizes are mixed up', 'The table of sizes is learned again');
    await accept(way);
    // BR-210: the second batch needs two who have passed.
    expect(await refusedGoLive(way)).toContain('1 of 2 agents');
    await takeOn(way, '小满');
    await train(way, ['小满']);
    await goLive(way);
    await accept(way);
    expect(await onBoard(way, 'live')).toContain('Trial day 1 of 15');

    await daysLater(way, days.day(2));
    await importConversations(way);
    await toTrial(way);
    const card = panel(client, 'Trial');
    await card.getByText('Day 3 of 15').waitFor();
    await card.getByRole('table', { name: 'Its clauses so far' }).getByText('2/2').waitFor();
    await screen(client);
    await giveVerdict(way, 'Passed');
    expect((await send(client, `/contracts/${contractId}/trial/verdict`, { verdict: 'failed', reason: 'changed my mind' })).status).toBe(409);
    expect(await onBoard(way, 'live')).toContain('Trial passed');
    expect(await told(operations)).toContain('The trial was passed');
    expect(await told(client)).toMatch(/of the deposit came in; it is complete/);
    await screen(client);

    // The month ends; finance closes it, and the deposit is set against its invoice (BR-009).
    const ended = Temporal.PlainDate.from(days.day());
    await daysLater(way, ended.add({ months: 1 }).with({ day: 2 }).toString());
    await finance.goto('/close');
    await named(finance, 'button', /^Close through /).click();
    await finance.getByText('There is 1 invoice through this month.').waitFor({ timeout: 60_000 });
    await panel(finance, 'What can close, and what holds it').getByRole('link', { name: 'Invoices', exact: true }).click();
    await finance.getByRole('table', { name: 'Invoices' }).locator('tbody a').first().click();
    await finance.getByRole('heading', { level: 1, name: /^Invoice / }).waitFor();
    await screen(finance);
    const fee = await amountIn(finance, 'Invoice', 'Monthly fee');
    const served = ended.daysInMonth - 9; // from the 10th, the first go-live, on
    expect(fee).toBe(Math.round((1_000_000 * served) / ended.daysInMonth));
    expect(await amountIn(finance, 'Invoice', 'Conversations')).toBe(120);
    expect(await amountIn(finance, 'Payments', 'Deposit')).toBe(600_000);
    const due = fee + 120 - 600_000;
    await finance.getByText(`${cny(due)} is still to be paid; several payments are fine.`).waitFor();
    await named(finance, 'textbox', 'Bank reference').fill('B-20');
    await named(finance, 'button', 'Record a payment').click();
    await finance.getByText('Nothing is left to pay.').waitFor();
    await finance.getByText(/Recorded\.$/).waitFor();

    // Both sides see it: the invoice, and where every cent of the deposit went.
    await look(way, client, new URL(finance.url()).pathname);
    expect(await amountIn(client, 'Payments', 'Deposit')).toBe(600_000);
    expect(await amountIn(client, 'Payments', 'Payment')).toBe(due);
    await screen(client);
    expect(await ledgerOf(client, contractId)).toMatchObject({ setOff: 600_000, held: 0, refunded: 0 });
    for (const page of [finance, client]) {
      await page.goto(`/deposits/${contractId}`);
      await panel(page, 'Now').getByText('Set against an invoice').waitFor();
      await settled(page);
      expect(await amountIn(page, 'Where every cent is', 'Set against invoices')).toBe(600_000);
    }
    expect(await told(finance)).toContain('The trial was passed');
  }));

test.concurrent('to a failed trial: service ends, the unpaid fees are kept, finance pays the rest back, and the client reads every step', () =>
  walked({ code: 'yunqi-dy', name: 'Yunqi on Douyin', clientName: 'Yunqi Home', agents: 1, batches: [] }, keyboard, async (way) => {
    const { operations, finance, client, contractId, shop, hands } = way;
    await giveVerdict(way, 'Failed', '回复太慢');
    await screen(client);
    // The fees come from billing: the one day of service is invoiced, kept from the deposit, and the rest is owed back (BR-007).
    await look(way, finance, `/deposits/${contractId}`);
    await panel(finance, 'Now')
      .getByText(/Refund owed$/)
      .first()
      .waitFor({ timeout: 60_000 });
    const { kept, refundOwed } = await ledgerOf(finance, contractId);
    expect(kept).toBeGreaterThan(0);
    expect(kept + refundOwed).toBe(600_000);
    expect((await send(client, `/deposits/${contractId}/payouts`, {})).status).toBe(404);
    const form = panel(finance, 'Record a refund');
    const payOut = async (amount: string) => {
      await hands.fill(form.getByRole('textbox', { name: 'Refund number', exact: true }), 'P-1');
      await hands.fill(form.getByRole('textbox', { name: 'Amount (CNY)', exact: true }), amount);
      await hands.press(form.getByRole('button', { name: 'Record refund' }));
    };
    await payOut(((refundOwed + 1) / 100).toFixed(2));
    await form.getByRole('alert').waitFor(); // more than is owed
    await payOut((refundOwed / 100).toFixed(2));
    await form.getByText('All that was owed back has been paid.').waitFor();
    await form.getByText(/Recorded\.$/).waitFor();
    await screen(finance);
    expect(await ledgerOf(finance, contractId)).toMatchObject({ refundOwed: 0, refunded: refundOwed, held: 0 });

    await onPhone(way, `/deposits/${contractId}`);
    expect(await amountIn(client, 'Where every cent is', 'Refunded')).toBe(refundOwed);
    expect(await amountIn(client, 'Where every cent is', 'Kept for fees')).toBe(kept);
    await screen(client);
    expect(await told(client)).toContain(`${cny(refundOwed)} of the deposit was paid back`);
    await screen(client);
    expect(await told(finance)).toContain('The trial failed');
    // It has left the board; what is still to be handed back waits in the list below it.
    await applied(operations);
    await operations.goto('/onboarding?step=live');
    await settled(operations);
    expect(await operations.getByRole('table', { name: 'Shops on their way' }).getByText(shop.name).count()).toBe(0);
  }));

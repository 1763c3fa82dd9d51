// From a lead to a passed trial, and to a failed one with its refund: operations, finance and the client, each in a browser of their own. Until the
// shop's people are trained they act on their screens; the second way goes by keyboard alone until both have signed.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedInstallation, startInstallation } from '../installation.ts';
import { type Hands, keyboard, mouse } from './hands.ts';
import { keepPicture, screen, settled, startBrowser } from './readers.ts';
import { applied, day, done, type NewShop, send, untilLive, untilSigned, type Way } from './whole-way.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(() => browser?.close());

/** One way on an installation of its own. */
async function walked(shop: NewShop, hands: Hands, walk: (way: Way) => Promise<void>): Promise<void> {
  const installation: StartedInstallation = await startInstallation({ bus: 'feed', demo: 'none' });
  try {
    const way = await untilSigned(browser, installation.url, shop, hands);
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
  }
}

/** What the board says of the shop, as operations read it. */
async function onBoard(operations: Page, shopName: string, step: string): Promise<string> {
  await operations.goto(`/onboarding?step=${step}`);
  await settled(operations);
  return operations.getByRole('row', { name: new RegExp(shopName) }).innerText();
}

/** A deposit's ledger in minor units. */
function ledgerOf(deposit: Record<string, unknown>): Readonly<Record<'kept' | 'refundOwed' | 'refunded' | 'held', number>> {
  const ledger = deposit['ledger'] as Readonly<Record<string, { readonly amount: string } | undefined>>;
  const minor = (name: string): number => Math.round(Number(ledger[name]?.amount ?? '0') * 100);
  return { kept: minor('kept'), refundOwed: minor('refundOwed'), refunded: minor('refunded'), held: minor('held') };
}

/** What a person is told, as they read it. */
async function told(page: Page): Promise<string> {
  await page.goto('/notifications');
  await settled(page);
  return page.getByRole('main').innerText();
}

test('from a lead to a passed trial: both sides act, the board says whose turn it is, and the deposit goes to the verdict’s invoice', () =>
  walked({ code: 'qinghe-tm', name: 'Qinghe on Tmall', clientName: 'Qinghe Baby' }, mouse, async ({ operations, finance, client, contractId, shopName }) => {
    expect(await onBoard(operations, shopName, 'handover')).toMatch(/Waits for the client[\s\S]*Under review[\s\S]*Trial day 1 of 15/);
    await screen(operations);
    expect((await send(operations, `/contracts/${contractId}/batches/all/accept`, {})).body['code']).toBe('evidence-missing'); // on behalf needs it
    await done(client, `/contracts/${contractId}/batches/all/accept`, {});
    await applied(operations);
    expect(await onBoard(operations, shopName, 'live')).toContain('Trial day 1 of 15');
    await done(client, `/contracts/${contractId}/trial/verdict`, { verdict: 'passed' });
    await applied(operations);
    expect((await done(finance, `/deposits/${contractId}`))['status']).toBe('routed-to-invoice');
    expect((await send(client, `/contracts/${contractId}/trial/verdict`, { verdict: 'failed', reason: 'changed my mind' })).status).toBe(409);
    expect(await onBoard(operations, shopName, 'live')).toContain('Trial passed');
    expect(await told(operations)).toContain('The trial was passed');
    expect(await told(client)).toMatch(/of the deposit came in; it is complete/);
    await screen(client);
    expect(await told(finance)).toContain('The trial was passed');
  }));

test('to a failed trial: service ends, the unpaid fees are kept, finance pays the rest back, and the client reads every step', () =>
  walked({ code: 'yunqi-dy', name: 'Yunqi on Douyin', clientName: 'Yunqi Home' }, keyboard, async ({ operations, finance, client, contractId, shopName }) => {
    await client.setViewportSize({ width: 390, height: 844 });
    await client.goto('/tasks');
    await settled(client);
    await screen(client);
    await done(client, `/contracts/${contractId}/trial/verdict`, { verdict: 'failed', reason: '回复太慢' });
    await applied(operations);
    // The fees come from billing: the one day of service is invoiced, kept from the deposit, and the rest is owed back.
    const deposit = (): Promise<Record<string, unknown>> => done(finance, `/deposits/${contractId}`);
    await expect.poll(async () => (await deposit())['status'], { timeout: 60_000, interval: 1_000 }).toBe('refund-owed');
    const { kept, refundOwed } = ledgerOf(await deposit());
    expect(kept).toBeGreaterThan(0);
    expect(kept + refundOwed).toBe(600_000);
    const amount = (minor: number) => ({ currency: 'CNY', amount: (minor / 100).toFixed(2) });
    const payout = { payoutId: 'P-1', paidOn: day(0), reference: 'P-1' };
    expect((await send(client, `/deposits/${contractId}/payouts`, { ...payout, amount: amount(refundOwed) })).status).toBe(404);
    expect((await send(finance, `/deposits/${contractId}/payouts`, { ...payout, amount: amount(refundOwed + 1) })).body['code']).toBe('refund-exceeds-owed');
    await done(finance, `/deposits/${contractId}/payouts`, { ...payout, amount: amount(refundOwed) });
    await applied(operations);
    expect(ledgerOf(await deposit())).toMatchObject({ refundOwed: 0, refunded: refundOwed, held: 0 });
    const heard = await told(client);
    expect(heard).toContain(`CNY ${amount(refundOwed).amount.replace(/\B(?=(\d{3})+\.)/g, ',')} of the deposit was paid back`);
    await screen(client);
    await operations.goto('/onboarding?step=live');
    await settled(operations);
    // It has left the board; what is still to be handed back waits in the list below it.
    const { cards } = (await done(operations, '/onboarding/board?step=live')) as { cards: { shopName: string }[] };
    expect(cards.map((card) => card.shopName)).not.toContain(shopName);
    expect(await told(finance)).toContain('The trial failed');
  }));

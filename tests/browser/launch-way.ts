// From two signatures to a shop whose handover the client has accepted: deposit, trainings, the information list, batch by batch. Each side acts on
// its own screens; the client has a phone.
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { settled } from './readers.ts';
import { applied, done, look, named, panel, send, type Way } from './whole-way.ts';

/** To the first batch that is live, and the trial that begins with it. */
export async function untilLive(way: Way): Promise<void> {
  await payDeposit(way);
  await takeOn(way, '小禾');
  await train(way, ['小禾']);
  await handOver(way);
  await goLive(way);
}

/** Finance confirms the deposit in two parts; a cent short it is not there (BR-005). */
async function payDeposit(way: Way): Promise<void> {
  const { finance, client, contractId, hands } = way;
  expect((await send(client, `/deposits/${contractId}/receipts`, {})).status).toBe(404);
  await look(way, client, '/tasks');
  await client.getByText(/^CNY 6,000\.00 is still missing/).waitFor();
  await look(way, finance, `/deposits/${contractId}`);
  const amountField = named(finance, 'textbox', 'Amount (CNY)');
  const receipt = async (number: string, amount: string) => {
    await hands.fill(named(finance, 'textbox', 'Receipt number'), number);
    await hands.fill(amountField, amount);
    await hands.press(named(finance, 'button', 'Confirm receipt'));
  };
  await receipt('R-1', '5999.99');
  await finance.getByText('Recorded. CNY 0.01 is still missing.').waitFor();
  await finance.locator('input[value="0.01"]').waitFor(); // what is still missing
  expect(await refusedGoLive(way)).toContain('CNY 0.01 of CNY 6,000.00 missing');
  await receipt('R-2', '0.01');
  await finance.getByText('Recorded. The deposit is complete.').waitFor();
  await panel(finance, 'Now').getByText(/Held$/).first().waitFor();
  await look(way, client, '/tasks');
  expect(await client.getByText(/is still missing/).count()).toBe(0);
}

/** What the checklist says when operations press nevertheless. */
export async function refusedGoLive(way: Way): Promise<string> {
  const { operations, contractId, hands } = way;
  await look(way, operations, `/contracts/${contractId}/onboarding`);
  await hands.press(named(operations, 'button', 'Go live'));
  await operations.getByRole('alert').first().waitFor();
  return operations.getByRole('main').innerText();
}

export async function takeOn({ operations, hands }: Way, name: string): Promise<void> {
  await operations.goto('/staffing');
  await settled(operations);
  await hands.fill(named(operations, 'textbox', 'Name or work name'), name);
  await hands.choose(panel(operations, 'Take on an agent').getByLabel('Level', { exact: true }), 'middle');
  await hands.press(named(operations, 'button', 'Take on'));
  await operations.getByText(`${name} is taken on.`).waitFor();
}

/** Product and shop training, told by the vendor and confirmed by the client (BR-211). */
export async function train(way: Way, names: readonly string[]): Promise<void> {
  const { operations, client, contractId, hands, days } = way;
  await look(way, operations, `/contracts/${contractId}/onboarding`);
  for (const kind of ['Product training', 'Shop training']) {
    const topic = `${kind} of ${names.join(' and ')}`;
    await hands.press(named(operations, 'button', 'Plan a training'));
    const plan = operations.getByRole('form', { name: 'Plan a training' });
    await hands.choose(plan.getByLabel('Kind', { exact: true }), kind);
    await hands.fill(plan.getByLabel('Topic', { exact: true }), topic);
    await hands.fill(plan.getByLabel('Planned for', { exact: true }), days.day());
    for (const name of names) await hands.tick(plan.getByRole('checkbox', { name }));
    await hands.press(plan.getByRole('button', { name: 'Plan a training' }));
    const item = operations.getByRole('listitem').filter({ hasText: `${kind} · ${topic}` });
    await hands.press(item.getByRole('button', { name: 'Record the results' }));
    const results = item.getByRole('form', { name: 'Record the results' });
    for (const name of names) {
      await hands.fill(results.getByLabel(`Quiz score of ${name} (%)`), '95');
      await hands.tick(results.getByRole('checkbox', { name: `${name} passed` }));
    }
    await hands.press(results.getByRole('button', { name: 'Record the results' }));
    await item.getByText('waits for the other side').waitFor();
  }
  await onPhone(way, '/tasks');
  const confirm = named(client, 'button', 'Confirm');
  for (const last of [1, 0]) {
    await confirm.nth(last).waitFor();
    await hands.press(confirm.first());
    await confirm.nth(last).waitFor({ state: 'detached' });
  }
}

/** The client hands over everything on the information list that is asked for, item by item (BR-209); what is not complete comes back. */
async function handOver(way: Way): Promise<void> {
  const { operations, client, contractId, hands } = way;
  expect(await refusedGoLive(way)).toMatch(/Shop information\s*0 of \d+, missing/);
  await onPhone(way, '/tasks');
  const items = client.locator('li.thing');
  await items.first().waitFor();
  for (let left = await items.count(); left > 0; left -= 1) await handOverFirst(way, items);
  await look(way, operations, `/contracts/${contractId}/onboarding`);
  const address = operations.getByRole('listitem').filter({ hasText: 'Return address' });
  await hands.press(address.getByRole('button', { name: 'Something is missing' }));
  const back = address.getByRole('form', { name: 'Something is missing' });
  await hands.fill(back.getByLabel('Reason', { exact: true }), 'no telephone number');
  await hands.press(back.getByRole('button', { name: 'Something is missing' }));
  await address.getByText('Opened again by the vendor: no telephone number').waitFor();
  await onPhone(way, '/tasks');
  await client.getByText('Opened again by the vendor: no telephone number').waitFor();
  await handOverFirst(way, items);
}

async function handOverFirst({ client, hands }: Way, items: Locator): Promise<void> {
  const title = await items.first().locator('strong').first().innerText();
  const item = items.filter({ hasText: title });
  await hands.press(item.getByRole('button', { name: 'Hand over' }));
  const form = item.getByRole('form', { name: 'Hand over' });
  await hands.fill(form.getByLabel('Content', { exact: true }), `${title}: as our shop has it`);
  await hands.press(form.getByRole('button', { name: 'Hand over' }));
  await item.waitFor({ state: 'detached' });
  await settled(client);
}

/** Operations press the button, and the batch waits for the client's judgement. */
export async function goLive(way: Way): Promise<void> {
  const { operations, contractId, hands } = way;
  await look(way, operations, `/contracts/${contractId}/onboarding`);
  await hands.press(named(operations, 'button', 'Go live'));
  await panel(operations, 'Handover in batches').getByText('under review').first().waitFor();
}

/** The client judges the live work of the batch that waits. */
export async function accept(way: Way): Promise<void> {
  const { client, hands } = way;
  await onPhone(way, '/tasks');
  await hands.press(named(client, 'button', 'Accept'));
  await named(client, 'button', 'Accept').waitFor({ state: 'detached' });
}

/** The client asks for rework; until it is done and accepted nothing follows (BR-012). */
export async function rework(way: Way, what: string, how: string): Promise<void> {
  const { operations, client, contractId, hands } = way;
  await onPhone(way, '/tasks');
  await hands.press(named(client, 'button', 'Ask for rework'));
  const form = client.getByRole('form', { name: 'Ask for rework' });
  await hands.fill(form.getByLabel('What is to be done again'), what);
  await hands.press(form.getByRole('button', { name: 'Ask for rework' }));
  await form.waitFor({ state: 'detached' });
  expect(await refusedGoLive(way)).toContain('batch 1 is in rework');
  await hands.press(named(operations, 'button', 'Rework is done'));
  const report = operations.getByRole('form', { name: 'Rework is done' });
  await hands.fill(report.getByLabel('What was done'), how);
  await hands.press(report.getByRole('button', { name: 'Rework is done' }));
  await operations.getByText(`Reworked: ${how}`).waitFor();
  expect((await send(operations, `/contracts/${contractId}/batches/first/accept`, {})).body['code']).toBe('evidence-missing'); // on behalf needs it
}

/** The client's page, when everything that was done has arrived there, as their phone shows it. */
export async function onPhone(way: Way, path: string): Promise<void> {
  await way.client.setViewportSize({ width: 390, height: 844 });
  await look(way, way.client, path);
}

/** The client finds the trial on their first page and opens its card. */
export async function toTrial(way: Way): Promise<void> {
  const { client, shop, hands } = way;
  await onPhone(way, '/');
  await hands.press(panel(client, 'Trial').getByRole('link', { name: shop.name }));
  await client.waitForURL(/\/onboarding/);
  await settled(client);
}

/** The client's word on the trial, given under its card. */
export async function giveVerdict(way: Way, verdict: 'Passed' | 'Failed', why = ''): Promise<void> {
  const { client, hands } = way;
  await toTrial(way);
  const card = panel(client, 'Trial');
  await hands.press(card.getByRole('button', { name: 'Give the verdict' }));
  const form = card.getByRole('form', { name: 'Give the verdict' });
  await hands.choose(form.getByLabel('Give the verdict', { exact: true }), verdict);
  if (why !== '') await hands.fill(form.getByLabel('Why it failed'), why);
  await hands.press(form.getByRole('button', { name: 'Give the verdict' }));
  await card.getByText(/The client (passed|failed) it/).waitFor();
  await applied(way.operations);
}

/** A deposit's ledger in minor units. */
export async function ledgerOf(page: Page, contractId: string): Promise<Readonly<Record<'setOff' | 'kept' | 'refundOwed' | 'refunded' | 'held', number>>> {
  const { ledger } = (await done(page, `/deposits/${contractId}`)) as { ledger: Readonly<Record<string, { readonly amount: string } | undefined>> };
  const minor = (name: string): number => Math.round(Number(ledger[name]?.amount ?? '0') * 100);
  return { setOff: minor('setOff'), kept: minor('kept'), refundOwed: minor('refundOwed'), refunded: minor('refunded'), held: minor('held') };
}

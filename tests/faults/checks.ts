// What must be true after a fault run, whatever happened in it.
import { SERVICE_NAMES, type ServiceName } from '@deskfleet/service-kit';
import { expect, vi } from 'vitest';
import { type Expected, figures, invoices } from '../acceptance/oracle.ts';
import { checkEvents, checkTopics } from './events.ts';
import { checkReadModels, readAfresh } from './folds.ts';
import { databaseOf, type Ground } from './ground.ts';
import { LIVE_ALLOWANCE_MS } from './load.ts';
import type { Input } from './taken.ts';

const TROUBLES_END_WITHIN = { timeout: 10_000, interval: 250 };

/** The installation is settled when this begins, and gone when it ends. */
export async function checkRun(ground: Ground, input: Input, say: (line: string) => void): Promise<void> {
  for (const service of SERVICE_NAMES) await checkNothingHeld(ground, service);
  await checkFigures(ground, input);
  await checkInvoices(ground, input);
  await checkBreaches(ground, input);
  say('figures, invoices and breaches are those of the oracle');
  const afresh = await readAfresh(ground);
  const topics = await checkTopics(ground);
  say(`${topics.events} events are in their topics, ${topics.again} of them again, ${topics.late} after a later one`);
  expect(await ground.stopInstallation(), 'processes left behind').toEqual([]);
  const events = await checkEvents(ground, input);
  say(`${events} events, each accepted command's once`);
  const rows = await checkReadModels(ground, afresh);
  say(`${rows} rows of read models are those made again from the logs alone`);
}

async function checkNothingHeld(ground: Ground, service: ServiceName): Promise<void> {
  const held = await ground.query(databaseOf(service), 'select consumer_group, stream_id, state, wait_key, error from bus_held_streams');
  expect(held, `held in ${service}`).toEqual([]);
  // Whoever lost a neighbour calls it again every two seconds: what is still a trouble after ten is one that stays.
  await vi.waitFor(async () => {
    const { ready, troubles } = await ground.readyz(service);
    expect({ service, ready, troubles }).toEqual({ service, ready: true, troubles: [] });
  }, TROUBLES_END_WITHIN);
}

async function checkFigures(ground: Ground, { lines }: Input): Promise<void> {
  const report = (await json(ground, 'report', 'sla')) as Expected;
  const expected = figures([...lines]);
  for (const [shop, own] of Object.entries(expected.shops)) expect(report.shops[shop], shop).toMatchObject(own);
  expect(report.total).toMatchObject(expected.total);
}

interface ListedInvoice {
  readonly number: string;
  readonly shop?: string;
  readonly period: string;
  readonly lines: readonly { key: string; quantity: string; amount: string }[];
  readonly total: string;
}

async function checkInvoices(ground: Ground, { lines, closed }: Input): Promise<void> {
  const issued = (await json(ground, 'invoices', 'list')) as ListedInvoice[];
  const seen = issued.map(({ shop, period, lines: own, total }) => ({
    shop,
    period,
    lines: own.map(({ key, quantity, amount }) => ({ key, quantity, amount })),
    total,
  }));
  expect(seen).toEqual(invoices([...lines]).filter(({ period }) => closed.includes(period)));
  for (const [period, ofMonth] of Map.groupBy(issued, (invoice) => invoice.period)) {
    const numbers = ofMonth.map(({ number }) => Number(/\d+$/.exec(number)?.[0])).sort((a, b) => a - b);
    expect(numbers, `numbers of ${period}`).toEqual(ofMonth.map((_, index) => index + 1));
  }
}

/** A live conversation's clause is breached when nobody answered within the allowance: at its due instant and one millisecond. */
async function checkBreaches(ground: Ground, { live }: Input): Promise<void> {
  const stated = await ground.query<{ start_message_id: string; breached_at: string }>(
    databaseOf('sla-monitoring'),
    `select start_message_id, breached_at from sla_breaches where withdrawn_reason = '' and start_message_id = any ($1)`,
    [live.map(({ firstMessage }) => firstMessage)],
  );
  const due = live
    .filter(({ askedAt, answeredAt }) => answeredAt === undefined || answeredAt - askedAt > LIVE_ALLOWANCE_MS)
    .map(({ firstMessage, askedAt }) => `${firstMessage} ${askedAt + LIVE_ALLOWANCE_MS + 1}`);
  expect(stated.map((row) => `${row.start_message_id} ${row.breached_at}`).sort()).toEqual(due.sort());
}

async function json(ground: Ground, ...words: string[]): Promise<unknown> {
  const { stdout, code } = await ground.installation.deskfleet(...words, '--json');
  expect({ code, words }).toEqual({ code: 0, words });
  return JSON.parse(stdout);
}

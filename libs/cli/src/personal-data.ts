// `deskfleet erase-subject`, `erasures` and `holds`: who is erased, how far that is, and what forbids it.
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { Unable } from './installation.ts';
import { type Portal, Refused } from './portal.ts';

interface Tools {
  readonly portal: () => Portal;
  readonly print: (json: boolean, value: object, text: () => string) => void;
}

interface Erasure {
  readonly erasureId: string;
  readonly state: string;
  readonly reason: string;
  readonly requestedAt: number;
  readonly requestedBy: string;
  readonly conversations: number;
  readonly doneAt: number;
  readonly waitsFor: readonly string[];
}

interface Hold {
  readonly holdId: string;
  readonly subjectId: string;
  readonly shopId: string;
  readonly reason: string;
  readonly placedBy: string;
  readonly placedAt: number;
  readonly releasedBy: string;
  readonly releasedAt: number;
  readonly releaseReason: string;
}

interface Person {
  readonly shop?: string;
  readonly channel?: string;
  readonly buyer?: string;
}

/** Keys are remembered for a minute at most; what takes longer waits for a service that is away. */
const PATIENCE_MS = 5 * 60_000;
const ROUND_MS = 500;

const iso = (at: number): string => new Date(at).toISOString();

export function personalDataCommands(program: Command, { portal, print }: Tools): void {
  withPerson(program.command('erase-subject').description('erase a customer for good; figures and invoices stay'))
    .option('--conversation <id>', 'instead of a buyer: everybody who wrote in it as a customer')
    .requiredOption('--reason <text>', 'why; it is kept, so it must not name the person')
    .option('--no-wait', 'return when the keys are destroyed, before every process has forgotten them')
    .option('--json', 'print as JSON')
    .action(async ({ conversation, reason, wait, json, ...person }: Person & { conversation?: string; reason: string; wait: boolean; json?: boolean }) => {
      const asked = portal();
      const body = { ...(await bodyOf(asked, person)), ...(conversation === undefined ? {} : { conversationId: conversation }), reason };
      const { erasures } = (await asked.ask('/erasures', { method: 'POST', body })) as { erasures: readonly Erasure[] };
      const reached = wait ? await untilDone(asked, erasures) : erasures;
      print(json ?? false, { erasures: reached }, () => (reached.length === 0 ? 'Nothing is kept of this buyer.\n' : reached.map(erasureText).join('')));
    });

  program
    .command('erasures')
    .description('erasures, the newest first')
    .option('--json', 'print as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const erasures = await pages<Erasure>(portal(), '/erasures', 'erasures', {});
      print(json ?? false, { erasures }, () => erasures.map(erasureText).join('') || 'Nobody was erased.\n');
    });

  const holds = program.command('holds').description('legal holds: whom they cover is not erased');
  withPerson(holds.command('place').description('with --buyer about one customer, with --shop alone about all who wrote to it'))
    .requiredOption('--reason <text>', 'why; it is kept sealed')
    .option('--json', 'print as JSON')
    .action(async ({ reason, json, ...person }: Person & { reason: string; json?: boolean }) => {
      const asked = portal();
      const placed = (await asked.ask('/legal-holds', { method: 'POST', body: { ...(await bodyOf(asked, person)), reason } })) as { holdId: string };
      print(json ?? false, { holdId: placed.holdId }, () => `Legal hold ${placed.holdId} stands.\n`);
    });
  holds
    .command('release')
    .argument('<hold>', 'its id')
    .requiredOption('--reason <text>', 'why')
    .option('--json', 'print as JSON')
    .action(async (holdId: string, { reason, json }: { reason: string; json?: boolean }) => {
      await portal().ask(`/legal-holds/${encodeURIComponent(holdId)}/release`, { method: 'POST', body: { reason } });
      print(json ?? false, { holdId }, () => `Legal hold ${holdId} is released.\n`);
    });
  holds
    .command('list')
    .description('holds, the newest first')
    .option('--standing', 'only those that stand')
    .option('--json', 'print as JSON')
    .action(async ({ standing, json }: { standing?: boolean; json?: boolean }) => {
      const found = await pages<Hold>(portal(), '/legal-holds', 'holds', standing === true ? { standingOnly: 'true' } : {});
      print(json ?? false, { holds: found }, () => found.map(holdText).join('') || 'There are no legal holds.\n');
    });
}

function withPerson(command: Command): Command {
  return command
    .option('--shop <code>', 'the shop the buyer wrote to; says the channel when it has only one')
    .option('--channel <name>', "the buyer's channel, e.g. tmall")
    .option('--buyer <id>', "the buyer's id there (sender_id); - reads it from standard input, which leaves no trace in the shell's history");
}

/** The person in the words of the API. */
async function bodyOf(portal: Portal, { shop, channel, buyer }: Person): Promise<Record<string, string>> {
  return {
    ...(shop === undefined ? {} : { shopId: await shopIdOf(portal, shop) }),
    ...(channel === undefined ? {} : { channel }),
    ...(buyer === undefined ? {} : { buyerId: buyer === '-' ? await firstLine() : buyer }),
  };
}

async function shopIdOf(portal: Portal, code: string): Promise<string> {
  const { shops } = (await portal.ask('/shops')) as { shops: readonly { shopId: string; code: string }[] };
  const shop = shops.find((each) => each.code === code);
  if (shop === undefined) throw new Refused('shop-not-found', `There is no shop ${code}.`);
  return shop.shopId;
}

async function firstLine(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8').split('\n', 1)[0]?.trim() ?? '';
}

/** Asks until each is done: no process of any service can hold one of their keys any more. */
async function untilDone(portal: Portal, erasures: readonly Erasure[]): Promise<Erasure[]> {
  const endsAt = performance.now() + PATIENCE_MS;
  let told = '';
  for (;;) {
    const now = await Promise.all(erasures.map(async ({ erasureId }) => (await portal.ask(`/erasures/${erasureId}`)) as Erasure));
    const waitsFor = [...new Set(now.flatMap((erasure) => erasure.waitsFor))].join(', ');
    if (now.every(({ state }) => state === 'done')) return now;
    if (performance.now() > endsAt)
      throw new Unable(`The keys are destroyed, but it is not done yet: it waits for ${waitsFor}. \`deskfleet erasures\` tells when.`);
    if (waitsFor !== told && waitsFor !== '') process.stderr.write(`Destroyed; waiting for ${waitsFor} ...\n`);
    told = waitsFor;
    await pause(ROUND_MS);
  }
}

async function pages<Row>(portal: Portal, path: string, list: string, query: Readonly<Record<string, string>>): Promise<Row[]> {
  const all: Row[] = [];
  for (let token = ''; ; ) {
    const page = (await portal.ask(path, { query: { ...query, size: '200', ...(token === '' ? {} : { token }) } })) as Record<string, unknown>;
    all.push(...(page[list] as Row[]));
    token = String(page['nextToken'] ?? '');
    if (token === '') return all;
  }
}

function erasureText({ erasureId, state, doneAt, waitsFor, conversations, requestedAt, requestedBy, reason }: Erasure): string {
  const reached = state === 'done' ? `done ${iso(doneAt)}` : `running, waits for ${waitsFor.join(', ') || 'its turn'}`;
  return `${erasureId}  ${reached}; ${conversations} conversations; asked ${iso(requestedAt)} by ${requestedBy}${reason === '' ? '' : `: ${reason}`}\n`;
}

function holdText({ holdId, subjectId, shopId, reason, placedBy, placedAt, releasedBy, releasedAt, releaseReason }: Hold): string {
  const about = shopId === '' ? subjectId : `everybody of ${shopId}`;
  const released = releasedAt === 0 ? '' : `; released ${iso(releasedAt)} by ${releasedBy}: ${releaseReason}`;
  return `${holdId}  ${about}  since ${iso(placedAt)} by ${placedBy}: ${reason}${released}\n`;
}

// How long the onboarding board takes with 5,000 shops in every state there is: from an HTTP request to its answer, and in a browser from a click, a
// typed search or the page's loading to the painted rows.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { UnknownMessage } from '@deskfleet/protocol';
import { Party } from '@deskfleet/protocol/common';
import {
  BatchAccepted,
  BatchWentLive,
  ClientRegistered,
  ContractDrafted,
  ContractOffered,
  ContractSigned,
  DepositNoted,
  InformationHandedOver,
  LeadOpened,
  OutsourcingPlanProposed,
  QuoteAccepted,
  QuoteIssued,
  ShopAdded,
  ShopProfileRecorded,
  TrainingCompleted,
  TrainingKind,
  TrainingScheduled,
  TrialStarted,
} from '@deskfleet/protocol/onboarding';
import { Actor } from '@deskfleet/protocol/platform';
import { ContractTerms } from '@deskfleet/protocol/terms';
import type { ServiceDefinition } from '@deskfleet/service-kit';
import { createTestInstallation, startTestService, type TestService } from '@deskfleet/service-kit/testing';
import type { BrowserContext } from 'playwright-core';
import { buildWeb, webIsStale } from '../../deploy/local/src/web.ts';
import { BOARD_TYPES } from '../../services/client-onboarding/src/board/fold.ts';
import { STANDARD_ITEMS } from '../../services/client-onboarding/src/launch/information-items.ts';
import { clientOnboarding } from '../../services/client-onboarding/src/service.ts';
import { type Bench, type Figure, figure } from './bench.ts';
import { inBrowser, untilPainted } from './painting.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SHOPS = 5_000;
const ROUNDS = 30;
const LIMIT_MS = 300;
/** The app itself comes first then. */
const LOAD_LIMIT_MS = 1_500;
const BROWSER_ROUNDS = 10;
const VENDOR = 'vendor-1';
const AT_ONCE = 200;
const DAY_MS = 86_400_000;
/** Looks of 10 s until the read models must have taken in what was filled. */
const WAITS = 12;

export const boardBench: Bench = {
  name: 'board',
  async run() {
    // Only here: the portal brings its whole sign-in, which no other bench needs.
    const { portalService } = await import('../../services/portal/src/main.ts');
    const folder = mkdtempSync(join(tmpdir(), 'deskfleet-bench-board-'));
    if (webIsStale(ROOT)) await buildWeb(ROOT, join(folder, 'web.log'));
    const installation = await createTestInstallation();
    const onboarding = await startTestService(withBoardEvents(clientOnboarding), { installation, env: { DESKFLEET_MASTER_KEY: join(folder, 'master.key') } });
    writeFileSync(join(folder, 'portal.json'), installation.identity.privateKeys['portal'] ?? '');
    const port = 20_000 + (process.pid % 20_000);
    const portal = await startTestService(
      portalService({
        DESKFLEET_IDENTITY_KEY: join(folder, 'portal.json'),
        DESKFLEET_PORTAL_PORT: String(port),
        DESKFLEET_OPERATOR_TOKEN_FILE: join(folder, 'token'),
      }),
      { installation, peers: { 'client-onboarding': onboarding } },
    );
    try {
      await fill(onboarding);
      const [url, token] = [`http://127.0.0.1:${port}`, readFileSync(join(folder, 'token'), 'utf8')];
      const ask = asking(`${url}/api/v1/onboarding/board`, token);
      return [
        await measured('first 50 of 5,000 shops', () => ask('')),
        await measured('first 200', () => ask('?size=200')),
        await measured('those a search finds', () => ask('?search=dp49')),
        await measured('those whose turn is the client’s', () => ask('?turn=client')),
        ...(await inBrowser(url, token, painted)),
      ];
    } finally {
      await portal.remove();
      await onboarding.remove();
      rmSync(folder, { recursive: true });
    }
  },
};

/** The events of the whole way may be appended, whoever of the service appends them. */
function withBoardEvents(definition: ServiceDefinition): ServiceDefinition {
  return {
    ...definition,
    async parts(kit) {
      const parts = await definition.parts(kit);
      return { ...parts, events: [...new Set([...parts.events, ...BOARD_TYPES])] };
    },
  };
}

function asking(url: string, token: string): (query: string) => Promise<number> {
  return async (query) => {
    const answer = await fetch(url + query, { headers: { authorization: `Bearer ${token}` } });
    const { cards } = (await answer.json()) as { cards?: unknown[] };
    if (!answer.ok || cards === undefined || cards.length === 0) throw new Error(`${query}: ${answer.status}, ${cards?.length} cards`);
    return cards.length;
  };
}

async function measured(name: string, ask: () => Promise<number>): Promise<Figure> {
  await ask(); // connections and plans are there from here on
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    await ask();
    samples.push(performance.now() - began);
  }
  return figure(`board: ${name}`, 'ms', samples, { name: 'limit', median: LIMIT_MS });
}

/** As a person meets the board: by its link in the navigation, by a search on it, and by its address. */
async function painted(context: BrowserContext): Promise<Figure[]> {
  const caption = 'Shops on their way';
  const samples: Record<'click' | 'search' | 'load', number[]> = { click: [], search: [], load: [] };
  for (let round = 0; round < BROWSER_ROUNDS + 1; round += 1) {
    const page = await context.newPage();
    await page.goto('/notifications');
    await page.locator('h1').waitFor();
    await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
    const click = await untilPainted(page, { caption, saying: '店铺', click: '#navigation a[href^="/onboarding"]' });
    const search = await untilPainted(page, { caption, saying: '店铺49', type: { into: 'main input[type="search"]', text: 'dp49' } });
    await page.goto('/onboarding', { waitUntil: 'commit' });
    const load = await untilPainted(page, { caption, saying: '店铺' });
    await page.close();
    if (round === 0) continue; // the browser has the app's files from here on
    samples.click.push(click);
    samples.search.push(search);
    samples.load.push(load);
  }
  const limit = { name: 'limit', median: LIMIT_MS };
  return [
    figure('board in a browser: rows painted after a click', 'ms', samples.click, limit),
    figure('board in a browser: rows painted after a search', 'ms', samples.search, limit),
    figure('board in a browser: rows painted after loading the page', 'ms', samples.load, { name: 'limit', median: LOAD_LIMIT_MS }),
  ];
}

/** A shop a subject; the n-th has gone as many steps as n modulo the number of states. */
async function fill(onboarding: TestService): Promise<void> {
  const now = Date.now();
  for (let from = 0; from < SHOPS; from += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => fillOne(onboarding, from + index, now)));
  }
  const { position } = await onboarding.kit.store.head();
  const head = { $type: 'deskfleet.common.v1.LogPosition' as const, source: onboarding.kit.store.source, position };
  for (let waited = 0; !(await isApplied(onboarding, head)); waited += 1) {
    if (waited > WAITS) throw new Error(`the read models have not come to ${position}`);
  }
}

/** Whether the read models have come that far, within the time that one look takes. */
async function isApplied({ kit }: TestService, head: Parameters<TestService['kit']['awaitPosition']>[0]): Promise<boolean> {
  return kit.awaitPosition(head).then(
    () => true,
    () => false,
  );
}

async function fillOne({ kit }: TestService, n: number, now: number): Promise<void> {
  const { lead, contract, launch } = wayOf(n);
  const way = [
    { streamId: `client-cl${n}`, events: [ClientRegistered.create({ clientId: `cl${n}`, name: `客户${n}` })] },
    { streamId: `shop-sh${n}`, events: [ShopAdded.create({ shopId: `sh${n}`, clientId: `cl${n}`, code: `shop-${n}`, name: `店铺${n}`, platform: 'tmall' })] },
    { streamId: `lead-l${n}`, events: lead },
    { streamId: `contract-c${n}`, events: contract },
    { streamId: `launch-c${n}`, events: launch },
  ].filter(({ events }) => events.length > 0);
  let day = 40 + (n % 20);
  const streams = way.map(({ streamId, events }) => ({
    streamId,
    expected: 'none' as const,
    events: events.map((event: UnknownMessage) => {
      day -= 1;
      return { event, occurredAt: now - day * DAY_MS - n, shopId: streamId.startsWith('shop-') ? `sh${n}` : '' };
    }),
  }));
  const cause = { vendorId: VENDOR, actor: Actor.create({}), correlationId: '', causationId: '', commandId: '' };
  const { outcome } = await kit.store.append({ cause, streams });
  if (outcome !== 'appended') throw new Error(outcome);
}

function wayOf(n: number): { lead: UnknownMessage[]; contract: UnknownMessage[]; launch: UnknownMessage[] } {
  const [leadId, contractId, clientId, shopIds] = [`l${n}`, `c${n}`, `cl${n}`, [`sh${n}`]];
  const money = { $type: 'deskfleet.common.v1.Money' as const, currency: 'CNY', minor: 600_000 };
  const terms = ContractTerms.create({ zone: 'Asia/Shanghai', currency: 'CNY', deposit: money });
  const results = [{ agentId: 'a', passed: true }];
  const lead = [
    LeadOpened.create({ leadId, clientId, clientName: `客户${n}` }),
    ShopProfileRecorded.create({ leadId, profile: { shopId: shopIds[0] ?? '' } }),
    OutsourcingPlanProposed.create({ leadId }),
    QuoteIssued.create({ leadId, quote: { version: 1, validUntil: '2027-01-01' } }),
    QuoteAccepted.create({ leadId }),
  ];
  const contract = [
    ContractDrafted.create({ contractId, leadId, number: `C-${n}`, clientId, shopIds, terms }),
    ContractOffered.create({ contractId }),
    ContractSigned.create({ contractId, leadId, number: `C-${n}`, clientId, shopIds, terms }),
  ];
  const launch = [
    DepositNoted.create({ contractId, received: money, required: money }),
    TrainingScheduled.create({ contractId, trainingId: 'p', kind: TrainingKind.TRAINING_KIND_PRODUCT, givenBy: Party.PARTY_CLIENT, plannedOn: '2026-12-01' }),
    TrainingCompleted.create({ contractId, trainingId: 'p', kind: TrainingKind.TRAINING_KIND_PRODUCT, shopIds, results }),
    TrainingCompleted.create({ contractId, trainingId: 's', kind: TrainingKind.TRAINING_KIND_SHOP, shopIds, results }),
    ...STANDARD_ITEMS.map(({ key: itemKey }) => InformationHandedOver.create({ contractId, itemKey })),
    BatchWentLive.create({ contractId, batchKey: 'all', batchNo: 1, shopIds }),
    TrialStarted.create({ contractId, startsOn: '2026-11-20', endsOn: '2026-12-04' }),
    BatchAccepted.create({ contractId, batchKey: 'all' }),
  ];
  const gone = 1 + (n % (lead.length + contract.length + launch.length));
  return {
    lead: lead.slice(0, gone),
    contract: contract.slice(0, Math.max(0, gone - lead.length)),
    launch: launch.slice(0, Math.max(0, gone - lead.length - contract.length)),
  };
}

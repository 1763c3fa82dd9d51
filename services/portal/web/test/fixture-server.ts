// Serves a built web app with the fixtures behind it: for looking at screens and for the tests of their accessibility. Never shipped.
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import type { Role } from '../src/api/session.ts';
import type { Shop } from '../src/api/types.ts';
import * as people from './fixtures.ts';
import * as care from './fixtures-care.ts';
import { deposits, setAside, standing } from './fixtures-deposits.ts';
import * as launching from './fixtures-launch.ts';
import { many, manyShops } from './fixtures-many.ts';
import * as onboarding from './fixtures-onboarding.ts';
import * as operations from './fixtures-operations.ts';
import { salesRoutes } from './fixtures-sales.ts';
import * as work from './fixtures-work.ts';

const world = { ...people, ...work, ...operations };

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

const me = (role: Role) => ({
  signedIn: true,
  name: '演示用户',
  membership: {
    membershipId: 'me_1',
    userId: 'us_1',
    vendorId: 've_1',
    vendorName: '远帆客服',
    role,
    clientId: '',
    shopIds: [],
    allShops: true,
    mayAgree: true,
  },
  signInPath: '/auth/login',
  embeddedSignIn: true,
  now: Date.now(),
});

type Answer = (match: RegExpExecArray, role: Role, query: URLSearchParams, body: string) => unknown;

/** Shops as the portal pages and searches them. */
function shopsOf(all: readonly Shop[], query: URLSearchParams) {
  const ids = query.getAll('shopIds');
  const search = query.get('search') ?? '';
  const matching = all.filter(
    (shop) =>
      (ids.length === 0 || ids.includes(shop.shopId)) && (shop.name + shop.code).includes(search) && [shop.clientId, null, ''].includes(query.get('clientId')),
  );
  const from = Number(query.get('token') ?? 0);
  const size = Number(query.get('size') ?? 200);
  return { shops: matching.slice(from, from + size), nextToken: from + size < matching.length ? String(from + size) : '', total: matching.length };
}

/** What replaces the small world's answers when `many` is on. */
const manyRoutes: [RegExp, Answer][] = [
  [/^\/shops$/, (_, __, query) => shopsOf(manyShops, query)],
  [/^\/clauses$/, () => many.clauses],
  [/^\/onboarding\/board$/, () => onboarding.manyBoard],
  [/^\/floor$/, () => many.floor],
  [/^\/waiting$/, () => many.waiting],
  [/^\/accruals$/, () => many.accruals],
];

let sets = [{ setId: 'ss_1', name: '重点店铺', shopIds: ['sh_home', 'sh_baby'] }];
const routes: (readonly [RegExp, Answer])[] = [
  ...salesRoutes,
  [/^\/me$/, (_, role) => me(role)],
  [/^\/shops$/, (_, __, query) => shopsOf(world.shops, query)],
  [
    /^\/search$/,
    (_, __, query) => ({
      found: [
        ...(query.get('q') === 'tmqjd' ? [{ kind: 'shop', id: 'sh_baby', name: '天猫旗舰店', about: 'tm-baby', path: '/contracts/ct_1?shops=sh_baby' }] : []),
        ...(query.get('q') === 'DF-202603-0142'
          ? [{ kind: 'invoice', id: 'DF-202603-0142', name: 'DF-202603-0142', about: '', path: '/invoices/DF-202603-0142' }]
          : []),
      ],
      away: false,
    }),
  ],
  [/^\/shop-sets$/, () => ({ sets })],
  [
    /^\/clauses$/,
    () => {
      const clauses = world.contracts.flatMap((contract) =>
        world.contractSla(contract.contractId).clauses.map((figure) => ({
          contractId: contract.contractId,
          contractNumber: contract.number,
          shopIds: contract.shops.map((shop) => shop.shopId),
          figure,
        })),
      );
      const none = { clauses: 0, kept: 0, nothingDue: 0, met: 0, missed: 0 };
      return { clauses, all: { ...none, clauses: clauses.length, kept: 4, met: 900, missed: 200 }, rest: none, asOf: Date.now() };
    },
  ],
  [
    /^\/clients$/,
    () => ({
      clients: world.shops.map((shop) => ({ clientId: shop.clientId, name: shop.clientName, registeredAt: shop.addedAt, shopIds: [shop.shopId] })),
      nextToken: '',
      total: world.shops.length,
    }),
  ],
  [/^\/contracts$/, () => ({ contracts: world.contracts, nextToken: '', total: world.contracts.length })],
  [/^\/contracts\/([^/]+)$/, ([, id]) => world.contracts.find((contract) => contract.contractId === id)],
  [/^\/contracts\/([^/]+)\/launch$/, ([, id = '']) => launching.launch(id)],
  [
    /^\/contracts\/([^/]+)\/set-aside$/,
    ([, contractId = '']) => (contractId === 'ct_0' ? setAside : { setAside: { contractId, code: '', factsJson: '{}', since: 0, retries: [] } }),
  ],
  [/^\/contracts\/([^/]+)\/trial$/, ([, id = '']) => launching.trialCard(id)],
  [/^\/contracts\/([^/]+)\/sla$/, ([, id = '']) => world.contractSla(id)],
  [/^\/contracts\/[^/]+\/sla\/[^/]+\/clocks$/, () => ({ clocks: world.clocks, nextToken: '', total: world.clocks.length })],
  [/^\/contracts\/([^/]+)\/accrual$/, ([, id = '']) => world.accrual(id)],
  [/^\/contracts\/[^/]+\/usage$/, () => world.usage],
  [/^\/questions$/, (_, __, query) => (query.get('state') === 'answered' ? care.answeredQuestions : care.questions)],
  [/^\/questions\/qu_\d+$/, () => care.oneQuestion],
  [/^\/questions\/qu_\d+\/answer$/, () => ({ at: { source: 'client-onboarding', position: 1 } })],
  [/^\/shifts\.csv$/, () => care.plannedByFile],
  [/^\/shops\/[^/]+\/knowledge$/, () => care.knowledge],
  [/^\/contracts\/[^/]+\/supervision$/, () => care.supervision],
  [/^\/contracts\/[^/]+\/meetings$/, () => care.meetings],
  [/^\/staffing$/, () => care.staffing],
  [/^\/staffing\/[^/]+$/, () => care.duty],
  [/^\/shifts$/, () => care.shifts],
  [/^\/agents$/, () => ({ agents: world.agents })],
  [/^\/accounts$/, () => world.accounts],
  [/^\/floor$/, () => world.floor],
  [/^\/waiting$/, (_, role) => (role === 'client' ? onboarding.tasks : world.waiting)],
  [/^\/onboarding\/board$/, () => onboarding.board],
  [
    /^\/contracts\/ct_\d\/(trainings\/[^/]+\/confirm|batches\/[^/]+\/(accept|rework)|information\/[^/]+|trial\/verdict|handback\/sign)$/,
    () => ({ at: { source: 'client-onboarding', position: 1 } }),
  ],
  [/^\/onboarding\/board\/[^/]+\/remind$/, () => ({})],
  [/^\/notifications$/, () => onboarding.notifications],
  [/^\/notifications\/read$/, () => ({})],
  [/^\/files$/, () => onboarding.files],
  [/^\/webhooks$/, () => onboarding.webhooks],
  [/^\/webhooks\/wh_1\/deliveries$/, () => onboarding.deliveries],
  [/^\/quotes\/qt_1-2\/(accept|decline)$/, () => ({ at: { source: 'client-onboarding', position: 1 } })],
  [/^\/breaches$/, () => ({ breaches: world.breaches, nextToken: '', total: world.breaches.length })],
  [/^\/breaches\/br_\d+$/, () => world.breach],
  [/^\/conversations$/, () => ({ conversations: world.conversations, nextToken: '' })],
  [/^\/conversations\/(cv_[^/]+)$/, ([, id = '']) => world.conversation(id)],
  [/^\/conversations\/(cv_[^/]+)\/ribbon$/, ([, id = '']) => world.ribbon(id)],
  [/^\/imports$/, () => ({ imports: world.imports.map((one) => ({ ...one, rejected: [] })), nextToken: '' })],
  [/^\/imports\/im_1$/, () => world.imports[0]],
  [/^\/people$/, (_, __, query) => ({ people: query.getAll('userIds').flatMap((userId) => (userId === 'us_1' ? [{ userId, name: '陈运营' }] : [])) })],
  [/^\/members$/, () => ({ members: world.members })],
  [/^\/persons\/find$/, (_, __, ___, body) => world.personsFound(body)],
  [/^\/erasures$/, () => world.erasures],
  [/^\/legal-holds$/, () => world.legalHolds],
  [/^\/legal-holds\/[^/]+\/release$/, () => ({ at: { source: 'conversations/0/e1', position: 1 } })],
  [/^\/samples$/, () => ({ samples: [{ ...world.sample, rows: [] }], nextToken: '' })],
  [/^\/samples\/sa_88$/, () => world.sample],
  [/^\/samples\/sa_88\/redraw$/, () => ({ same: true, sameFrame: true, conversationIds: [] })],
  [/^\/scorecard$/, () => world.scorecard],
  [/^\/assignments\/next$/, () => world.assignment],
  [/^\/assignments\/as_2$/, () => world.assignment],
  [/^\/assignments\/as_2\/(score|findings)$/, () => ({ at: { source: 'qa', position: 1 } })],
  [/^\/findings$/, () => ({ findings: world.findings, nextToken: '' })],
  [/^\/inspections$/, () => ({ inspections: [world.inspection], nextToken: '', total: 1 })],
  [/^\/inspections\/as_1$/, () => world.inspection],
  [
    /^\/accruals$/,
    () => ({
      accruals: ['ct_0'].map(world.accrual),
      all: { contracts: 1, counted: 1200, notCounted: 380, totals: [world.cny('5720.00')] },
      rest: { contracts: 0, counted: 0, notCounted: 0, totals: [] },
      nextToken: '',
    }),
  ],
  [/^\/clients\/[^/]+\/credit$/, () => ({ clientId: 'cl_1', balance: [{ currency: 'CNY', amount: '1500.00' }] })],
  [/^\/deposits$/, () => ({ deposits: deposits.map((deposit) => ({ ...deposit, entries: [] })), nextToken: '', total: deposits.length })],
  [/^\/deposits\/(ct_[^/]+)$/, ([, id]) => deposits.find(({ contractId }) => contractId === id)],
  [/^\/contracts\/[^/]+\/trial-standing$/, () => standing],
  [/^\/invoices$/, () => ({ invoices: [world.invoice], nextToken: '' })],
  [/^\/invoices\/DF[^/]+$/, () => world.invoice],
  [/^\/invoices\/DF[^/]+\/lines\/[^/]+\/days$/, () => world.lineDays],
  [/^\/invoices\/DF[^/]+\/lines\/[^/]+\/days\/[^/]+$/, () => world.usage],
  [/^\/close-plan$/, () => world.plan],
  [/^\/system\/operations$/, () => world.operations],
  [/^\/system\/operations\/([a-z-]+)$/, ([, service = '']) => world.operationsOf(service)],
  [/^\/system\/operations\/[a-z-]+\/projections\/[^/]+\/(rebuild|swap|drop)$/, () => ({})],
  [/^\/system\/samples$/, () => world.samples],
  [/^\/system\/parked$/, () => world.heldList],
  [/^\/system\/parked\/aGVsZA$/, () => world.heldOne],
  [/^\/system\/parked\/aGVsZA\/(retry|skip)$/, () => ({ streams: 1 })],
  [/^\/system\/events$/, () => world.eventPage],
  [/^\/system\/events\/[^/]+\/\d+$/, () => world.eventOne],
  [/^\/invitations\/look-up$/, () => ({ vendorName: '远帆客服', name: '云栖店主', role: 'client', expiresAt: Date.now() + 86_400_000 })],
];

export interface FixtureServer {
  url: string;
  role: Role;
  /** Whether the vendor has 5,000 shops. */
  many: boolean;
  posted: { path: string; body: string }[];
  close(): Promise<void>;
}

/** Starts on a free port; `role` may be changed while it runs. */
export async function startFixtures(folder: string): Promise<FixtureServer> {
  const state: FixtureServer = { url: '', role: 'vendor-operations', many: false, posted: [], close: async () => undefined };
  const json = (response: ServerResponse, status: number, value: unknown) =>
    response.writeHead(status, { 'content-type': status === 200 ? 'application/json' : 'application/problem+json' }).end(JSON.stringify(value));
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://fixtures');
    if (pathname === '/api/v1/live') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const beat = () => response.write(`event: heartbeat\ndata: ${JSON.stringify({ now: Date.now() })}\n\n`);
      beat();
      const timer = setInterval(beat, 5000);
      request.on('close', () => clearInterval(timer));
      return;
    }
    if (pathname.startsWith('/api/v1')) {
      let body = '';
      for await (const chunk of request) body += chunk;
      const path = pathname.slice('/api/v1'.length);
      if (request.method === 'POST') state.posted.push({ path, body });
      if (path.startsWith('/exports/')) {
        response.writeHead(200, { 'content-type': 'text/csv', 'content-disposition': `attachment; filename="list.${searchParams.get('format')}"` }).end('x');
        return;
      }
      if (request.method === 'POST' && path === '/shop-sets') {
        const { name, shopIds } = JSON.parse(body) as { name: string; shopIds: string[] };
        sets = [...sets, { setId: `ss_${sets.length + 1}`, name, shopIds }];
        return json(response, 200, sets.at(-1));
      }
      for (const [pattern, answer] of [...(state.many ? manyRoutes : []), ...routes]) {
        const match = pattern.exec(path);
        const value = match === null ? undefined : answer(match, state.role, searchParams, body);
        if (value !== undefined) return json(response, 200, value);
      }
      return json(response, 404, {
        type: 'urn:deskfleet:problem:not-found',
        title: 'not found',
        status: 404,
        code: 'not-found',
        traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      });
    }
    const asset = join(folder, normalize(pathname));
    const file = extname(pathname) === '' ? join(folder, 'index.html') : asset;
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  state.url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  state.close = () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return state;
}

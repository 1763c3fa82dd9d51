// The portal: the HTTP API, sign-in, access, live updates and the web app. The composition root, and the only file that knows every part.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  AccessWithdrawn,
  FileStored,
  InvitationAccepted,
  UserInvited,
  VendorFounded,
  WebhookConfigured,
  WebhookRemoved,
  WebhookSecretRenewed,
} from '@deskfleet/protocol/access';
import { type Kit, type Listener, runService, type ServiceDefinition } from '@deskfleet/service-kit';
import type { FastifyInstance } from 'fastify';
import { clientShops } from './access/client-shops.ts';
import type { AccessDesk, Founder } from './access/desk.ts';
import { members } from './access/members.ts';
import { shopSets } from './access/shop-sets.ts';
import { vendorDesk } from './access/vendor-desk.ts';
import { identityIssuer, type PortalConfig, readPortalConfig } from './config.ts';
import { fileDesk } from './files/files.ts';
import { storedFiles } from './files/stored-files.ts';
import { portalApp } from './http/app.ts';
import { followLogs } from './live/changes.ts';
import { type LiveHub, liveHub } from './live/hub.ts';
import { inbox } from './notifications/inbox.ts';
import { noticeIntake } from './notifications/intake.ts';
import { sampleServices } from './operations/samples.ts';
import { servicesNow, settleAll } from './settling.ts';
import { Accounts, DEMO_ACCOUNTS } from './sign-in/accounts.ts';
import { registerEmbeddedProvider } from './sign-in/embedded.ts';
import { registerSignIn } from './sign-in/oidc-client.ts';
import { sessionStore } from './sign-in/session-store.ts';
import { type BearerTokens, bearerTokens } from './sign-in/tokens.ts';
import { webhookDesk, webhookSecrets } from './webhooks/desk.ts';
import { webhooks } from './webhooks/registered.ts';
import { webhookSender } from './webhooks/sender.ts';

/** The operator's token is written anew at every start. */
const OPERATOR_TOKEN_DAYS = 365;

type Environment = Readonly<Record<string, string | undefined>>;

/** The service with its own configuration read from this environment. */
export function portalService(env: Environment): ServiceDefinition {
  return {
    name: 'portal',
    migrations: new URL('../migrations/', import.meta.url),
    async parts(kit) {
      const identityKey = readFileSync(env['DESKFLEET_IDENTITY_KEY'] ?? '', 'utf8');
      const live = liveHub(followLogs(kit), () => kit.now());
      const config = readPortalConfig(env, identityKey, fileURLToPath(new URL('../web/dist', import.meta.url)));
      return {
        events: [VendorFounded, UserInvited, InvitationAccepted, AccessWithdrawn, FileStored, WebhookConfigured, WebhookSecretRenewed, WebhookRemoved],
        projections: [members, storedFiles, webhooks],
        subscriptions: [
          clientShops,
          noticeIntake(
            () => kit.now(),
            (vendorId, shopId) => live.announce({ topic: 'notifications', vendorId, shopId }),
          ),
        ],
        work: [webhookSender(kit, config.webhookRules, webhookSecrets(config))],
        api: [],
        listeners: [await portalListener(kit, config, live)],
      };
    },
  };
}

async function portalListener(kit: Kit, config: PortalConfig, live: LiveHub): Promise<Listener> {
  const tokens = await bearerTokens(config.identityKey, () => kit.now());
  const sessions = sessionStore(kit, config, tokens);
  const demoAccounts = (password: string): Accounts => new Accounts((task) => kit.work(task), password);
  const accounts = config.issuer.kind === 'embedded' ? demoAccounts(config.issuer.demoPassword) : undefined;
  const samples = sampleServices(kit);
  const access = vendorDesk({ kit, config, sessions, accounts, live });
  const portal = {
    config,
    backend: kit,
    access,
    shopSets: shopSets(kit),
    files: fileDesk(kit),
    inbox: inbox(kit),
    webhooks: webhookDesk(kit, config, config.webhookRules),
    sessions,
    live,
    settle: (withinMs: number) => settleAll(kit, withinMs),
    services: () => servicesNow(kit),
    samples,
    now: () => kit.now(),
  };
  const app = await portalApp(portal, kit.log, async (server: FastifyInstance) => {
    const { issuer } = config;
    const client =
      issuer.kind === 'external'
        ? { ...issuer, alwaysAsk: false }
        : await registerEmbeddedProvider(server, config.publicUrl, config.identityKey, demoAccounts(issuer.demoPassword), () => kit.now());
    registerSignIn(server, config, client, async (identity, reply) => {
      await access.welcome(identity);
      await sessions.start(identity, reply);
    });
  });
  return {
    name: 'portal http',
    async start() {
      await foundVendors(access, config, tokens);
      await app.listen({ host: config.host, port: config.port });
      samples.start();
    },
    async close() {
      samples.stop();
      await live.close();
      await app.close();
    },
  };
}

/** Every vendor with those who are there from the start, and a token for scripts of its operator. */
async function foundVendors(access: AccessDesk, config: PortalConfig, tokens: BearerTokens): Promise<void> {
  const [first, ...others] = config.vendors;
  const file = config.operatorTokenFile;
  await leaveToken(tokens, await access.found(first, foundersOf(config)), file);
  for (const vendor of others) {
    // One person acts in one vendor: further ones begin with an operator of their own, known by token.
    const operator: Founder = { person: { issuer: identityIssuer(config), subject: `operations@${vendor.id}` }, name: 'Operations', role: 'vendor-operations' };
    await leaveToken(tokens, await access.found(vendor, [operator]), file === '' ? '' : `${file}.${vendor.id}`);
  }
}

async function leaveToken(tokens: BearerTokens, [operator]: readonly string[], file: string): Promise<void> {
  if (operator === undefined || file === '') return;
  const { token } = await tokens.issue(operator, OPERATOR_TOKEN_DAYS);
  writeFileSync(`${file}.new`, token, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function foundersOf(config: PortalConfig): readonly Founder[] {
  const issuer = identityIssuer(config);
  if (config.issuer.kind === 'external') {
    return [{ person: { issuer, subject: config.issuer.operatorSubject }, name: config.issuer.operatorSubject, role: 'vendor-operations' }];
  }
  return DEMO_ACCOUNTS.filter(({ role }) => role !== 'client').map(({ subject, name, role }) => ({ person: { issuer, subject }, name, role }));
}

if (import.meta.main) await runService(portalService(process.env));

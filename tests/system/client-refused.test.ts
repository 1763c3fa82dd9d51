// A client who tries the vendor's commands is refused on every one: by the portal, and by the services themselves should anybody come past it. Which commands
// these are is read from the portal's own routes, so that a new one cannot be forgotten.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceDefinition, ServiceName } from '@deskfleet/service-kit';
import { createTestInstallation, failureOf, startTestService, type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { service as agentPools } from '../../services/agent-pools/src/main.ts';
import { service as billing } from '../../services/billing/src/service.ts';
import { clientOnboarding } from '../../services/client-onboarding/src/service.ts';
import { service as conversations } from '../../services/conversations/src/main.ts';
import type { Route } from '../../services/portal/src/http/route.ts';
import { api } from '../../services/portal/src/http/routes/index.ts';
import { service as qaInspection } from '../../services/qa-inspection/src/service.ts';
import { slaMonitoring } from '../../services/sla-monitoring/src/service.ts';

const DEFINITIONS: readonly ServiceDefinition[] = [clientOnboarding, agentPools, conversations, slaMonitoring, qaInspection, billing];

/** Commands that the vendor's roles may give and clients may not. */
const vendorOnly = api().routes.filter(({ method, access }) => method !== 'GET' && typeof access !== 'string' && !access.includes('client'));

let folder: string;
const services = new Map<ServiceName, TestService>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deskfleet-refused-'));
  const installation = await createTestInstallation();
  for (const definition of DEFINITIONS) {
    const env = { DESKFLEET_MASTER_KEY: join(folder, `${definition.name}.key`), DESKFLEET_KEY_CACHE_SECONDS: '1' };
    services.set(definition.name, await startTestService(definition, { installation, env, peers: Object.fromEntries(services) }));
  }
});

afterAll(async () => {
  for (const service of services.values()) await service.remove();
  rmSync(folder, { recursive: true });
});

test('there are vendor commands in every context', () => {
  const passedOn = vendorOnly.flatMap(({ rpc }) => (rpc === undefined ? [] : [rpc.service]));
  for (const name of ['client-onboarding', 'agent-pools', 'conversations', 'qa-inspection', 'billing']) expect(passedOn).toContain(name);
});

test.each(vendorOnly.filter(({ rpc }) => rpc !== undefined).map((route): [string, Route] => [`${route.method} ${route.url}`, route]))(
  'the service refuses a client %s',
  async (_name, { rpc }) => {
    if (rpc === undefined) throw new Error('filtered above');
    const service = services.get(rpc.service);
    if (service === undefined) throw new Error(`${rpc.service} does not run here`);
    const client = service.as(testCaller({ role: 'client', clientId: 'cl_1', shopIds: ['sh_1'], mayAgree: true }), rpc.definition);
    const call: unknown = Reflect.get(client, rpc.method);
    if (typeof call !== 'function') throw new Error(`no method ${rpc.method}`);
    const outcome = await failureOf(Reflect.apply(call, client, [{ commandId: `try-${rpc.method}` }]));
    expect(outcome).toMatchObject({ status: 'PERMISSION_DENIED', code: 'not-allowed' });
  },
);

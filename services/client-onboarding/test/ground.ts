// client-onboarding as its tests meet it: the real service on a database of its own, with a master key of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestService, type TestService, type TestServiceOptions } from '@deskfleet/service-kit/testing';
import { clientOnboarding } from '../src/service.ts';

/** Starts the service. Always `remove()` it. */
export async function startOnboarding(options: TestServiceOptions = {}): Promise<TestService> {
  const folder = await mkdtemp(join(tmpdir(), 'deskfleet-onboarding-'));
  const env = { DESKFLEET_MASTER_KEY: join(folder, 'master.key'), DESKFLEET_KEY_CACHE_SECONDS: '1', ...options.env };
  const service = await startTestService(clientOnboarding, { ...options, env });
  return {
    ...service,
    async remove() {
      await service.remove();
      await rm(folder, { recursive: true });
    },
  };
}

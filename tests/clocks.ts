// The wall clocks of an installation's services, as a test sets them: clock.ts, loaded before each service, follows a file for each.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICE_NAMES, type ServiceName } from '@deskfleet/service-kit';

export class Clocks {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** What an installation is started with, so that its services go by these clocks. */
  get env(): Record<string, string> {
    return { NODE_OPTIONS: `--import=${new URL('clock.ts', import.meta.url).href}`, DESKFLEET_TEST_CLOCKS: this.folder };
  }

  /** Sets a service's wall clock ahead (behind, when negative). */
  set(service: ServiceName, aheadMs: number): void {
    writeFileSync(join(this.folder, service), String(aheadMs));
  }

  setAll(aheadMs: number): void {
    for (const service of SERVICE_NAMES) this.set(service, aheadMs);
  }
}

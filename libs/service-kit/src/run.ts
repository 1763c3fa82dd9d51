// A service as a process: configuration from the environment, one line on standard output when it is ready, signals stop it.
import { ConfigError, readConfig } from './config/config.ts';
import { onSignals } from './lifecycle/shutdown.ts';
import type { ServiceDefinition } from './service.ts';
import { startService } from './start.ts';

/** Runs the service of this process. SIGTERM or SIGINT stops it in order, a second one at once. */
export async function runService(definition: ServiceDefinition): Promise<void> {
  try {
    const service = await startService(definition, readConfig(definition.name, process.env));
    onSignals((signal) => {
      service.kit.log.info({ signal }, 'stopping');
      void service.stop().then((troubled) => process.exit(troubled.length === 0 ? 0 : 1));
    });
    const ready = { ready: definition.name, grpc: service.grpcPort, http: service.httpPort };
    process.stdout.write(`${JSON.stringify(ready)}\n`);
    process.send?.(ready);
  } catch (error) {
    process.stderr.write(`${error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  }
}

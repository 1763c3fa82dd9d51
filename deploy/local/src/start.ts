// `npm start`: PostgreSQL, the bus, the web app, every service, demo data; then one line that says where. Everything ends with it, in order.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type KafkaBroker, missingForKafka, type Postgres, startKafka, startPostgres } from '@deskfleet/servers';
import { openControl } from './control.ts';
import { environmentOf, NODE_FLAGS, operatorTokenFile, portNames, publicUrl, type Surroundings } from './environment.ts';
import { choosePorts, claim, ensureKeys, type Folder, openFolder, readState, SERVICES, writeState } from './installation.ts';
import { say, step, Unable } from './output.ts';
import { onEnd } from './signals.ts';
import { answersReady, type Supervised, supervise } from './supervisor.ts';
import { buildWeb, webIsStale } from './web.ts';

export interface StartOptions {
  readonly bus: 'feed' | 'kafka';
  readonly port?: number;
  readonly dataDir: string;
  /** Undefined: as at the last start, and `standard` at the first. */
  readonly demo?: 'standard' | 'none';
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const READY_MS = 120_000;
/** Public conversations that may lie beside the checkout; the demo shows their shops too. */
const SHARED_TRANSCRIPTS = join(ROOT, '../shared/data/support-conversations.ndjson');

/** Starts an installation and resolves when it has ended. */
export async function start(options: StartOptions): Promise<void> {
  if (options.bus === 'kafka' && process.env['KAFKA_BROKERS'] === undefined) {
    const missing = missingForKafka();
    if (missing !== undefined) throw new Unable(missing);
  }
  const folder = openFolder(options.dataDir);
  const release = claim(options.dataDir);
  // What was started, to be stopped in the opposite order.
  const undo: (() => Promise<unknown> | unknown)[] = [release];
  const end = Promise.withResolvers<string>();
  onEnd(end.resolve, () => process.exit(130)); // the children's leashes end what is left

  const up = bringUp(options, folder, undo, end.resolve);
  try {
    await Promise.race([up, end.promise]);
    say(`Stopping (${await end.promise}) ...`);
  } finally {
    for (let stop = undo.pop(); stop !== undefined; stop = undo.pop()) await stop();
  }
  say('Stopped.');
}

async function bringUp(options: StartOptions, folder: Folder, undo: (() => Promise<unknown> | unknown)[], end: (reason: string) => void): Promise<void> {
  const { bus, dataDir } = options;
  const last = readState(dataDir);
  const demo = process.env['DESKFLEET_OIDC_ISSUER'] === undefined ? (options.demo ?? last?.demo ?? 'standard') : 'none'; // its people are another issuer's
  const ports = await choosePorts(options.port, last?.ports ?? {}, [...portNames(bus), 'control']);
  await ensureKeys(folder);

  const [databaseUrl, brokers] = await Promise.all([database(folder, ports, undo, end), broker(options, folder, ports, undo, end), web(folder)]);
  const surroundings: Surroundings = { folder, databaseUrl, bus, brokers, ports };

  const token = randomBytes(18).toString('base64url');
  const url = publicUrl(ports);
  rmSync(operatorTokenFile(folder), { force: true });
  const services = SERVICES.map((name) =>
    supervise(
      {
        name,
        command: [process.execPath, ...NODE_FLAGS, join(ROOT, 'services', name, 'src/main.ts')],
        env: environmentOf(name, surroundings),
        readyUrl: `http://127.0.0.1:${ports[`${name}.http`]}/readyz`,
      },
      folder.logs,
    ),
  );
  undo.push(() => stopInOrder(services));
  const control = await openControl(ports['control'] ?? 0, token, services);
  undo.push(
    () => control.closeAllConnections(),
    () => control.close(),
  );
  writeState(dataDir, { url, bus, demo, ports, control: { port: ports['control'] ?? 0, token } });

  const tokenFile = operatorTokenFile(folder);
  await step(`Starting ${SERVICES.length} services`, async () => {
    await Promise.all(services.map((service) => service.ready(READY_MS)));
    // Its own door opens last, when the vendor is founded and the command line may act for it.
    for (let waited = 0; !(existsSync(tokenFile) && (await answersReady(`${url}/api/v1/openapi.json`))); waited += 50) {
      if (waited > READY_MS) throw new Error(`the portal did not open; its log: ${join(folder.logs, 'portal.log')}`);
      await sleep(50);
    }
  });
  if (demo === 'standard') await showSomething(url, folder, undo);
  process.stdout.write(`Deskfleet is ready: ${url}\n`);
  if (process.env['DESKFLEET_OIDC_ISSUER'] === undefined) process.stdout.write(signIns(demo));
}

/** Loads the demo's data into a new installation, and lets its last hour go on arriving. Without it Deskfleet is of use all the same. */
async function showSomething(url: string, folder: Folder, undo: (() => unknown)[]): Promise<void> {
  const ended = new AbortController();
  undo.push(() => ended.abort());
  try {
    const { loadDemo } = await import('./demo/load.ts'); // only where it is wanted
    const token = readFileSync(operatorTokenFile(folder), 'utf8').trim();
    const demo = await step('Loading demo data', () => loadDemo({ url, token, sharedTranscripts: SHARED_TRANSCRIPTS, say }));
    void demo.live(ended.signal).catch((error: unknown) => say(`The demo's live messages ended: ${String(error)}`));
  } catch (error) {
    say(`The demo data could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** One sign-in a role, as the portal's embedded provider knows them; the client's is invited by the demo. */
function signIns(demo: 'standard' | 'none'): string {
  const password = process.env['DESKFLEET_DEMO_PASSWORD'] ?? 'deskfleet';
  const people = ['operations  who runs the vendor', 'lead        team lead', 'inspector   QA inspector', 'finance     finance'];
  if (demo === 'standard') people.push('client      a client: sees own shops only');
  return `Sign-in names (password ${password}):\n${people.map((person) => `  ${person}\n`).join('')}`;
}

/** The user's own database server, or the embedded one. */
async function database(folder: Folder, ports: Record<string, number>, undo: (() => unknown)[], end: (reason: string) => void): Promise<string> {
  const own = process.env['DATABASE_URL'];
  if (own !== undefined && own !== '') return own;
  const server: Postgres = await step('Starting PostgreSQL', () =>
    startPostgres({ dataDir: folder.path, ...(ports['postgres'] === undefined ? {} : { port: ports['postgres'] }) }),
  );
  undo.push(() => server.stop());
  void server.exited.then(() => end('PostgreSQL ended'));
  return server.url;
}

/** The user's own brokers, or a local one; none for the feed bus. */
async function broker(
  options: StartOptions,
  folder: Folder,
  ports: Record<string, number>,
  undo: (() => unknown)[],
  end: (reason: string) => void,
): Promise<readonly string[]> {
  if (options.bus === 'feed') return [];
  const own = process.env['KAFKA_BROKERS'];
  if (own !== undefined && own !== '') return own.split(',');
  const server: KafkaBroker = await step('Starting Kafka', () =>
    startKafka({
      dataDir: folder.file('kafka'),
      progress: say,
      ...(ports['kafka'] === undefined ? {} : { port: ports['kafka'] }),
      ...(ports['kafka.controller'] === undefined ? {} : { controllerPort: ports['kafka.controller'] }),
    }),
  );
  undo.push(() => server.stop());
  void server.exited.then(() => end('Kafka ended'));
  return server.brokers;
}

async function web(folder: Folder): Promise<void> {
  if (process.env['DESKFLEET_WEB_DIR'] !== undefined) return; // the user's own build
  if (webIsStale(ROOT)) await step('Building the web app', () => buildWeb(ROOT, join(folder.logs, 'web.log')));
}

/** What takes work in stops first, so that the others finish what is in hand. */
async function stopInOrder(services: readonly Supervised[]): Promise<void> {
  await services.find((service) => service.spec.name === 'portal')?.stop();
  await Promise.all(services.map((service) => service.stop()));
}

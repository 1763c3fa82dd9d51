// `deskfleet projections list|rebuild|swap|drop`: read models, their builds, and the way back.
import { setTimeout as pause } from 'node:timers/promises';
import { age, type Group, table } from './group.ts';
import { Unable } from './installation.ts';
import { type Portal, Refused } from './portal.ts';
import { type Build, type State, statesOf } from './states.ts';

const LOOK_EVERY_MS = 500;

export const projectionCommands: Group = (program, { portal, print }) => {
  const projections = program.command('projections').description('read models: versions, builds, rebuilds');

  projections
    .command('list')
    .description('every build of every read model')
    .option('--service <name>', 'of one service')
    .option('--json', 'print as JSON')
    .action(async ({ service: wanted, json }: { service?: string; json?: boolean }) => {
      const states = (await statesOf(portal())).filter(({ service }) => wanted === undefined || service === wanted);
      if (states.length === 0) throw new Refused('service-not-found', `There is no service ${wanted}.`);
      const builds = states.flatMap(({ service, state }) => (state?.projections ?? []).map((build) => ({ service, ...build })));
      const away = states.filter(({ answered }) => !answered).map(({ service }) => `${service} did not answer\n`);
      print(json ?? false, builds, () => `${buildsText(builds)}${away.join('')}`);
    });

  projections
    .command('rebuild')
    .description('build a read model afresh beside the live one; it is swapped in when it has caught up')
    .argument('<service>')
    .argument('<name>')
    .option('--no-wait', 'return when it has begun')
    .option('--json', 'print the build as JSON')
    .action(async (service: string, name: string, { wait, json }: { wait: boolean; json?: boolean }) => {
      const asked = portal();
      const { projection } = (await asked.ask(pathOf(service, name, 'rebuild'), { method: 'POST' })) as { projection: Build };
      const build = wait ? await untilLive(asked, service, projection) : projection;
      print(json ?? false, { service, ...build }, () => buildsText([{ service, ...build }]));
    });

  projections
    .command('swap')
    .description('make a kept build live again: it catches up first')
    .argument('<service>')
    .argument('<name>')
    .requiredOption('--build <n>', 'the build, as projections list shows it')
    .option('--version <n>', 'its version; the newest otherwise')
    .option('--no-wait', 'return before it is live')
    .option('--json', 'print the build as JSON')
    .action(async (service: string, name: string, options: { build: string; version?: string; wait: boolean; json?: boolean }) => {
      const asked = portal();
      const body = await buildNamed(asked, service, name, options);
      const { projection } = (await asked.ask(pathOf(service, name, 'swap'), { method: 'POST', body })) as { projection: Build };
      const build = options.wait ? await untilLive(asked, service, projection) : projection;
      print(options.json ?? false, { service, ...build }, () => buildsText([{ service, ...build }]));
    });

  projections
    .command('drop')
    .description('remove a build that is not live, with its table; give up one that is being built')
    .argument('<service>')
    .argument('<name>')
    .requiredOption('--build <n>', 'the build')
    .option('--version <n>', 'its version; the newest otherwise')
    .option('--json', 'print as JSON')
    .action(async (service: string, name: string, options: { build: string; version?: string; json?: boolean }) => {
      const asked = portal();
      const body = await buildNamed(asked, service, name, options);
      await asked.ask(pathOf(service, name, 'drop'), { method: 'POST', body });
      print(options.json ?? false, { service, name, ...body, dropped: true }, () => `${service} ${name} v${body.version} build ${body.build} is gone.\n`);
    });
};

function pathOf(service: string, name: string, what: string): string {
  return `/system/operations/${service}/projections/${encodeURIComponent(name)}/${what}`;
}

async function buildsIn(portal: Portal, service: string, name: string): Promise<readonly Build[]> {
  const state = (await portal.ask(`/system/operations/${service}`)) as State;
  return state.projections.filter((build) => build.name === name);
}

async function buildNamed(
  portal: Portal,
  service: string,
  name: string,
  options: { build: string; version?: string },
): Promise<{ version: number; build: number }> {
  const versions = (await buildsIn(portal, service, name)).map(({ version }) => version);
  const version = Number(options.version ?? Math.max(0, ...versions));
  const build = Number(options.build);
  if (!Number.isInteger(build) || !Number.isInteger(version)) throw new Unable('--build and --version are whole numbers');
  return { version, build };
}

/** Tells its progress on standard error until it is live; one that stops is told by its error. */
async function untilLive(portal: Portal, service: string, { name, version, build }: Build): Promise<Build> {
  for (;;) {
    const found = (await buildsIn(portal, service, name)).find((one) => one.version === version && one.build === build);
    if (found === undefined) throw new Refused('projection-not-found', `${name} v${version} build ${build} was given up.`);
    if (found.state === 'live') return found;
    if (found.fault !== '') throw new Refused('projection-stopped', `${name} stopped at ${found.position}: ${found.fault}`);
    process.stderr.write(`${found.position} of ${found.head}, ${Math.round(found.rate)} events/s\n`);
    await pause(LOOK_EVERY_MS);
  }
}

function buildsText(builds: readonly (Build & { readonly service: string })[]): string {
  const rows = builds.map(({ service, name, version, build, state, position, head, rows, rate, fault, startedAt }) => [
    service,
    name,
    version,
    build,
    state,
    position,
    head,
    rows < 0 ? '-' : `${rows}`,
    state === 'building' ? `${Math.round(rate)}/s` : '-',
    startedAt === 0 ? '-' : age(Math.max(0, Date.now() - startedAt)),
    fault,
  ]);
  return table(['SERVICE', 'NAME', 'VERSION', 'BUILD', 'STATE', 'POSITION', 'HEAD', 'ROWS', 'RATE', 'AGE', 'FAULT'], rows);
}

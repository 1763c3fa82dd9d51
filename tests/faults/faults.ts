// What can happen to an installation, one function a fault. Each answers what it did, in words, once it is over; what it left behind (a process
// that is about to come back, a lag) is the next fault's company.
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICE_NAMES, type ServiceName } from '@deskfleet/service-kit';
import type { Random } from '@deskfleet/statistics';
import { databaseOf, type Ground, until } from './ground.ts';
import type { Load } from './load.ts';
import type { Cut, Statement } from './postgres-proxy.ts';

export interface Scene {
  readonly ground: Ground;
  readonly load: Load;
  readonly random: Random;
  readonly turns: Turns;
  /** How long a broker that stands still does so. */
  readonly brokerStoppedMs: number;
}

export interface Fault {
  readonly name: string;
  /** How often it comes in a run of a hundred. */
  readonly weight: number;
  readonly happen: (scene: Scene) => Promise<string>;
}

/** Services that take in others' events. */
const CONSUMERS: readonly ServiceName[] = SERVICE_NAMES.filter((service) => service !== 'client-onboarding');
/** Services that append what follows from others' events: their log grows without anyone calling them. */
const REACTORS: readonly ServiceName[] = ['sla-monitoring', 'billing', 'qa-inspection'];

const STATEMENT_WITHIN_MS = 120_000; // a member that was killed is missed by its group after 30 s; until then its partitions rest
const LEASE_OVER_MS = 7_000; // leases last 6 s
const PARTITIONS_AT_MOST = 24;
const DRAINED_WITHIN_MS = 120_000;
const CLOCK_STEPS_MS = [-2 * 3_600_000, -600_000, -90_000, 90_000, 600_000, 2 * 3_600_000];

export const FAULTS: readonly Fault[] = [
  { name: 'a service is killed', weight: 22, happen: killService },
  { name: 'a relay is killed between produce and checkpoint', weight: 12, happen: killRelay },
  { name: 'a consumer is killed between effect and commit', weight: 12, happen: killConsumer },
  { name: 'a service is killed when its commit is done and not yet answered', weight: 8, happen: killAfterCommit },
  { name: 'a second instance joins and leaves', weight: 6, happen: secondInstance },
  { name: 'an old relay wakes up', weight: 5, happen: oldRelay },
  { name: 'the broker stands still', weight: 2, happen: brokerStopped },
  { name: 'the broker is killed', weight: 5, happen: brokerKilled },
  { name: 'PostgreSQL is restarted', weight: 6, happen: postgresRestarted },
  { name: 'a topic gets more partitions', weight: 6, happen: morePartitions },
  { name: 'a clock is set forward or back', weight: 12, happen: clockSet },
  { name: 'a connection is cut within a statement', weight: 12, happen: connectionCut },
];

async function killService({ ground, random, turns }: Scene): Promise<string> {
  const service = turns.next(killService, SERVICE_NAMES);
  process.kill(await ground.pidOf(service), 'SIGKILL');
  await sleep(random.below(1_500));
  return service;
}

async function killRelay(scene: Scene): Promise<string> {
  return killAt(scene, scene.turns.next(killRelay, SERVICE_NAMES), 'before', ({ text }) => text.startsWith('update bus_relayed'));
}

async function killConsumer(scene: Scene): Promise<string> {
  return killAt(scene, scene.turns.next(killConsumer, CONSUMERS), 'before', committing);
}

async function killAfterCommit(scene: Scene): Promise<string> {
  return killAt(scene, scene.turns.next(killAfterCommit, CONSUMERS), 'after', committing);
}

/** A slice's transaction is about to commit: it has moved its offset (libs/event-bus, begin-slice.sql) and done its effects. */
function committing({ text, before }: Statement): boolean {
  return /^commit/i.test(text) && before.some((earlier) => earlier.includes('bus_begin_slice('));
}

/** Kills a service's process at a statement of its own; its connection hangs until it is gone. */
async function killAt({ ground }: Scene, service: ServiceName, cut: Cut, at: (statement: Statement) => boolean): Promise<string> {
  const kill = (): void => {
    const pid = ground.runningPid(service);
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  };
  const hit = await ground.proxy.next(cut, (statement) => statement.database === databaseOf(service) && at(statement), STATEMENT_WITHIN_MS, kill);
  if (hit === undefined) throw new Error(`${service} came to no such statement in ${STATEMENT_WITHIN_MS / 1_000} s: the fault did not happen`);
  return service;
}

async function connectionCut({ ground, random, turns }: Scene): Promise<string> {
  const service = turns.next(connectionCut, SERVICE_NAMES);
  const cut = pick<Cut>(['before', 'within', 'after'], random);
  const skipped = random.below(20);
  let seen = 0;
  const hit = await ground.proxy.next(cut, ({ database }) => database === databaseOf(service) && seen++ >= skipped, STATEMENT_WITHIN_MS);
  if (hit === undefined) throw new Error(`${service} sent no statement in ${STATEMENT_WITHIN_MS / 1_000} s: the fault did not happen`);
  return `${service}, ${cut} ${hit.text.trim().replaceAll(/\s+/g, ' ').slice(0, 60)}`;
}

async function secondInstance({ ground, random, turns }: Scene): Promise<string> {
  const service = turns.next(secondInstance, SERVICE_NAMES);
  const second = await ground.another(service);
  await second.ready;
  await sleep(2_000 + random.below(3_000));
  const end = pick(['it stops', 'it is killed', 'the first is killed and comes back beside it'], random);
  if (end === 'it stops') await second.stop();
  else if (end === 'it is killed') process.kill(second.pid, 'SIGKILL');
  else {
    process.kill(await ground.pidOf(service), 'SIGKILL');
    await sleep(3_000);
    await second.stop();
  }
  return `${service}: ${end}`;
}

async function oldRelay({ ground, random, turns }: Scene): Promise<string> {
  const service = turns.next(oldRelay, REACTORS);
  const second = await ground.another(service);
  await second.ready;
  const pid = await ground.pidOf(service);
  process.kill(pid, 'SIGSTOP');
  await sleep(LEASE_OVER_MS + random.below(3_000));
  process.kill(pid, 'SIGCONT');
  await sleep(1_000);
  await second.stop();
  return service;
}

async function brokerStopped({ ground, load, random, brokerStoppedMs }: Scene): Promise<string> {
  process.kill(ground.broker.pid, 'SIGSTOP');
  try {
    return `${brokerStoppedMs / 1_000} s; ${await withoutBroker(ground, load, brokerStoppedMs)}`;
  } finally {
    process.kill(ground.broker.pid, 'SIGCONT');
    await drained(ground);
    await sleep(random.below(500));
  }
}

async function brokerKilled({ ground, load, random }: Scene): Promise<string> {
  process.kill(ground.broker.pid, 'SIGKILL');
  await ground.broker.exited;
  const said = await withoutBroker(ground, load, 3_000 + random.below(5_000));
  await ground.startBroker();
  await drained(ground);
  return said;
}

/** While the broker is away commands go on, every service stays ready, and the lag shows. */
async function withoutBroker(ground: Ground, load: Load, forMs: number): Promise<string> {
  await ground.allReady(); // who was killed a moment ago comes back without the broker
  const before = load.accepted;
  const endsAt = performance.now() + forMs;
  while (performance.now() < endsAt) {
    for (const service of SERVICE_NAMES) {
      const { ready, troubles } = await ground.readyz(service);
      if (!ready) throw new Error(`${service} is not ready because the broker is away: ${troubles.join('; ')}`);
    }
    await sleep(500);
  }
  const accepted = await until('a command is accepted while the broker is away', 30_000, async () =>
    load.accepted > before ? load.accepted - before : undefined,
  );
  const lags = await Promise.all(SERVICE_NAMES.map((service) => unpublished(ground, service)));
  const lag = lags.reduce((sum, { head, relayed }) => sum + head - relayed, 0);
  if (lag === 0) throw new Error('commands went on without the broker, and no lag shows');
  return `${accepted} commands went on, ${lag} events waited`;
}

/** What had not been published comes to be, by itself. */
async function drained(ground: Ground): Promise<void> {
  for (const service of SERVICE_NAMES) {
    const { head } = await unpublished(ground, service);
    await until(`${service} publishes its log up to ${head}`, DRAINED_WITHIN_MS, async () =>
      (await unpublished(ground, service)).relayed >= head ? true : undefined,
    );
  }
}

async function unpublished(ground: Ground, service: ServiceName): Promise<{ readonly head: number; readonly relayed: number }> {
  const rows = await ground.query<{ head: string; relayed: string }>(
    databaseOf(service),
    'select coalesce(max(position), 0) as head, coalesce((select position from bus_relayed), 0) as relayed from events',
  );
  return { head: Number(rows[0]?.head), relayed: Number(rows[0]?.relayed) };
}

async function postgresRestarted({ ground, random }: Scene): Promise<string> {
  const how = pick(['in order', 'at once', 'killed'], random);
  if (how === 'in order') await ground.postgres.stop();
  else process.kill(ground.postgres.pid, how === 'at once' ? 'SIGQUIT' : 'SIGKILL');
  await ground.postgres.exited;
  await sleep(random.below(4_000));
  await ground.startPostgres();
  return how;
}

async function morePartitions({ ground, random }: Scene): Promise<string> {
  const admin = ground.kafka().admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata();
    const ours = topics
      .filter(({ name, partitions }) => name.startsWith('deskfleet.') && partitions.length < PARTITIONS_AT_MOST)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const topic = ours[random.below(Math.max(1, ours.length))];
    if (topic === undefined) return 'none: all have enough';
    const count = topic.partitions.length + 1 + random.below(4);
    await admin.createPartitions({ topicPartitions: [{ topic: topic.name, count }] });
    return `${topic.name}: ${topic.partitions.length} to ${count}`;
  } finally {
    await admin.disconnect();
  }
}

async function clockSet({ ground, random, turns }: Scene): Promise<string> {
  const service = turns.next(clockSet, SERVICE_NAMES);
  const aheadMs = pick(CLOCK_STEPS_MS, random);
  ground.clocks.set(service, aheadMs);
  await sleep(4_000 + random.below(4_000));
  const alsoKilled = random.below(4) === 0;
  if (alsoKilled) process.kill(await ground.pidOf(service), 'SIGKILL');
  ground.clocks.set(service, 0);
  return `${service} ${aheadMs > 0 ? '+' : ''}${aheadMs / 1_000} s and back${alsoKilled ? ', killed meanwhile' : ''}`;
}

/** Whose turn it is to suffer a fault: everyone's before anyone's second, from a start of the seed's. */
export class Turns {
  readonly #start: number;
  readonly #taken = new Map<Fault['happen'], number>();

  constructor(random: Random) {
    this.#start = random.below(1_000);
  }

  next(fault: Fault['happen'], services: readonly ServiceName[]): ServiceName {
    const taken = this.#taken.get(fault) ?? 0;
    this.#taken.set(fault, taken + 1);
    const service = services[(this.#start + taken) % services.length];
    if (service === undefined) throw new RangeError('nobody to suffer');
    return service;
  }
}

export function pick<T>(of: readonly T[], random: Random): T {
  const item = of[random.below(of.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

// Messages a second from a file to settled: everything has seen them, judged them and counted them. On the embedded bus, with half and a quarter
// of the file beside it, and on Kafka; and what each process spent on a message.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StartedInstallation, startInstallation } from '../installation.ts';
import { type Bench, type Figure, figure } from './bench.ts';
import { writeConversations } from './conversations.ts';
import { cpuByRole, pssOf, roleOf, treeOf } from './processes.ts';

const MESSAGES = 200_000;
const ROUNDS = 3;
const LIMIT_PER_S = 3_000;

export const importing: Bench = {
  name: 'import',
  async run() {
    const quarter = await rounds('feed', 1, MESSAGES / 4);
    const half = await rounds('feed', 1, MESSAGES / 2);
    const feed = await rounds('feed', ROUNDS, MESSAGES);
    const kafka = await rounds('kafka', 1, MESSAGES);
    const beside = (name: string, samples: readonly number[]) => ({ name, median: figure('', '', samples, { name: '', median: 1 }).median });
    return [
      figure('import, file to settled, embedded bus', 'messages/s', feed.rates, { name: 'limit', median: LIMIT_PER_S }),
      figure('import, file to settled, Kafka', 'messages/s', kafka.rates, beside('embedded bus', feed.rates)),
      figure('import of twice as much, embedded bus', 's', half.seconds, beside(`${MESSAGES / 4} messages`, quarter.seconds)),
      figure('import of four times as much, embedded bus', 's', feed.seconds, beside(`${MESSAGES / 4} messages`, quarter.seconds)),
      figure('memory after an import of twice as much', 'MiB', half.memory, beside(`${MESSAGES / 4} messages`, quarter.memory)),
      figure('memory after an import of four times as much', 'MiB', feed.memory, beside(`${MESSAGES / 4} messages`, quarter.memory)),
      ...spentFigures(feed, kafka),
    ];
  },
};

function spentFigures(feed: Rounds, kafka: Rounds): Figure[] {
  return [...feed.cpu].map(([role, samples]) => {
    const peer = { name: 'on Kafka', median: kafka.cpu.get(role)?.[0] ?? Number.NaN };
    return figure(`import, processor time of ${role}, embedded bus`, 'us/message', samples, peer);
  });
}

interface Rounds {
  readonly rates: number[];
  readonly seconds: number[];
  /** What the services hold when it is done, in MiB. */
  readonly memory: number[];
  /** Microseconds a message, by process. */
  readonly cpu: Map<string, number[]>;
}

/** Each in an installation of its own, so that none profits from another. */
async function rounds(bus: 'feed' | 'kafka', count: number, messages: number): Promise<Rounds> {
  const result: Rounds = { rates: [], seconds: [], memory: [], cpu: new Map() };
  const folder = mkdtempSync(join(tmpdir(), 'deskfleet-import-'));
  const file = join(folder, 'transcripts.ndjson');
  try {
    await writeConversations(file, { messages, shops: 20, seed: 7 });
    for (let round = 0; round < count; round += 1) {
      const installation = await startInstallation({ bus });
      try {
        await once(installation, file, messages, result);
      } finally {
        await installation.remove();
      }
      console.error(`    ${bus}, ${messages} messages: ${result.rates.at(-1)?.toFixed(0)} messages/s`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return result;
}

async function once(installation: StartedInstallation, file: string, messages: number, result: Rounds): Promise<void> {
  const before = cpuByRole(installation.pid);
  const { stdout, code } = await installation.deskfleet('import', 'transcripts', file, '--create-shops', '--json');
  const after = cpuByRole(installation.pid);
  const answer = JSON.parse(stdout) as { inserted: number; seconds: number; rejected: unknown[] };
  if (code !== 0 || answer.inserted !== messages)
    throw new Error(`The import took in ${answer.inserted} of ${messages} messages (exit code ${code}): ${stdout.slice(0, 2_000)}`);
  result.seconds.push(answer.seconds);
  result.rates.push(messages / answer.seconds);
  const services = treeOf(installation.pid).filter((each) => roleOf(each.command) !== 'postgres' && roleOf(each.command) !== 'kafka');
  result.memory.push(services.reduce((sum, { pid }) => sum + pssOf(pid), 0) / 1024 / 1024);
  for (const [role, micros] of after) {
    const cost = (micros - (before.get(role) ?? 0)) / messages;
    if (cost >= 0.5) result.cpu.set(role, [...(result.cpu.get(role) ?? []), cost]);
  }
}

// Messages a second from a file to settled: everything has seen them, judged them and counted them. On the embedded bus, and on Kafka beside it,
// with what each process spent on a message.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StartedInstallation, startInstallation } from '../installation.ts';
import { type Bench, type Figure, figure } from './bench.ts';
import { writeConversations } from './conversations.ts';
import { cpuMicrosOf, roleOf, treeOf } from './processes.ts';

const MESSAGES = 200_000;
const ROUNDS = 3;
const KAFKA_ROUNDS = 1;
const LIMIT_PER_S = 3_000;

export const importing: Bench = {
  name: 'import',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'deskfleet-import-'));
    const file = join(folder, 'transcripts.ndjson');
    try {
      await writeConversations(file, { messages: MESSAGES, shops: 20, seed: 7 });
      const feed = await rounds('feed', ROUNDS, file);
      const kafka = await rounds('kafka', KAFKA_ROUNDS, file);
      const figures: Figure[] = [
        figure('import, file to settled, embedded bus', 'messages/s', feed.rates, { name: 'limit', median: LIMIT_PER_S }),
        figure('import, file to settled, Kafka', 'messages/s', kafka.rates, {
          name: 'embedded bus',
          median: figure('', '', feed.rates, { name: '', median: 1 }).median,
        }),
      ];
      for (const [role, samples] of feed.cpu) {
        const beside = kafka.cpu.get(role)?.[0] ?? Number.NaN;
        figures.push(figure(`import, processor time of ${role}, embedded bus`, 'us/message', samples, { name: 'on Kafka', median: beside }));
      }
      return figures;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

interface Rounds {
  readonly rates: number[];
  /** Microseconds a message, by process. */
  readonly cpu: Map<string, number[]>;
}

async function rounds(bus: 'feed' | 'kafka', count: number, file: string): Promise<Rounds> {
  const result: Rounds = { rates: [], cpu: new Map() };
  for (let round = 0; round < count; round += 1) {
    const installation = await startInstallation({ bus });
    try {
      await once(installation, file, result);
    } finally {
      await installation.remove();
    }
    console.error(`    ${bus}: ${result.rates.at(-1)?.toFixed(0)} messages/s`);
  }
  return result;
}

async function once(installation: StartedInstallation, file: string, result: Rounds): Promise<void> {
  const before = spent(installation.pid);
  const { stdout, code } = await installation.deskfleet('import', 'transcripts', file, '--create-shops', '--json');
  const after = spent(installation.pid);
  const answer = JSON.parse(stdout) as { inserted: number; seconds: number; rejected: unknown[] };
  if (code !== 0 || answer.inserted !== MESSAGES)
    throw new Error(`The import took in ${answer.inserted} of ${MESSAGES} messages (exit code ${code}): ${stdout.slice(0, 2_000)}`);
  result.rates.push(MESSAGES / answer.seconds);
  for (const [role, micros] of after) {
    const cost = (micros - (before.get(role) ?? 0)) / MESSAGES;
    if (cost >= 0.5) result.cpu.set(role, [...(result.cpu.get(role) ?? []), cost]);
  }
}

function spent(pid: number): Map<string, number> {
  const micros = new Map<string, number>();
  for (const each of treeOf(pid)) micros.set(roleOf(each.command), (micros.get(roleOf(each.command)) ?? 0) + cpuMicrosOf(each.pid));
  return micros;
}

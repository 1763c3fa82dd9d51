// A live message's whole way, over HTTP to the SLA figure that counts it: how many a second for a minute, how long one takes at half of that, and
// what each process spends on a message. On Kafka and on the embedded bus, all services on this machine.
import { setTimeout as sleep } from 'node:timers/promises';
import { type StartedInstallation, startInstallation } from '../installation.ts';
import { told } from '../system/asking.ts';
import { type Bench, type Figure, figure, quantile } from './bench.ts';
import { type LiveShop, liveShops, settled, steadily } from './live-shops.ts';
import { cpuByRole, peakOfEach } from './processes.ts';

const SHOPS = 20;
const WARM_S = 20; // by then the services' code is compiled
const SUSTAINED_S = 60;
const STEADY_S = 60;
const BATCH = 250;
const STEADY_BATCH = 50;
const CALLS_AT_ONCE = 4;
const PROBE_EVERY_MS = 100;
const LIMIT_P99_MS = 1_000;
const LIMIT_MIB = 400;
const BUSES = [
  { bus: 'kafka', name: 'Kafka', sustained: 2_500, steady: 1_250 },
  { bus: 'feed', name: 'embedded bus', sustained: 4_500, steady: 2_250 },
] as const;

export const endToEnd: Bench = {
  name: 'end-to-end',
  async run() {
    const figures: Figure[] = [];
    for (const one of BUSES) figures.push(...(await onBus(one)));
    return figures;
  },
};

async function onBus({ bus, name, sustained, steady }: (typeof BUSES)[number]): Promise<Figure[]> {
  const installation = await startInstallation({ bus });
  try {
    const codes = Array.from({ length: SHOPS }, (_, index) => `bench-${index}`);
    const shops = await liveShops(installation, codes, BATCH);
    const quiet = await liveShops(
      installation,
      codes.map((code) => `steady-${code}`),
      STEADY_BATCH,
    );
    const [probe] = await liveShops(installation, ['probe'], 1);
    if (probe === undefined) throw new Error('no probe');
    await sustainedRate(installation, shops, WARM_S);
    const before = cpuByRole(installation.pid);
    const rates = await sustainedRate(installation, shops, SUSTAINED_S);
    const after = cpuByRole(installation.pid);
    const latencies = await steadyLatencies(installation, quiet, probe, steady);
    const peaks = peakOfEach(installation.pid);
    return [
      figure(`${name}: live messages from HTTP to settled, for ${SUSTAINED_S} s`, 'messages/s', [rates.rate], { name: 'limit', median: sustained }),
      figure(`${name}: p99 from HTTP to the SLA figure at ${steady}/s`, 'ms', [quantile(latencies, 0.99)], { name: 'limit', median: LIMIT_P99_MS }),
      figure(`${name}: median of the same`, 'ms', [quantile(latencies, 0.5)], { name: 'limit', median: LIMIT_P99_MS }),
      ...[...after].map(([role, micros]) =>
        figure(`${name}: processor time of ${role}`, 'us/message', [(micros - (before.get(role) ?? 0)) / rates.messages], {
          name: 'all',
          median: 1_000_000 / sustained,
        }),
      ),
      ...[...peaks].map(([role, mib]) => figure(`${name}: memory of ${role}`, 'MiB', [mib], { name: 'limit', median: LIMIT_MIB })),
    ];
  } finally {
    await installation.remove();
  }
}

/** As many as go in, each shop's next batch after its last was taken; the time until all is settled counts. */
async function sustainedRate(installation: StartedInstallation, shops: readonly LiveShop[], seconds: number): Promise<{ rate: number; messages: number }> {
  const from = performance.now();
  let messages = 0;
  const idle = [...shops];
  const caller = async (): Promise<void> => {
    while (performance.now() - from < seconds * 1_000) {
      const shop = idle.shift();
      if (shop === undefined) throw new Error('more callers than shops');
      await shop.next();
      messages += BATCH;
      idle.push(shop);
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, caller));
  await settled(installation);
  return { rate: (messages / (performance.now() - from)) * 1_000, messages };
}

/** Batches at a steady rate; beside them one message after another, timed until the contract's figures have it. Milliseconds, ascending. */
async function steadyLatencies(installation: StartedInstallation, shops: readonly LiveShop[], probe: LiveShop, rate: number): Promise<number[]> {
  const from = performance.now();
  const ended = (): boolean => performance.now() - from >= STEADY_S * 1_000;
  const latencies: number[] = [];
  const ask = async (): Promise<void> => {
    while (!ended()) {
      const begun = performance.now();
      const { source, position } = await probe.next();
      await told(installation, `/contracts/${probe.contractId}/sla?after=${encodeURIComponent(`${source}:${position}`)}`);
      latencies.push(performance.now() - begun);
      await sleep(Math.max(0, begun + PROBE_EVERY_MS - performance.now()));
    }
  };
  await Promise.all([steadily(shops, { batch: STEADY_BATCH, rate, ended }), ask()]);
  return latencies.sort((a, b) => a - b);
}

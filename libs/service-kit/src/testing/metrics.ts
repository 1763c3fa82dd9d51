// The names of all metrics a service exposes, read from the text that Prometheus would read.
import type { EventStore } from '@deskfleet/event-store';
import type { GetOperationsResponse } from '@deskfleet/protocol/operations';
import { Actor } from '@deskfleet/protocol/platform';
import { callDuration } from '../grpc/server.ts';
import { startMetrics } from '../telemetry/metrics.ts';
import { measureAppends, observeOperations } from '../telemetry/operations.ts';

/** As a service in this state would expose them, one append and one call after its start. Histograms with their three suffixes. */
export async function exposedMetrics(state: GetOperationsResponse): Promise<readonly string[]> {
  const metrics = startMetrics('billing');
  observeOperations(async () => state);
  callDuration().record(1);
  const { append } = measureAppends((onGroup) => storeThatAppends(() => onGroup(1)));
  await append({ cause: { vendorId: 'v', actor: Actor.create({}), correlationId: '', causationId: '', commandId: '' }, streams: [] });
  const text = await metrics.scrape();
  await metrics.close();
  return [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name = '', kind]) =>
    kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
}

function storeThatAppends(onAppend: () => void): EventStore {
  const unused = (): never => {
    throw new Error('not asked here');
  };
  return {
    source: 'billing/0/e1',
    append: async () => {
      onAppend();
      return { outcome: 'appended', firstPosition: 1, lastPosition: 1, recordedAt: 1 };
    },
    ...{ appendWithin: unused, load: unused, answerOf: unused, read: unused, head: unused, onAppend: unused, committed: unused },
  };
}

// Metrics are always there (Prometheus text at /metrics); they cost no more than their counters.
import { metrics } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import type { ServiceName } from '../service.ts';

export interface Metrics {
  /** The text of /metrics. */
  scrape(): Promise<string>;
  close(): Promise<void>;
}

/** Installs the process's meter provider. Call it before anything asks for a meter. */
export function startMetrics(service: ServiceName): Metrics {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const provider = new MeterProvider({ resource: resourceFromAttributes({ [ATTR_SERVICE_NAME]: service }), readers: [exporter] });
  metrics.setGlobalMeterProvider(provider);
  observeProcess();
  const serializer = new PrometheusSerializer('', false, undefined, true, false);
  return {
    async scrape() {
      const { resourceMetrics } = await exporter.collect();
      return serializer.serialize(resourceMetrics);
    },
    close: () => provider.shutdown(),
  };
}

function observeProcess(): void {
  const meter = metrics.getMeter('deskfleet');
  meter.createObservableCounter('process.cpu.time', { unit: 's' }).addCallback((result) => {
    const { user, system } = process.cpuUsage();
    result.observe((user + system) / 1_000_000);
  });
  meter.createObservableGauge('process.memory.usage', { unit: 'By' }).addCallback((result) => result.observe(process.memoryUsage.rss()));
}

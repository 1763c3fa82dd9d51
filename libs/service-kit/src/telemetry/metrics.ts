// Metrics are always there (Prometheus text at /metrics); they cost no more than their counters.
import { metrics } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, type MetricData, type ScopeMetrics } from '@opentelemetry/sdk-metrics';
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
      return serializer.serialize({ ...resourceMetrics, scopeMetrics: resourceMetrics.scopeMetrics.map(withUnits) });
    },
    close: () => provider.shutdown(),
  };
}

/** How OpenTelemetry's Prometheus mapping writes a unit behind a name; the exporter leaves it out. Units in braces are annotations, not units. */
const UNIT_SUFFIXES: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes' };

function withUnits(scope: ScopeMetrics): ScopeMetrics {
  const metrics = scope.metrics.map((metric): MetricData => {
    const { name, unit } = metric.descriptor;
    const suffix = UNIT_SUFFIXES[unit];
    return suffix === undefined ? metric : { ...metric, descriptor: { ...metric.descriptor, name: `${name}.${suffix}` } };
  });
  return { ...scope, metrics };
}

function observeProcess(): void {
  const meter = metrics.getMeter('deskfleet');
  meter.createObservableCounter('process.cpu.time', { unit: 's' }).addCallback((result) => {
    const { user, system } = process.cpuUsage();
    result.observe((user + system) / 1_000_000);
  });
  meter.createObservableGauge('process.memory.usage', { unit: 'By' }).addCallback((result) => result.observe(process.memoryUsage.rss()));
}

// Traces, only where an OTLP endpoint is configured: the SDK is loaded then and not before, as it costs some 30 MB a process.
import type { ServiceName } from '../service.ts';

export interface Tracing {
  close(): Promise<void>;
}

/** Starts the SDK when there is an endpoint. OTEL_* variables (sampling, headers) work as OpenTelemetry defines them. */
export async function startTracing(service: ServiceName, endpoint: string | undefined): Promise<Tracing> {
  if (endpoint === undefined) return { close: async () => undefined };
  const [{ NodeSDK }, { OTLPTraceExporter }, { resourceFromAttributes }, { ATTR_SERVICE_NAME }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/semantic-conventions'),
  ]);
  // No auto-instrumentation: what is traced is written where it happens. Metrics have their own provider.
  const sdk = new NodeSDK({
    resource: resourceFromAttributes({ [ATTR_SERVICE_NAME]: service }),
    traceExporter: new OTLPTraceExporter(),
    instrumentations: [],
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  return { close: () => sdk.shutdown() };
}

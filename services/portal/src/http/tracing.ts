// One span a request, in the trace the caller began: what the services do for it hangs below.
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { FastifyRequest } from 'fastify';

export async function inSpan<T>(name: string, request: FastifyRequest, run: () => Promise<T>): Promise<T> {
  const parent = propagation.extract(context.active(), request.headers);
  const attributes = { 'http.request.method': request.method, 'http.route': request.routeOptions.url ?? '' };
  return trace.getTracer('portal').startActiveSpan(name, { kind: SpanKind.SERVER, attributes }, parent, async (span) => {
    try {
      return await run();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

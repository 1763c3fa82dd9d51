// W3C trace context through gRPC metadata, both ways. Without an SDK these calls do nothing and cost next to nothing.
import { type Context, context, propagation, SpanKind, SpanStatusCode, type TextMapGetter, type TextMapSetter, trace } from '@opentelemetry/api';
import { type ClientMiddleware, Metadata, type ServerMiddleware } from 'nice-grpc-common';

const getter: TextMapGetter<Metadata> = {
  keys: (metadata) => [...metadata].map(([key]) => key),
  get: (metadata, key) => {
    const value: string | Uint8Array | undefined = metadata.get(key);
    return typeof value === 'string' ? value : undefined;
  },
};
const setter: TextMapSetter<Metadata> = { set: (metadata, key, value) => void metadata.set(key, value) };

const tracer = trace.getTracer('deskfleet/grpc');

/** Runs each call in a span that continues the caller's. */
export const traceServer: ServerMiddleware = async function* (call, callContext) {
  const parent = propagation.extract(context.active(), callContext.metadata, getter);
  const span = tracer.startSpan(call.method.path.slice(1), { kind: SpanKind.SERVER, attributes: { 'rpc.system': 'grpc' } }, parent);
  const inSpan = trace.setSpan(parent, span);
  try {
    return yield* within(inSpan, call.next(call.request, callContext));
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
};

/** Sends the active trace context with each call. */
export const traceClient: ClientMiddleware = async function* (call, options) {
  const span = tracer.startSpan(call.method.path.slice(1), { kind: SpanKind.CLIENT, attributes: { 'rpc.system': 'grpc' } });
  const inSpan = trace.setSpan(context.active(), span);
  const metadata = Metadata(options.metadata);
  propagation.inject(inSpan, metadata, setter);
  try {
    return yield* call.next(call.request, { ...options, metadata });
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
};

// biome-ignore lint/suspicious/noConfusingVoidType: nice-grpc's own word for a stream's end
type Steps<Value> = AsyncGenerator<Value, Value | void, undefined>;

/** Steps a generator within a context: a generator keeps none of its own between steps. */
async function* within<Value>(active: Context, steps: Steps<Value>): Steps<Value> {
  try {
    for (;;) {
      const step = await context.with(active, () => steps.next());
      if (step.done) return step.value;
      yield step.value;
    }
  } finally {
    await steps.return(undefined); // no more after its end, and the handler's way out when the call was cancelled
  }
}

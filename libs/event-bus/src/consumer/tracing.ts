// One span a slice, in the trace its first sampled event was decided in and linked to the others. Nothing is made when none is sampled: a span costs microseconds.
import type { RecordedEvent } from '@deskfleet/event-store';
import {
  type Context,
  context,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

const tracer = trace.getTracer('deskfleet.event-bus');
const LINKS = 8;

export interface SliceSpan {
  /** Runs within the span, so that what is appended is part of its trace. */
  run<T>(task: () => Promise<T>): Promise<T>;
  end(error?: unknown): void;
}

const UNSAMPLED: SliceSpan = { run: (task) => task(), end: () => {} };

/** Starts the span of a slice that applies these events. */
export function sliceSpan(name: string, events: readonly RecordedEvent[]): SliceSpan {
  const links: Link[] = [];
  for (const { meta } of events) {
    if (!meta.traceparent.endsWith('-01')) continue;
    const spanContext = parseTraceparent(meta.traceparent);
    if (spanContext === undefined || links.some((link) => link.context.spanId === spanContext.spanId)) continue;
    links.push({ context: spanContext });
    if (links.length === LINKS) break;
  }
  const first = links[0];
  if (first === undefined) return UNSAMPLED;
  const parent = trace.setSpanContext(ROOT_CONTEXT, first.context);
  const span = tracer.startSpan(
    name,
    { kind: SpanKind.CONSUMER, links: links.slice(1), attributes: { 'messaging.batch.message_count': events.length } },
    parent,
  );
  return active(span, trace.setSpan(parent, span));
}

function active(span: Span, within: Context): SliceSpan {
  return {
    run: (task) => context.with(within, task),
    end: (error) => {
      if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
      span.end();
    },
  };
}

/** The span context of a W3C traceparent; undefined when it is not one. */
export function parseTraceparent(text: string): SpanContext | undefined {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const parsed = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(parsed) ? parsed : undefined;
}

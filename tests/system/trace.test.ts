// One trace shows a message's way to the SLA figure: from the platform's call through the portal and conversations, over the bus, to what
// sla-monitoring counts. Spans are exported as in production, to a collector that only keeps them.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedInstallation, startInstallation } from '../installation.ts';
import { connectedShop, told, webhook } from './asking.ts';

interface Span {
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

/** OTLP's numbers. */
const KIND = { server: 2, client: 3, consumer: 5 } as const;
const WAIT_MS = 60_000;

const spans: Span[] = [];
let collector: Server;
let installation: StartedInstallation;
let shop: { readonly shopId: string; readonly secret: string };

beforeAll(async () => {
  collector = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url === '/v1/traces') spans.push(...spansIn(JSON.parse(Buffer.concat(chunks).toString('utf8')) as OtlpTraces));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  process.env['OTEL_BSP_SCHEDULE_DELAY'] = '200'; // ms between exports
  installation = await startInstallation({ bus: 'feed' });
  shop = await connectedShop(installation, 'traced');
});

afterAll(async () => {
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  delete process.env['OTEL_BSP_SCHEDULE_DELAY'];
  await installation?.remove();
  collector.closeAllConnections();
  collector.close();
});

interface OtlpTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[] };
    readonly scopeSpans: readonly { readonly spans: readonly Omit<Span, 'service'>[] }[];
  }[];
}

function spansIn({ resourceSpans }: OtlpTraces): Span[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
    return scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, service })));
  });
}

/** The trace's spans, as soon as they hold one of this service and kind. */
async function traceWith(traceId: string, service: string, kind: number): Promise<readonly Span[]> {
  for (const endsAt = performance.now() + WAIT_MS; performance.now() < endsAt; await sleep(50)) {
    const found = spans.filter((span) => span.traceId === traceId);
    if (found.some((span) => span.service === service && span.kind === kind)) return found;
  }
  throw new Error(`no span of ${service} in ${JSON.stringify(spans.filter((span) => span.traceId === traceId))}`);
}

test('one trace shows a message on its way from the platform to the SLA figure, each step naming the one before it', async () => {
  const [traceId, callerSpan] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  const message = { conversation_id: 'c1', message_id: 'c1-1', sent_at: new Date().toISOString(), sender: 'customer', sender_id: 'buyer', text: '在吗' };
  const { status } = await webhook(installation, {
    shop: 'traced',
    secret: shop.secret,
    body: JSON.stringify(message),
    headers: { traceparent: `00-${traceId}-${callerSpan}-01` },
  });
  expect(status).toBe(200);

  await traceWith(traceId, 'sla-monitoring', KIND.consumer);
  const trace = await traceWith(traceId, 'portal', KIND.server);
  const counted = trace.find(({ service, kind }) => service === 'sla-monitoring' && kind === KIND.consumer);
  const way: Span[] = [];
  for (let step = counted; step !== undefined; step = trace.find(({ spanId }) => spanId === way.at(-1)?.parentSpanId)) way.push(step);
  expect(way.reverse().map(({ service, kind }) => [service, kind])).toEqual([
    ['portal', KIND.server],
    ['portal', KIND.client],
    ['conversations', KIND.server],
    ['sla-monitoring', KIND.consumer],
  ]);
  expect(way[0]).toMatchObject({ name: expect.stringContaining('/channels/{shop}/messages'), parentSpanId: callerSpan });
  expect(way[2]?.name).toBe('deskfleet.conversations.v1.ConversationService/ReceiveWebhook');

  await told(installation, '/settle', { body: {} });
  expect((await told(installation, '/reports/sla'))['total']).toMatchObject({ conversations: 1 });
});

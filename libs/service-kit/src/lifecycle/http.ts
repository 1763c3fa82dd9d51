// The operator's door: /healthz (the event loop turns), /readyz (own database answers, migrations in place), /metrics.
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface HealthAnswers {
  /** Why the service is not ready; empty when it is. */
  notReady(): Promise<readonly string[]>;
  /** What is worth knowing though it does not make the service unready, e.g. parked events. */
  details(): Promise<Readonly<Record<string, unknown>>>;
  scrape(): Promise<string>;
}

export async function startHealthServer(host: string, port: number, answers: HealthAnswers): Promise<HealthServer> {
  const respond = async (path: string, response: ServerResponse): Promise<void> => {
    if (path === '/healthz') return send(response, 200, 'application/json', '{"status":"live"}');
    if (path === '/readyz') {
      const reasons = await answers.notReady();
      const ready = reasons.length === 0;
      const body = { status: ready ? 'ready' : 'not-ready', ...(ready ? await answers.details() : { reasons }) };
      return send(response, ready ? 200 : 503, 'application/json', JSON.stringify(body));
    }
    if (path === '/metrics') return send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', await answers.scrape());
    send(response, 404, 'application/json', '{"status":"not-found"}');
  };
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    respond(path, response).catch(() => {
      if (response.headersSent) response.destroy();
      else send(response, 503, 'application/json', '{"status":"not-ready","reasons":["fault"]}');
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeIdleConnections();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

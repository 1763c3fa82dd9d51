// Transcripts in: a file in chunks, or live by a signed webhook.
import { ConversationServiceDefinition, ImportChunkRequest, OverlongLine, ReceiveWebhookRequest } from '@deskfleet/protocol/conversations-service';
import { Type } from 'typebox';
import { toHttp } from '../json.ts';
import { OPERATIONS, type Route, rawBody, route } from '../route.ts';
import { rpcRoutes } from '../rpc.ts';
import type { Components } from '../schema.ts';
import { rejectedLinesCsv } from './rejected-csv.ts';

const CHUNK_BYTES = 1_048_576;
const WEBHOOK_BYTES = 262_144;

export function importRoutes(components: Components): readonly Route[] {
  const imports = rpcRoutes(components, 'conversations', ConversationServiceDefinition, 'Imports and channels');
  return [
    imports.get('/imports', 'listImports', { summary: 'Imports, newest first', access: OPERATIONS }),
    imports.post('/imports', 'startImport', { summary: 'Start an import', access: OPERATIONS, required: ['fileName'] }),
    imports.get('/imports/{importId}', 'getImport', { summary: 'How far an import is, with the lines it rejected', access: OPERATIONS }),
    chunkRoute(components),
    imports.post('/imports/{importId}/finish', 'finishImport', { summary: 'Finish an import', access: OPERATIONS }),
    rejectedLinesCsv,
    webhookRoute(components),
  ];
}

/** The lines go on as the bytes that came. */
function chunkRoute(components: Components): Route {
  return route(
    {
      method: 'POST',
      url: '/imports/{importId}/chunks/{firstLine}',
      operationId: 'importChunk',
      tag: 'Imports and channels',
      summary: 'One chunk of NDJSON: at most 500 lines and 1 MB',
      description: 'firstLine is the number of its first line in the file, from 1. Good lines go in as one call; the same chunk again gets the same answer.',
      access: OPERATIONS,
      params: Type.Object({ importId: Type.String(), firstLine: Type.Integer({ minimum: 1 }) }),
      query: Type.Object(
        {
          overlong: Type.Optional(
            Type.Array(Type.String({ pattern: '^\\d+:\\d+$' }), {
              maxItems: 500,
              description: '<line>:<bytes> of each line above 128 KB; a blank line stands in its place in the body',
            }),
          ),
        },
        { additionalProperties: false },
      ),
      body: rawBody('application/x-ndjson', 'a message a line'),
      consumes: 'application/x-ndjson',
      bodyLimit: CHUNK_BYTES,
      answer: components.ref('deskfleet.conversations.v1.ImportChunkResponse', 'answer'),
    },
    async ({ portal, caller, params, query, body, commandId, signal }) => {
      const overlong = (query.overlong ?? []).map((pair) => {
        const [line, bytes] = pair.split(':').map(Number);
        return OverlongLine.create({ line: line ?? 0, bytes: bytes ?? 0 });
      });
      const chunk = ImportChunkRequest.create({ commandId, importId: params.importId, firstLine: params.firstLine, ndjson: body, overlong });
      const conversations = portal.backend.client('conversations', ConversationServiceDefinition, caller);
      return toHttp(await conversations.importChunk(chunk, { signal }));
    },
  );
}

/** The channel's signature is all that identifies the caller: it is verified by conversations, where the secret is. */
function webhookRoute(components: Components): Route {
  return route(
    {
      method: 'POST',
      url: '/channels/{shop}/messages',
      operationId: 'receiveWebhook',
      tag: 'Imports and channels',
      summary: 'Messages of a channel, signed',
      description:
        'X-Deskfleet-Signature is the hex HMAC-SHA256, under the channel\'s secret, of "<timestamp>.<body>". A timestamp older than 5 minutes is refused. The same Idempotency-Key and body again get the same answer.',
      access: 'public',
      params: Type.Object({ shop: Type.String({ description: "the shop's code" }) }),
      headers: Type.Object({
        'x-deskfleet-timestamp': Type.Optional(Type.String({ description: 'epoch milliseconds' })),
        'x-deskfleet-signature': Type.Optional(Type.String({ description: 'hex HMAC-SHA256' })),
        'x-deskfleet-vendor': Type.Optional(Type.String({ description: "the vendor's id; this installation's first vendor when absent" })),
      }),
      body: rawBody('application/json', 'a message, or an array of messages, as in the NDJSON format; at most 256 KB'),
      consumes: 'application/json',
      bodyLimit: WEBHOOK_BYTES,
      answer: components.ref('deskfleet.conversations.v1.ReceiveWebhookResponse', 'answer'),
    },
    async ({ portal, params, body, request, signal, commandId }) => {
      const header = (name: string): string => String(request.headers[name] ?? '');
      const message = ReceiveWebhookRequest.create({
        vendorId: header('x-deskfleet-vendor') || portal.config.vendors[0].id,
        shopCode: params.shop,
        timestamp: Number(header('x-deskfleet-timestamp')) || 0,
        signature: header('x-deskfleet-signature'),
        idempotencyKey: commandId,
        body,
      });
      const conversations = portal.backend.client('conversations', ConversationServiceDefinition, 'self');
      return toHttp(await conversations.receiveWebhook(message, { signal }));
    },
  );
}

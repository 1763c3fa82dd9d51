// Who is planned and who is there: headcount by shop, shifts by page, file and webhook.
import { ReceiveStaffingRequest, StaffingServiceDefinition } from '@deskfleet/protocol/agents-staffing';
import { Type } from 'typebox';
import { toHttp } from '../json.ts';
import { EVERYONE, OPERATIONS, type Route, rawBody, route } from '../route.ts';
import { rpcRoutes } from '../rpc.ts';
import type { Components } from '../schema.ts';
import { exportShiftsCsv, importShiftsCsv } from './shifts-csv.ts';

const WEBHOOK_BYTES = 262_144;

export function staffingRoutes(components: Components): readonly Route[] {
  const staffing = rpcRoutes(components, 'agent-pools', StaffingServiceDefinition, 'Staffing');
  const leads = ['vendor-operations', 'team-lead'] as const;
  return [
    staffing.get('/staffing', 'getStaffing', {
      summary: 'Headcount by shop: contracted, trained, on shift, online; the worst 50, the others as counts',
      description: 'What nobody reports is absent, never 0.',
      access: EVERYONE,
    }),
    staffing.get('/staffing/{shopId}', 'getShopDuty', { summary: "One shop's day: who, since when, how many over the day", access: EVERYONE }),
    staffing.get('/shifts', 'listShifts', { summary: 'Shifts that touch a span, by begin', access: EVERYONE, required: ['fromAt', 'toAt'] }),
    staffing.post('/shifts', 'planShifts', {
      summary: 'Plan shifts: good ones go in, each bad one is named by its place',
      access: leads,
      required: ['shifts'],
      fixed: { source: 'page' },
    }),
    staffing.post('/shifts/{shiftId}/cancellation', 'cancelShift', { summary: 'Cancel a shift, with the reason', access: leads, required: ['reason'] }),
    exportShiftsCsv,
    importShiftsCsv,
    staffing.post('/staffing-feed', 'connectStaffingFeed', {
      summary: 'Connect a roster or console; answers the secret it signs with, once',
      access: OPERATIONS,
      required: ['name'],
    }),
    webhookRoute(components),
  ];
}

/** The signature is all that identifies the caller: it is verified by agent-pools, where the secret is. */
function webhookRoute(components: Components): Route {
  return route(
    {
      method: 'POST',
      url: '/staffing-feed/calls',
      operationId: 'receiveStaffing',
      tag: 'Staffing',
      summary: 'Shifts and presence of a roster or console, signed: all of a call or none of it',
      description:
        'X-Deskfleet-Signature is the hex HMAC-SHA256, under the feed\'s secret, of "<timestamp>.<body>". A timestamp older than 5 minutes is refused. The body is {"shifts": [{"agent", "shops", "from", "to", "cancelled"}], "presence": [{"agent", "presence", "at"}]}: agent an id or a work name, shops codes, from, to and at RFC 3339, cancelled the reason. The same Idempotency-Key and body again get the same answer.',
      access: 'public',
      headers: Type.Object({
        'x-deskfleet-timestamp': Type.Optional(Type.String({ description: 'epoch milliseconds' })),
        'x-deskfleet-signature': Type.Optional(Type.String({ description: 'hex HMAC-SHA256' })),
        'x-deskfleet-vendor': Type.Optional(Type.String({ description: "the vendor's id; this installation's first vendor when absent" })),
      }),
      body: rawBody('application/json', 'shifts and presence; at most 256 KB'),
      consumes: 'application/json',
      bodyLimit: WEBHOOK_BYTES,
      answer: components.ref('deskfleet.agents.v1.ReceiveStaffingResponse', 'answer'),
    },
    async ({ portal, body, request, signal, commandId }) => {
      const header = (name: string): string => String(request.headers[name] ?? '');
      const message = ReceiveStaffingRequest.create({
        vendorId: header('x-deskfleet-vendor') || portal.config.vendors[0].id,
        timestamp: Number(header('x-deskfleet-timestamp')) || 0,
        signature: header('x-deskfleet-signature'),
        idempotencyKey: commandId,
        body,
      });
      const staffing = portal.backend.client('agent-pools', StaffingServiceDefinition, 'self');
      return toHttp(await staffing.receiveStaffing(message, { signal }));
    },
  );
}

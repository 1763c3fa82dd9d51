// The rejected lines of an import, to be mended and imported again.
import { ConversationServiceDefinition } from '@deskfleet/protocol/conversations-service';
import { Type } from 'typebox';
import { csvOf } from '../csv.ts';
import { OPERATIONS, route } from '../route.ts';

export const rejectedLinesCsv = route(
  {
    method: 'GET',
    url: '/imports/{importId}/rejected.csv',
    operationId: 'getRejectedLines',
    tag: 'Imports and channels',
    summary: 'The rejected lines as CSV: line, field, found, expected',
    access: OPERATIONS,
    params: Type.Object({ importId: Type.String() }),
    produces: 'text/csv',
    answer: Type.String(),
  },
  async ({ portal, caller, params, signal, reply }) => {
    const conversations = portal.backend.client('conversations', ConversationServiceDefinition, caller);
    const summary = await conversations.getImport({ importId: params.importId }, { signal });
    reply.header('content-disposition', 'attachment; filename="rejected-lines.csv"');
    return csvOf(
      ['line', 'field', 'found', 'expected'],
      summary.rejected.map((line) => [line.line, line.field, line.found, line.expected]),
    );
  },
);

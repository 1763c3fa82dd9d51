// The onboarding board, and reminding the client whose turn it is.
import { BoardServiceDefinition } from '@deskfleet/protocol/onboarding-board';
import { OPERATIONS, type Route } from '../route.ts';
import { rpcRoutes } from '../rpc.ts';
import type { Components } from '../schema.ts';

export function boardRoutes(components: Components): readonly Route[] {
  const board = rpcRoutes(components, 'client-onboarding', BoardServiceDefinition, 'Onboarding');
  return [
    board.get('/onboarding/board', 'listBoard', {
      summary: 'Which shop stands where on its way from lead to live, whose turn it is, since when; the longest first',
      access: ['vendor-operations', 'team-lead', 'finance'],
    }),
    board.post('/onboarding/board/{subjectId}/remind', 'remindClient', {
      summary: 'Remind the client of what waits for them; at most once in 20 hours',
      access: OPERATIONS,
    }),
  ];
}

// Service levels: figures, the clocks behind them, breaches, the floor.
import { SlaServiceDefinition } from '@deskfleet/protocol/sla-service';
import { EVERYONE, type Route } from '../route.ts';
import { rpcRoutes } from '../rpc.ts';
import type { Components } from '../schema.ts';

export function slaRoutes(components: Components): readonly Route[] {
  const sla = rpcRoutes(components, 'sla-monitoring', SlaServiceDefinition, 'Service levels');
  return [
    sla.get('/reports/sla', 'getReport', { summary: 'The plain figures of shops over days', access: EVERYONE }),
    sla.get('/clauses', 'listClauses', { summary: 'The clauses of all contracts: the 50 worst, the others as counts', access: EVERYONE }),
    sla.get('/contracts/{contractId}/sla', 'getContractSla', { summary: 'Clause by clause: figure, by day, how long', access: EVERYONE }),
    sla.get('/contracts/{contractId}/sla/{clauseKey}/clocks', 'listClocks', {
      summary: 'The clocks behind a figure: figure and list are one query',
      access: EVERYONE,
    }),
    sla.get('/breaches', 'listBreaches', { summary: 'Breaches, newest first', access: EVERYONE }),
    sla.get('/breaches/{breachId}', 'getBreach', { summary: 'One breach as a chain of facts', access: EVERYONE }),
    sla.get('/floor', 'getFloor', { summary: 'Customers waiting now, least time left first', access: EVERYONE }),
  ];
}

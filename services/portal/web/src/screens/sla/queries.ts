// The questions of the SLA screens; figure, chart and list are one query each and agree.
import { queryOptions } from '@tanstack/react-query';
import { api, ask } from '../../api/http.ts';
import type { ClauseFigure } from '../../api/types.ts';
import type { Range } from '../../scope/scope.ts';

export const contractSlaQuery = (contractId: string, range: Range) =>
  queryOptions({
    queryKey: ['sla', 'contract', contractId, range.from, range.to],
    queryFn: () => ask(api.GET('/contracts/{contractId}/sla', { params: { path: { contractId }, query: { from: range.from, to: range.to } } })),
  });

/** Clocks that are judged: in time or missed. */
export const dueOf = (figure: ClauseFigure | undefined): number => (figure?.attainment?.met ?? 0) + (figure?.attainment?.missed ?? 0);

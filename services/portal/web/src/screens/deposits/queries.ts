// What the pages of deposits ask for.
import { queryOptions } from '@tanstack/react-query';
import { api, ask } from '../../api/http.ts';

export const depositQuery = (contractId: string) =>
  queryOptions({ queryKey: ['billing', 'deposit', contractId], queryFn: () => ask(api.GET('/deposits/{contractId}', { params: { path: { contractId } } })) });

export const creditQuery = (clientId: string) =>
  queryOptions({
    queryKey: ['billing', 'credit', clientId],
    queryFn: () => ask(api.GET('/clients/{clientId}/credit', { params: { path: { clientId } } })),
  });

export const standingQuery = (contractId: string) =>
  queryOptions({
    queryKey: ['billing', 'trial-standing', contractId],
    queryFn: () => ask(api.GET('/contracts/{contractId}/trial-standing', { params: { path: { contractId } } })),
  });

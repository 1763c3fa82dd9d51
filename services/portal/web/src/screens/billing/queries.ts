// What several screens ask about invoices.
import { queryOptions } from '@tanstack/react-query';
import { api, ask } from '../../api/http.ts';

export const invoiceQuery = (number: string) =>
  queryOptions({ queryKey: ['billing', 'invoice', number], queryFn: () => ask(api.GET('/invoices/{number}', { params: { path: { number } } })) });

// The one cache of what was asked: the app's frame hands it to every screen, and a route may begin to ask before its screen is drawn.
import { worthRetrying } from './http.ts';
import { FreshClient } from './lookups.ts';

export const client = new FreshClient({ defaultOptions: { queries: { retry: worthRetrying, staleTime: 5_000, refetchOnWindowFocus: true } } });

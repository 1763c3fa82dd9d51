// What the board asks, page by page. Its events are client-onboarding's, whose topic is shops.
import { infiniteQueryOptions } from '@tanstack/react-query';
import { api, ask } from '../../api/http.ts';

export interface BoardAsked {
  readonly step: string;
  readonly turn: string;
  readonly search: string;
}

export const boardQuery = ({ step, turn, search }: BoardAsked) =>
  infiniteQueryOptions({
    queryKey: ['shops', 'board', step, turn, search],
    queryFn: ({ pageParam }) =>
      ask(api.GET('/onboarding/board', { params: { query: { step, turn, search, size: 50, ...(pageParam === '' ? {} : { token: pageParam }) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => (page.nextToken === '' ? undefined : page.nextToken),
  });

/** What of it stands in the address. */
export const askedBy = (params: URLSearchParams): Omit<BoardAsked, 'search'> => ({ step: params.get('step') ?? '', turn: params.get('turn') ?? '' });

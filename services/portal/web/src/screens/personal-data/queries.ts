// What the parts of the page share: who decided by name, and asking anew after a decision.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/http.ts';

/** The names of members by the id that decisions carry; the id itself where it is nobody's any more. */
export function useDeciders(): (userId: string) => string {
  const { data } = useQuery({ queryKey: ['access', 'members'], queryFn: () => ask(api.GET('/members')) });
  const names = new Map((data?.members ?? []).map(({ userId, name }) => [userId, name] as const));
  return (userId) => names.get(userId) ?? userId;
}

/** After an erasure or a hold: lists and what was found of a person. */
export function useAskAnew(): () => Promise<void> {
  const cache = useQueryClient();
  return () => cache.invalidateQueries({ queryKey: ['conversations', 'personal-data'] });
}

/** A random id, as long as people compare. */
export const shortSubject = (subjectId: string): string => subjectId.slice(-8);

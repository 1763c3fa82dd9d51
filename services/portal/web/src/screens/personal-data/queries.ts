// What the parts of the page share: asking anew after a decision.
import { useQueryClient } from '@tanstack/react-query';

/** After an erasure or a hold: lists and what was found of a person. */
export function useAskAnew(): () => Promise<void> {
  const cache = useQueryClient();
  return () => cache.invalidateQueries({ queryKey: ['conversations', 'personal-data'] });
}

/** A random id, as long as people compare. */
export const shortSubject = (subjectId: string): string => subjectId.slice(-8);

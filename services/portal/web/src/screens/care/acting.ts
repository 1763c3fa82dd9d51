// Who may do what here: the client's user speaks for the client, operations may on its behalf with evidence.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useSession } from '../../api/session.ts';

export function useActing() {
  const { role, mayAgree } = useSession();
  return {
    /** The client's own user, who may agree. */
    client: role === 'client' && mayAgree,
    isClient: role === 'client',
    /** May write down what the client said, with evidence. */
    onBehalf: role === 'vendor-operations',
    asks: role === 'vendor-operations' || role === 'team-lead' || role === 'qa-inspector',
    leads: role === 'vendor-operations' || role === 'team-lead',
  };
}

/** A command after which everything about shops and contracts is asked again. */
export function useAct<Input, Answer>(act: (input: Input) => Promise<Answer>, done?: (answer: Answer) => void) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: async (answer) => {
      await Promise.all(['shops', 'floor'].map((topic) => cache.invalidateQueries({ queryKey: [topic] })));
      done?.(answer);
    },
  });
}

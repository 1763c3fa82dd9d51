// Who is there, said by hand where no console says it.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/http.ts';
import { Refusal } from '../../parts/problem.tsx';
import { domain, wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { staffingWords } from './words.ts';

const PRESENCES = ['online', 'away', 'offline'] as const;

export function PresenceChoice({ agent }: { agent: { agentId: string; name: string; presence: string } }) {
  const said = useWords(staffingWords);
  const terms = useWords(domain);
  const cache = useQueryClient();
  const record = useMutation({
    mutationFn: (presence: (typeof PRESENCES)[number]) =>
      ask(api.POST('/agents/{agentId}/presence', { params: { path: { agentId: agent.agentId } }, body: { presence } })),
    onSuccess: () => void cache.invalidateQueries({ queryKey: ['people'] }),
  });
  return (
    <>
      <select
        className="native presence"
        aria-label={said.setPresence(agent.name)}
        value={agent.presence}
        disabled={record.isPending}
        onChange={(event) => {
          const chosen = PRESENCES.find((each) => each === event.target.value);
          if (chosen !== undefined) record.mutate(chosen);
        }}
      >
        {PRESENCES.some((each) => each === agent.presence) ? null : <option value={agent.presence}>{said.noSource}</option>}
        {PRESENCES.map((each) => (
          <option key={each} value={each}>
            {wordFor(terms.presence, each)}
          </option>
        ))}
      </select>{' '}
      <Refusal error={record.error} />
    </>
  );
}

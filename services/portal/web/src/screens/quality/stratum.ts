// What a stratum is called: an agent by name, an unmapped account by itself, or nobody.
import type { Agent } from '../../api/types.ts';
import { domain } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';

export function useStratumName(agents: readonly Agent[]): (key: string) => string {
  const terms = useWords(domain);
  return (key) => {
    const colon = key.indexOf(':');
    const [kind, id] = colon < 0 ? [key, ''] : [key.slice(0, colon), key.slice(colon + 1)];
    if (kind === 'agent') return agents.find((agent) => agent.agentId === id)?.name ?? id;
    if (kind === 'account') return terms.stratumUnmapped(id);
    return terms.stratumNone;
  };
}

// An agent's level: told to everybody, and for whoever leads agents the way to change it, with who said which level when.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/http.ts';
import { usePeopleNames } from '../../api/lookups.ts';
import { agentsQuery } from '../../api/queries.ts';
import type { components } from '../../api/schema.d.ts';
import { useFormat } from '../../format/use-format.ts';
import { Refusal } from '../../parts/problem.tsx';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { staffingWords } from './words.ts';

export type Level = components['schemas']['DutyAgent']['level'];
export const LEVELS = ['junior', 'middle', 'senior', 'account-manager'] as const satisfies readonly Level[];

export function LevelChoice({ agent, zone }: { agent: { agentId: string; name: string; level: Level }; zone: string }) {
  const said = useWords(staffingWords);
  const cache = useQueryClient();
  const change = useMutation({
    mutationFn: (level: Level) => ask(api.POST('/agents/{agentId}/level', { params: { path: { agentId: agent.agentId } }, body: { level } })),
    onSuccess: () => void cache.invalidateQueries({ queryKey: ['people'] }),
  });
  return (
    <>
      <select
        className="native presence"
        aria-label={said.setLevel(agent.name)}
        value={agent.level}
        disabled={change.isPending}
        onChange={(event) => {
          const chosen = LEVELS.find((each) => each === event.target.value);
          if (chosen !== undefined) change.mutate(chosen);
        }}
      >
        {agent.level === 'unspecified' ? <option value="unspecified">{said.levels['unspecified']}</option> : null}
        {LEVELS.map((each) => (
          <option key={each} value={each}>
            {wordFor(said.levels, each)}
          </option>
        ))}
      </select>
      <History agentId={agent.agentId} zone={zone} />
      <Refusal error={change.error} />
    </>
  );
}

function History({ agentId, zone }: { agentId: string; zone: string }) {
  const said = useWords(staffingWords);
  const format = useFormat();
  const personName = usePeopleNames();
  const { data } = useQuery(agentsQuery);
  const [last, ...before] = data?.agents.find((each) => each.agentId === agentId)?.levels ?? [];
  if (last === undefined) return null;
  const told = ({ at, userId }: typeof last) => said.levelSince(format.instant(at, zone), personName(userId));
  if (before.length === 0) return <div className="quiet">{told(last)}</div>;
  return (
    <details className="quiet">
      <summary>{told(last)}</summary>
      <ul>
        {before.map((one) => (
          <li key={one.at}>{`${wordFor(said.levels, one.level)} · ${told(one)}`}</li>
        ))}
      </ul>
    </details>
  );
}

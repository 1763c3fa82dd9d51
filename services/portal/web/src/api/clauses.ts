// What a clause is called in a sentence: its metric and its allowance, e.g. 首响 30秒.
import { useFormat } from '../format/use-format.ts';
import { domain, wordFor } from '../words/domain.ts';
import { useWords } from '../words/words.ts';
import { useContract } from './lookups.ts';
import type { SlaClause } from './types.ts';

export function useClauseText(): (clause: SlaClause) => string {
  const words = useWords(domain);
  const format = useFormat();
  return (clause) => words.clause(wordFor(words.metrics, clause.metric), format.duration(clause.allowanceMs));
}

/** The clause of a contract by key; undefined until the contract is there. */
export function useClauses(): (contractId: string, clauseKey: string) => SlaClause | undefined {
  const contract = useContract();
  return (contractId, clauseKey) => contract(contractId)?.terms?.clauses.find((clause) => clause.key === clauseKey);
}

/** The name of a clock's clause; its key until the contract is there. */
export function useClauseName(): (contractId: string, clauseKey: string) => string {
  const find = useClauses();
  const text = useClauseText();
  return (contractId, clauseKey) => {
    const clause = find(contractId, clauseKey);
    return clause === undefined ? clauseKey : text(clause);
  };
}

// The pages of one contract, on each of them.
import { Link } from 'react-router';
import { useScope } from '../../scope/scope.ts';
import { useWords } from '../../words/words.ts';
import { contractWords } from './words.ts';

const PAGES = {
  terms: '',
  onboarding: '/onboarding',
  sla: '/sla',
  billing: '/billing',
  questions: '/questions',
  supervision: '/supervision',
  meetings: '/meetings',
} as const;

export function ContractTabs({ contractId, current }: { contractId: string; current: keyof typeof PAGES }) {
  const said = useWords(contractWords);
  const scope = useScope();
  return (
    <nav aria-label={said.tabsName} className="tabs">
      {Object.entries(PAGES).map(([page, path]) => (
        <Link key={page} to={`/contracts/${contractId}${path}${scope.search()}`} aria-current={page === current ? 'page' : undefined}>
          {said.tabs[page]}
        </Link>
      ))}
    </nav>
  );
}

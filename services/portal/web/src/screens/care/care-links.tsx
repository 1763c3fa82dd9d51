// The way from a contract to what both sides live together on it.
import { Link } from 'react-router';
import { useScope } from '../../scope/scope.ts';
import { useWords } from '../../words/words.ts';
import { careWords } from './words.ts';

export function CareLinks({ contractId }: { contractId: string }) {
  const said = useWords(careWords);
  const scope = useScope();
  const to = (tab: string) => `/contracts/${contractId}/${tab}${scope.search()}`;
  return (
    <>
      <Link to={to('questions')}>{said.inbox}</Link>
      <Link to={to('supervision')}>{said.supervision}</Link>
      <Link to={to('meetings')}>{said.meetings}</Link>
    </>
  );
}

// Erasures and legal holds: find a customer, see what forbids to erase them, erase or hold them with a reason; what was erased and what is held.
import { Page } from '../../parts/page.tsx';
import { useWords } from '../../words/words.ts';
import { Erasures } from './erasures.tsx';
import { FindPerson } from './find-person.tsx';
import { Holds } from './holds.tsx';
import { personalDataWords } from './words.ts';

export function Screen() {
  const said = useWords(personalDataWords);
  return (
    <Page title={said.title} about={said.about}>
      <div className="stack">
        <FindPerson />
        <Erasures />
        <Holds />
      </div>
    </Page>
  );
}

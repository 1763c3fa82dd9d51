// One question with every version of its answer.
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { useShopNames } from '../../api/queries.ts';
import { Loaded, Page, Panel } from '../../parts/page.tsx';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { questionQuery } from './queries.ts';
import { QuestionCard } from './question-card.tsx';
import { careWords } from './words.ts';

export function Screen() {
  const { questionId = '' } = useParams();
  const said = useWords(careWords);
  const shopName = useShopNames();
  const query = useQuery(questionQuery(questionId));
  return (
    <Loaded page query={query} what={said.whatQuestions}>
      {(question) => (
        <Page title={`${shopName(question.shopId)} · ${said.questionText}`}>
          <Panel title={wordFor(said.states, question.state)}>
            <QuestionCard question={question} whole />
          </Panel>
        </Page>
      )}
    </Loaded>
  );
}

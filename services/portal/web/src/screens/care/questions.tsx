// The owner inbox in both directions: what was asked of the owners, oldest first, and what waits for the other side. The client answers in place.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useParams } from 'react-router';
import { contractQuery, useZones } from '../../api/queries.ts';
import { addDays, dateOf } from '../../format/dates.ts';
import { useFormat } from '../../format/use-format.ts';
import { useStreamClock } from '../../live/stream.ts';
import { Figure } from '../../parts/figure.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { WaitingList } from '../../parts/waiting-list.tsx';
import { useScope } from '../../scope/scope.ts';
import { useWords } from '../../words/words.ts';
import { ContractTabs } from '../contracts/contract-tabs.tsx';
import { useActing } from './acting.ts';
import { AskForm } from './ask-form.tsx';
import { questionsQuery } from './queries.ts';
import { QuestionCard } from './question-card.tsx';
import { careWords } from './words.ts';

/** What either side waits for of the other, beside questions. */
const CARE_KINDS = ['suggestion-open', 'remedy-missing', 'remedy-proposed', 'remedy-due', 'action-overdue', 'meeting-missing'];

export function Screen() {
  const { contractId } = useParams();
  const scope = useScope();
  return contractId === undefined ? <Inbox shopIds={scope.shopIds} /> : <ContractInbox contractId={contractId} />;
}

function ContractInbox({ contractId }: { contractId: string }) {
  const said = useWords(careWords);
  const query = useQuery(contractQuery(contractId));
  return (
    <Loaded page query={query} what={said.whatQuestions}>
      {(contract) => (
        <Inbox
          shopIds={contract.shops.map((shop) => shop.shopId)}
          of={said.back(contract.number)}
          tabs={<ContractTabs contractId={contractId} current="questions" />}
        />
      )}
    </Loaded>
  );
}

function Inbox({ shopIds, of, tabs }: { shopIds: readonly string[]; of?: string; tabs?: ReactNode }) {
  const said = useWords(careWords);
  const format = useFormat();
  const { now } = useStreamClock();
  const { isClient, asks } = useActing();
  const zone = useZones()(shopIds[0]);
  const yesterday = addDays(dateOf(Date.now(), zone), -1);
  const open = useQuery(questionsQuery({ shopIds, state: 'open' }));
  const dayEnd = useQuery(questionsQuery({ shopIds, openAtEndOf: yesterday }));
  const answered = useQuery(questionsQuery({ shopIds, state: 'answered' }));
  const oldest = open.data?.oldestAt ?? 0;
  return (
    <Page title={of === undefined ? said.inbox : `${of} · ${said.inbox}`} about={isClient ? said.inboxClient : said.inboxVendor}>
      {tabs}
      <div className="figures">
        <Figure
          label={isClient ? said.openQuestionsClient : said.openQuestions}
          value={open.data === undefined ? '—' : format.count(open.data.open)}
          {...(oldest > 0 ? { status: 'risk' as const, verdict: said.oldest(format.duration(Math.max(0, now - oldest))) } : {})}
        />
        <Figure label={said.buyersWaiting} value={open.data === undefined ? '—' : format.count(open.data.buyersWaiting)} />
        <Figure label={said.dayEnd} value={dayEnd.data === undefined ? '—' : format.count(dayEnd.data.total)} about={said.dayEndAbout(format.day(yesterday))} />
      </div>
      <div className="stack">
        <Panel title={isClient ? said.openQuestionsClient : said.openQuestions}>
          <Loaded query={open} what={said.whatQuestions}>
            {({ questions }) =>
              questions.length === 0 ? (
                <Empty>{said.noneOpen}</Empty>
              ) : (
                <div className="asks">
                  {questions.map((question) => (
                    <QuestionCard key={question.questionId} question={question} />
                  ))}
                </div>
              )
            }
          </Loaded>
        </Panel>
        {asks ? <AskForm shopIds={shopIds} /> : null}
        <WaitingList
          title={isClient ? said.theirTurn : said.ourTurn}
          waitsFor="vendor-operations"
          kinds={CARE_KINDS}
          {...(of === undefined ? {} : { shopIds })}
        />
        <Panel title={said.closedQuestions}>
          <Loaded query={answered} what={said.whatQuestions}>
            {({ questions }) =>
              questions.length === 0 ? (
                <Empty>{said.noKnowledge}</Empty>
              ) : (
                <div className="asks">
                  {questions.map((question) => (
                    <QuestionCard key={question.questionId} question={question} />
                  ))}
                </div>
              )
            }
          </Loaded>
        </Panel>
      </div>
    </Page>
  );
}

// One question whole: what is asked, since when, who waits for it, what was answered; and, in place, what its reader can do about it.
import { Button } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useShopNames } from '../../api/queries.ts';
import { useFormat } from '../../format/use-format.ts';
import { useStreamClock } from '../../live/stream.ts';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { useAct, useActing } from './acting.ts';
import type { Consent, Question } from './queries.ts';
import { consentOf, SaidForm } from './said-form.tsx';
import { careWords } from './words.ts';

/** Conversations named in a card; the others are counted. */
const NAMED = 5;

export function QuestionCard({ question, whole = false }: { question: Question; whole?: boolean }) {
  const said = useWords(careWords);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const { now } = useStreamClock();
  const { questionId, conversationIds, state, zone, askedAt, closedAt } = question;
  const waiting = conversationIds.length;
  const clock = (at: number) => format.instant(at, zone || 'UTC').slice(0, 16);
  return (
    <article className="ask">
      <header className="ask-head">
        <Link to={`/shops/${question.shopId}/knowledge${scope.search()}`}>{shopName(question.shopId)}</Link>
        <StatusMark status={state === 'open' ? 'risk' : 'neutral'}>
          {state === 'open' ? said.age(format.duration(Math.max(0, now - askedAt))) : wordFor(said.states, state)}
        </StatusMark>
      </header>
      <p className="ask-text">
        {whole ? (
          question.text || said.erased
        ) : (
          <Link to={`/questions/${questionId}${scope.search()}`} className="ask-link">
            {question.text || said.erased}
          </Link>
        )}
      </p>
      <p className="quiet">
        <time dateTime={new Date(askedAt).toISOString()}>{said.askedAt(clock(askedAt))}</time>
        {state === 'answered' ? ` · ${said.answeredAt(clock(closedAt))}` : ''}
        {state === 'withdrawn' ? ` · ${said.withdrawnAt(clock(closedAt))}：${question.reason || said.erased}` : ''}
      </p>
      {state === 'open' ? (
        <p>
          {waiting === 0 ? <span className="quiet">{said.noBuyers}</span> : said.buyers(format.count(waiting))}
          {conversationIds.slice(0, NAMED).map((id) => (
            <span key={id}>
              {' · '}
              <Link to={`/conversations/${id}${scope.search()}`}>{`${said.conversation} ${id.slice(-6).toUpperCase()}`}</Link>
            </span>
          ))}
        </p>
      ) : null}
      {(whole ? question.answers : question.answers.slice(0, 1)).map((answer, index) => (
        <div key={answer.version} className={index === 0 ? 'ask-answer' : 'ask-answer ask-former'}>
          <p className="ask-text">{answer.text || said.erased}</p>
          <p className="quiet">
            {said.version(String(answer.version))} · {clock(answer.recordedAt)} · <Whose consent={answer.consent} />
          </p>
        </div>
      ))}
      <Actions question={question} whole={whole} />
    </article>
  );
}

export function Whose({ consent }: { consent: Consent | undefined }) {
  const said = useWords(careWords);
  return consent?.decidedBy === 'vendor-on-behalf' ? said.onBehalf(consent.evidence) : said.byClient;
}

type Doing = 'answer' | 'correct' | 'withdraw' | 'buyer';

function Actions({ question, whole }: { question: Question; whole: boolean }) {
  const said = useWords(careWords);
  const { client, onBehalf, asks } = useActing();
  const [doing, setDoing] = useState<Doing | undefined>(client && question.state === 'open' ? 'answer' : undefined);
  const path = { questionId: question.questionId };
  const done = () => setDoing(undefined);
  const latest = question.answers[0];
  const answer = useAct(
    ({ text, evidence }: { text: string; evidence: string }) =>
      ask(api.POST('/questions/{questionId}/answer', { params: { path }, body: { text, ...consentOf(evidence) } })),
    done,
  );
  const correct = useAct(
    ({ text, evidence }: { text: string; evidence: string }) =>
      ask(api.POST('/questions/{questionId}/corrections', { params: { path }, body: { text, version: latest?.version ?? 0, ...consentOf(evidence) } })),
    done,
  );
  const withdraw = useAct(
    ({ text }: { text: string }) => ask(api.POST('/questions/{questionId}/withdrawal', { params: { path }, body: { reason: text } })),
    done,
  );
  const buyer = useAct(
    ({ text }: { text: string }) => ask(api.POST('/questions/{questionId}/buyers', { params: { path }, body: { conversationId: text.trim() } })),
    done,
  );
  const open = question.state === 'open';
  const button = (what: Doing, label: string) => <Button onClick={() => setDoing(what)}>{label}</Button>;
  switch (open || question.state === 'answered' ? doing : undefined) {
    case 'answer':
      return (
        <SaidForm
          label={said.answer}
          hint={said.answerHint}
          send={client ? said.answer : said.answerOnBehalf}
          evidence={!client}
          pending={answer.isPending}
          error={answer.error}
          say={answer.mutate}
          {...(client ? {} : { cancel: done })}
        />
      );
    case 'correct':
      return (
        <SaidForm
          {...{
            label: said.correction,
            hint: said.answerHint,
            send: said.correct,
            evidence: !client,
            pending: correct.isPending,
            error: correct.error,
            say: correct.mutate,
          }}
          initial={latest?.text ?? ''}
          cancel={done}
        />
      );
    case 'withdraw':
      return (
        <SaidForm
          short
          {...{ label: said.withdrawReason, send: said.withdraw, pending: withdraw.isPending, error: withdraw.error, say: withdraw.mutate }}
          cancel={done}
        />
      );
    case 'buyer':
      return (
        <SaidForm short {...{ label: said.conversation, send: said.addBuyer, pending: buyer.isPending, error: buyer.error, say: buyer.mutate }} cancel={done} />
      );
    default:
      return (
        <div className="actions">
          {open && onBehalf ? button('answer', said.answerOnBehalf) : null}
          {open && asks ? button('buyer', said.addBuyer) : null}
          {open && asks ? button('withdraw', said.withdraw) : null}
          {whole && question.state === 'answered' && (client || onBehalf) ? button('correct', said.correct) : null}
        </div>
      );
  }
}

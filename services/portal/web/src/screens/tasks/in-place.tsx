// What a task is answered with where it stands. The forms are the pieces their own pages are made of; a kind that only its own page answers opens it.
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { Link } from 'react-router';
import { useSession } from '../../api/session.ts';
import type { WaitingItem } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { Loaded } from '../../parts/page.tsx';
import { dictionary, useWords } from '../../words/words.ts';
import { questionQuery } from '../care/queries.ts';
import { quoteQuery } from '../leads/queries.ts';

// Most days nothing of it waits: each form comes when one does.
const QuestionCard = lazy(async () => ({ default: (await import('../care/question-card.tsx')).QuestionCard }));
const CareTask = lazy(async () => ({ default: (await import('../care/care-task.tsx')).CareTask }));
const ActionTask = lazy(async () => ({ default: (await import('../care/action-task.tsx')).ActionTask }));
const DepositTask = lazy(async () => ({ default: (await import('../deposits/money-task.tsx')).DepositTask }));
const InvoiceTask = lazy(async () => ({ default: (await import('../deposits/money-task.tsx')).InvoiceTask }));
const LaunchTask = lazy(async () => ({ default: (await import('../launch/launch-task.tsx')).LaunchTask }));
const SignTask = lazy(async () => ({ default: (await import('../contracts/sign.tsx')).SignTask }));
const Answer = lazy(async () => ({ default: (await import('../leads/answer.tsx')).Answer }));

const words = dictionary(
  {
    quote: '报价',
    version: (n: string) => `第 ${n} 版`,
    monthly: (money: string) => `月费 ${money}`,
    unit: (price: string) => `每件 ${price}`,
    deposit: (money: string) => `保证金 ${money}`,
    trial: (days: string) => `试用 ${days} 天`,
    agents: (n: string) => `客服 ${n} 人`,
    until: (day: string) => `有效到 ${day}`,
    gone: '这份报价已经不能接受了。',
    question: '问题',
  },
  {
    quote: 'Quote',
    version: (n) => `version ${n}`,
    monthly: (money) => `${money} a month`,
    unit: (price) => `${price} each`,
    deposit: (money) => `deposit ${money}`,
    trial: (days) => `${days} days of trial`,
    agents: (n) => `${n} agents`,
    until: (day) => `valid until ${day}`,
    gone: 'This quote can no longer be accepted.',
    question: 'Question',
  },
);

export function InPlace({ item, open }: { item: WaitingItem; open: string }) {
  const session = useSession();
  const page = (
    <p className="actions">
      <Link to={item.path}>{open}</Link>
    </p>
  );
  if (session.role !== 'client' || !session.mayAgree) return page;
  return <Suspense fallback={page}>{formOf(item, page)}</Suspense>;
}

function formOf(item: WaitingItem, page: ReactNode): ReactNode {
  const { kind, contractId, shopId, subject, path } = item;
  switch (kind) {
    case 'quote-awaiting-client':
      return <Quote quoteId={path.split('/').at(-1) ?? ''} page={page} />;
    case 'contract-awaiting-signature':
      return <SignTask contractId={contractId} otherwise={page} />;
    case 'question-open':
      return <Question questionId={subject} />;
    case 'remedy-proposed':
    case 'suggestion-open':
      return <CareTask {...{ contractId, shopId, subject }} otherwise={page} />;
    case 'action-overdue':
      return <ActionTask contractId={contractId} meetingId={subject} otherwise={page} />;
    case 'deposit-awaited':
      return (
        <>
          <DepositTask contractId={contractId} />
          {page}
        </>
      );
    case 'invoice-overdue':
      return (
        <>
          <InvoiceTask number={subject} />
          {page}
        </>
      );
    case 'training-not-held':
    case 'training-unconfirmed':
    case 'information-open':
    case 'batch-under-review':
    case 'trial-extension-proposed':
    case 'trial-verdict-open':
    case 'handback-unsigned':
      return <LaunchTask {...{ contractId, kind, subject }} otherwise={page} />;
    default:
      return page;
  }
}

function Quote({ quoteId, page }: { quoteId: string; page: ReactNode }) {
  const said = useWords(words);
  const format = useFormat();
  const query = useQuery(quoteQuery(quoteId));
  return (
    <Loaded query={query} what={said.quote} rows={1}>
      {(lead) => {
        const shown = lead.quotes.find(({ quote }) => quote?.quoteId === quoteId);
        if (shown?.quote === undefined || (shown.state !== 'open' && shown.state !== 'expired')) return <p className="quiet">{said.gone}</p>;
        const { version, monthlyFee, usage, deposit, trialDays, agents, validUntil } = shown.quote;
        const facts = [
          said.version(String(version)),
          ...(agents > 0 ? [said.agents(format.count(agents))] : []),
          ...(monthlyFee === undefined ? [] : [said.monthly(format.money(monthlyFee))]),
          ...(usage === undefined || usage.unitPrice === '' ? [] : [said.unit(usage.unitPrice)]),
          ...(deposit === undefined ? [] : [said.deposit(format.money(deposit))]),
          ...(trialDays > 0 ? [said.trial(format.count(trialDays))] : []),
          said.until(format.day(validUntil)),
        ];
        return (
          <>
            <p>{facts.join(' · ')}</p>
            <Answer quoteId={quoteId} expired={shown.state === 'expired'} />
            {page}
          </>
        );
      }}
    </Loaded>
  );
}

function Question({ questionId }: { questionId: string }) {
  const said = useWords(words);
  const query = useQuery(questionQuery(questionId));
  return (
    <Loaded query={query} what={said.question} rows={1}>
      {(question) => <QuestionCard question={question} />}
    </Loaded>
  );
}

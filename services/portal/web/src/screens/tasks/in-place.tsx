// What a task is answered with where it stands: a quote accepted as it reads, a remedy agreed, a question answered. Everything else opens its page.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useSession } from '../../api/session.ts';
import type { WaitingItem } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { Loaded } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { dictionary, useWords } from '../../words/words.ts';
import { questionQuery } from '../care/queries.ts';
import { QuestionCard } from '../care/question-card.tsx';

const words = dictionary(
  {
    accept: '接受这份报价',
    quote: '报价',
    version: (n: string) => `第 ${n} 版`,
    monthly: (money: string) => `月费 ${money}`,
    unit: (price: string) => `每件 ${price}`,
    deposit: (money: string) => `保证金 ${money}`,
    trial: (days: string) => `试用 ${days} 天`,
    agents: (n: string) => `客服 ${n} 人`,
    until: (day: string) => `有效到 ${day}`,
    gone: '这份报价已经不能接受了。',
    agree: '同意这个整改办法',
    done: '已答复',
    question: '问题',
  },
  {
    accept: 'Accept this quote',
    quote: 'Quote',
    version: (n) => `version ${n}`,
    monthly: (money) => `${money} a month`,
    unit: (price) => `${price} each`,
    deposit: (money) => `deposit ${money}`,
    trial: (days) => `${days} days of trial`,
    agents: (n) => `${n} agents`,
    until: (day) => `valid until ${day}`,
    gone: 'This quote can no longer be accepted.',
    agree: 'Agree to this remedy',
    done: 'Answered',
    question: 'Question',
  },
);

export function InPlace({ item, open }: { item: WaitingItem; open: string }) {
  const session = useSession();
  const page = <Link to={item.path}>{open}</Link>;
  if (session.role !== 'client' || !session.mayAgree) return <p className="actions">{page}</p>;
  switch (item.kind) {
    case 'quote-awaiting-client':
      return <Quote quoteId={item.path.split('/').at(-1) ?? ''} page={page} />;
    case 'question-open':
      return <Question questionId={item.subject} />;
    case 'remedy-proposed':
      return <Remedy contractId={item.contractId} weaknessKey={item.subject} page={page} />;
    default:
      return <p className="actions">{page}</p>;
  }
}

/** What was answered waits no more: the list is asked again. */
function useAnswer(send: () => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: send, onSuccess: () => client.invalidateQueries() });
}

function Quote({ quoteId, page }: { quoteId: string; page: ReactNode }) {
  const said = useWords(words);
  const format = useFormat();
  const query = useQuery({ queryKey: ['shops', 'quote', quoteId], queryFn: () => ask(api.GET('/quotes/{quoteId}', { params: { path: { quoteId } } })) });
  const accept = useAnswer(() => ask(api.POST('/quotes/{quoteId}/accept', { params: { path: { quoteId } }, body: {} })));
  return (
    <Loaded query={query} what={said.quote} rows={1}>
      {(lead) => {
        const quote = lead.quotes.map((one) => one.quote).find((one) => one?.quoteId === quoteId);
        if (quote === undefined) return <p className="quiet">{said.gone}</p>;
        const { version, monthlyFee, usage, deposit, trialDays, agents, validUntil } = quote;
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
            <Refusal error={accept.error} />
            <p className="actions">
              <Button type="primary" loading={accept.isPending} disabled={accept.isSuccess} onClick={() => accept.mutate()}>
                {said.accept}
              </Button>
              {page}
              <span role="status">{accept.isSuccess ? said.done : ''}</span>
            </p>
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

function Remedy({ contractId, weaknessKey, page }: { contractId: string; weaknessKey: string; page: ReactNode }) {
  const said = useWords(words);
  const agree = useAnswer(() =>
    ask(api.POST('/contracts/{contractId}/weaknesses/{weaknessKey}/agreement', { params: { path: { contractId, weaknessKey } }, body: {} })),
  );
  return (
    <>
      <Refusal error={agree.error} />
      <p className="actions">
        <Button loading={agree.isPending} disabled={agree.isSuccess} onClick={() => agree.mutate()}>
          {said.agree}
        </Button>
        {page}
        <span role="status">{agree.isSuccess ? said.done : ''}</span>
      </p>
    </>
  );
}

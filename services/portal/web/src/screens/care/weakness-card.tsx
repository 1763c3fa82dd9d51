// A weakness with its date and inspector, the remedy, and what its reader can do about it.
import { Button } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useFormat } from '../../format/use-format.ts';
import { Refusal } from '../../parts/problem.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { domain, wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { useAct, useActing } from './acting.ts';
import type { WeaknessState } from './queries.ts';
import { DayField } from './record-form.tsx';
import { consentOf, SaidForm } from './said-form.tsx';
import { careWords } from './words.ts';

const STATUS = { open: 'risk', proposed: 'risk', agreed: 'neutral', overdue: 'breach', done: 'met' } as const;

export function WeaknessCard({ contractId, weakness, today }: { contractId: string; weakness: WeaknessState; today: string }) {
  const said = useWords(careWords);
  const terms = useWords(domain);
  const format = useFormat();
  const scope = useScope();
  const status = Object.entries(STATUS).find(([state]) => state === weakness.state)?.[1] ?? 'neutral';
  return (
    <article className="ask">
      <header className="ask-head">
        <span>
          {format.day(weakness.checkedOn)} · {weakness.inspector}
        </span>
        <StatusMark status={status}>{wordFor(said.weaknessStates, weakness.state)}</StatusMark>
      </header>
      <p className="ask-text">{weakness.text || said.erased}</p>
      <p className="quiet">
        {said.judged} {wordFor(said.judgedWords, weakness.judged)} ·{' '}
        {weakness.clauseKey === '' ? said.noClause : `${said.clause} ${wordFor(terms.metrics, weakness.clauseKey)}`}
        {weakness.conversationId === '' ? null : (
          <>
            {' · '}
            <Link
              to={`/conversations/${weakness.conversationId}${scope.search()}`}
            >{`${said.conversation} ${weakness.conversationId.slice(-6).toUpperCase()}`}</Link>
          </>
        )}
      </p>
      <div className="ask-answer">
        <p className="ask-text">
          {said.remedy}：{weakness.state === 'open' ? <span className="quiet">{said.remedyNone}</span> : weakness.remedy || said.erased}
        </p>
        {weakness.state === 'open' ? null : (
          <p className="quiet">
            {wordFor(said.remedyBy, weakness.remedyBy)} · {said.due(weakness.dueOn)}
            {weakness.doneOn === '' ? '' : ` · ${said.doneOn(weakness.doneOn)}`}
            {weakness.consent?.decidedBy === 'vendor-on-behalf' ? ` · ${said.onBehalf(weakness.consent.evidence)}` : ''}
          </p>
        )}
      </div>
      <Actions contractId={contractId} weakness={weakness} today={today} />
    </article>
  );
}

function Actions({ contractId, weakness, today }: { contractId: string; weakness: WeaknessState; today: string }) {
  const said = useWords(careWords);
  const { client, isClient, onBehalf, leads } = useActing();
  const [doing, setDoing] = useState<'propose' | 'agree'>();
  const [dueOn, setDueOn] = useState('');
  const path = { contractId, weaknessKey: weakness.key };
  const close = () => setDoing(undefined);
  const propose = useAct(
    ({ text }: { text: string }) => ask(api.POST('/contracts/{contractId}/weaknesses/{weaknessKey}/remedy', { params: { path }, body: { text, dueOn } })),
    close,
  );
  const agree = useAct(
    ({ evidence }: { evidence: string }) =>
      ask(api.POST('/contracts/{contractId}/weaknesses/{weaknessKey}/agreement', { params: { path }, body: consentOf(evidence) })),
    close,
  );
  const done = useAct(() => ask(api.POST('/contracts/{contractId}/weaknesses/{weaknessKey}/done', { params: { path }, body: { doneOn: today } })));
  const { state, remedyBy } = weakness;
  const ours = (remedyBy === 'client') === isClient;
  const mayPropose = (client || leads) && (state === 'open' || state === 'proposed');
  // Who did not propose it agrees; operations may write down the client's yes.
  const mayAgree = state === 'proposed' && ((!ours && (client || onBehalf)) || (ours && onBehalf));
  if (doing === 'propose') {
    return (
      <SaidForm {...{ label: said.remedy, send: said.propose, pending: propose.isPending, error: propose.error, say: propose.mutate }} cancel={close}>
        <DayField label={said.dueOn} min={today} value={dueOn} onChange={setDueOn} />
      </SaidForm>
    );
  }
  if (doing === 'agree') {
    return (
      <SaidForm
        {...{ short: true, label: said.evidence, send: said.agree, pending: agree.isPending, error: agree.error, cancel: close }}
        say={({ text }) => agree.mutate({ evidence: text })}
      />
    );
  }
  return (
    <>
      <div className="actions">
        {mayAgree ? (
          <Button type="primary" loading={agree.isPending} onClick={() => (ours ? setDoing('agree') : agree.mutate({ evidence: '' }))}>
            {ours ? `${said.agree}（${said.evidence}）` : said.agree}
          </Button>
        ) : null}
        {mayPropose ? <Button onClick={() => setDoing('propose')}>{state === 'open' ? said.propose : said.proposeOther}</Button> : null}
        {leads && (state === 'agreed' || state === 'overdue') ? (
          <Button loading={done.isPending} onClick={() => done.mutate(undefined)}>
            {said.markDone}
          </Button>
        ) : null}
      </div>
      <Refusal error={agree.error ?? done.error} />
    </>
  );
}

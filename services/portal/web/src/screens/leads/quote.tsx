// A quote as the client answers it, on a phone too: the price, how it was computed, and the answer.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { Link, useParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useSession } from '../../api/session.ts';
import { useFormat } from '../../format/use-format.ts';
import { Field } from '../../parts/field.tsx';
import { Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { useWords } from '../../words/words.ts';
import { Calculation, Outcome, PriceFacts, Versions } from './calculation.tsx';
import { type Lead, quoteQuery } from './queries.ts';
import { leadWords } from './words.ts';

export function Screen() {
  const { quoteId = '' } = useParams();
  const said = useWords(leadWords);
  const query = useQuery(quoteQuery(quoteId));
  return (
    <Loaded page query={query} what={said.quoteWhat}>
      {(lead) => <QuotePage lead={lead} quoteId={quoteId} />}
    </Loaded>
  );
}

function QuotePage({ lead, quoteId }: { lead: Lead; quoteId: string }) {
  const said = useWords(leadWords);
  const format = useFormat();
  const session = useSession();
  const shown = lead.quotes.find(({ quote }) => quote?.quoteId === quoteId);
  const newest = lead.quotes[0]?.quote;
  if (shown?.quote === undefined) return null;
  const { quote } = shown;
  return (
    <Page
      title={said.quoteTitle(format.count(quote.version))}
      about={lead.clientName}
      actions={session.role === 'client' ? undefined : <Link to={`/leads/${lead.leadId}`}>{said.what}</Link>}
    >
      <div className="stack">
        <Panel title={said.quote}>
          <Outcome of={shown} zone={quote.zone} />
          {newest === undefined || newest.quoteId === quoteId ? null : (
            <p>
              <Link to={`/quotes/${newest.quoteId}`}>{said.seeNewest}</Link>
            </p>
          )}
          <PriceFacts quote={quote} />
          {quote.note === '' ? null : <p>{quote.note}</p>}
        </Panel>
        {shown.state === 'open' || shown.state === 'expired' ? <Answer lead={lead} quoteId={quoteId} expired={shown.state === 'expired'} /> : null}
        {shown.state === 'accepted' && lead.contractId !== '' ? (
          <p>
            <Link to={`/contracts/${lead.contractId}/sign`}>{said.toContract}</Link>
          </p>
        ) : null}
        <Panel title={said.calculation} about={said.quoteAbout}>
          <Calculation quote={quote} />
        </Panel>
        {lead.quotes.length > 1 ? <Versions quotes={lead.quotes} /> : null}
      </div>
    </Page>
  );
}

/** Accept, or decline with a reason and, if wanted, the wish for another. On the client's behalf with what shows it. */
function Answer({ lead, quoteId, expired }: { lead: Lead; quoteId: string; expired: boolean }) {
  const said = useWords(leadWords);
  const session = useSession();
  const cache = useQueryClient();
  const [evidence, setEvidence] = useState('');
  const [reason, setReason] = useState('');
  const [anotherWanted, setAnotherWanted] = useState(true);
  const behalf = session.role !== 'client';
  const consent = behalf ? { consent: { evidence: evidence.trim() } } : {};
  const onSettled = () => cache.invalidateQueries({ queryKey: ['shops'] });
  const path = { params: { path: { quoteId } } };
  const accept = useMutation({ mutationFn: () => ask(api.POST('/quotes/{quoteId}/accept', { ...path, body: consent })), onSettled });
  const decline = useMutation({
    mutationFn: () => ask(api.POST('/quotes/{quoteId}/decline', { ...path, body: { reason: reason.trim(), anotherWanted, ...consent } })),
    onSettled,
  });
  if (session.role === 'client' && !session.mayAgree) return <p className="quiet">{said.mayNot}</p>;
  if (session.role !== 'client' && session.role !== 'vendor-operations') return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    decline.mutate();
  };
  const name = behalf ? `${said.onBehalf} · ${lead.clientName}` : said.answer;
  return (
    <Panel title={name} about={expired ? undefined : said.acceptAbout}>
      {behalf ? (
        <div className="form">
          <Field label={said.evidence} hint={said.evidenceHint}>
            {(field) => <Input {...field} maxLength={2000} value={evidence} onChange={(event) => setEvidence(event.target.value)} />}
          </Field>
        </div>
      ) : null}
      {expired ? null : (
        <>
          <Refusal error={accept.error} />
          <p>
            <Button type="primary" size="large" loading={accept.isPending} onClick={() => accept.mutate()}>
              {said.accept}
            </Button>
          </p>
        </>
      )}
      <details open={expired}>
        <summary>{said.decline}</summary>
        <form className="form" onSubmit={submit}>
          <Field label={said.reason}>
            {(field) => <Input.TextArea {...field} required rows={3} maxLength={2000} value={reason} onChange={(event) => setReason(event.target.value)} />}
          </Field>
          <div className="checks">
            <label>
              <input type="checkbox" checked={anotherWanted} onChange={(event) => setAnotherWanted(event.target.checked)} />
              {said.another}
            </label>
          </div>
          <Refusal error={decline.error} />
          <p>
            <Button htmlType="submit" loading={decline.isPending}>
              {said.declineSend}
            </Button>
          </p>
        </form>
      </details>
    </Panel>
  );
}

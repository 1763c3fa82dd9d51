// A quote as the client answers it, on a phone too: the price, how it was computed, and the answer.
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { useSession } from '../../api/session.ts';
import { useFormat } from '../../format/use-format.ts';
import { Loaded, Page, Panel } from '../../parts/page.tsx';
import { useWords } from '../../words/words.ts';
import { Answer } from './answer.tsx';
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
        {shown.state === 'open' || shown.state === 'expired' ? <AnswerPanel lead={lead} quoteId={quoteId} expired={shown.state === 'expired'} /> : null}
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

function AnswerPanel({ lead, quoteId, expired }: { lead: Lead; quoteId: string; expired: boolean }) {
  const said = useWords(leadWords);
  const session = useSession();
  if (session.role === 'client' && !session.mayAgree) return <p className="quiet">{said.mayNot}</p>;
  if (session.role !== 'client' && session.role !== 'vendor-operations') return null;
  return (
    <Panel title={session.role === 'client' ? said.answer : `${said.onBehalf} · ${lead.clientName}`} about={expired ? undefined : said.acceptAbout}>
      <Answer quoteId={quoteId} expired={expired} />
    </Panel>
  );
}

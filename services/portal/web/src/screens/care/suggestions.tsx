// Suggestions of either side: the other adopts them, or declines with a reason.
import { Button } from 'antd';
import { useState } from 'react';
import { api, ask } from '../../api/http.ts';
import { useFormat } from '../../format/use-format.ts';
import { Empty, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { common } from '../../words/common.ts';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { useAct, useActing } from './acting.ts';
import type { Suggestion } from './queries.ts';
import { consentOf, SaidForm } from './said-form.tsx';
import { careWords } from './words.ts';

const STATUS = { open: 'risk', adopted: 'met', declined: 'neutral' } as const;

export function Suggestions({ contractId, zone, suggestions }: { contractId: string; zone: string; suggestions: readonly Suggestion[] }) {
  const said = useWords(careWords);
  const shared = useWords(common);
  const { client, leads } = useActing();
  const [writing, setWriting] = useState(false);
  const make = useAct(
    ({ text }: { text: string }) => ask(api.POST('/contracts/{contractId}/suggestions', { params: { path: { contractId } }, body: { text } })),
    () => setWriting(false),
  );
  return (
    <Panel
      title={said.suggestions}
      about={said.suggestionsAbout}
      actions={(client || leads) && !writing ? <Button onClick={() => setWriting(true)}>{said.suggest}</Button> : null}
    >
      {writing ? (
        <SaidForm
          {...{ label: said.suggestionText, hint: shared.nobodyNamed, send: said.suggest, pending: make.isPending, error: make.error, say: make.mutate }}
          cancel={() => setWriting(false)}
        />
      ) : null}
      {suggestions.length === 0 ? (
        <Empty>{said.noSuggestions}</Empty>
      ) : (
        <div className="asks">
          {suggestions.map((suggestion) => (
            <SuggestionCard key={suggestion.suggestionId} contractId={contractId} zone={zone} suggestion={suggestion} />
          ))}
        </div>
      )}
    </Panel>
  );
}

/** One suggestion with the reply its reader can give. */
export function SuggestionCard({ contractId, zone, suggestion }: { contractId: string; zone: string; suggestion: Suggestion }) {
  const said = useWords(careWords);
  const shared = useWords(common);
  const format = useFormat();
  const { client, isClient, onBehalf } = useActing();
  const [doing, setDoing] = useState<'adopt' | 'decline'>();
  const path = { contractId, suggestionId: suggestion.suggestionId };
  const reply = useAct(
    (body: { adopted: boolean; reason: string; evidence: string }) =>
      ask(
        api.POST('/contracts/{contractId}/suggestions/{suggestionId}/reply', {
          params: { path },
          body: { adopted: body.adopted, reason: body.reason, ...consentOf(body.evidence) },
        }),
      ),
    () => setDoing(undefined),
  );
  const status = Object.entries(STATUS).find(([state]) => state === suggestion.state)?.[1] ?? 'neutral';
  const ours = (suggestion.by === 'client') === isClient;
  // The other side replies; operations may write down the client's reply to what the vendor suggested.
  const mayReply = suggestion.state === 'open' && (ours ? onBehalf : client || onBehalf);
  const evidence = ours && onBehalf;
  return (
    <article className="ask">
      <header className="ask-head">
        <span>
          {wordFor(said.by, suggestion.by)} · {format.instant(suggestion.madeAt, zone).slice(0, 16)}
        </span>
        <StatusMark status={status}>{wordFor(said.suggestionStates, suggestion.state)}</StatusMark>
      </header>
      <p className="ask-text">{suggestion.text || said.erased}</p>
      {suggestion.reason === '' ? null : <p className="ask-answer ask-text">{suggestion.reason}</p>}
      {suggestion.consent?.decidedBy === 'vendor-on-behalf' ? <p className="quiet">{said.onBehalf(suggestion.consent.evidence)}</p> : null}
      {doing !== undefined ? (
        <SaidForm
          short
          label={doing === 'adopt' ? said.evidence : said.declineReason}
          hint={shared.nobodyNamed}
          send={doing === 'adopt' ? said.adopt : said.decline}
          evidence={evidence && doing === 'decline'}
          pending={reply.isPending}
          error={reply.error}
          say={({ text, evidence: proof }) =>
            reply.mutate(doing === 'adopt' ? { adopted: true, reason: '', evidence: text } : { adopted: false, reason: text, evidence: proof })
          }
          cancel={() => setDoing(undefined)}
        />
      ) : mayReply ? (
        <>
          <div className="actions">
            <Button onClick={() => (evidence ? setDoing('adopt') : reply.mutate({ adopted: true, reason: '', evidence: '' }))}>{said.adopt}</Button>
            <Button onClick={() => setDoing('decline')}>{said.decline}</Button>
          </div>
          <Refusal error={reply.error} />
        </>
      ) : null}
    </article>
  );
}

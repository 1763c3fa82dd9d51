// Writes on a contract's draft: what keeps it from the signatures first, each a link to its fields; how it reads beside them; then out for signature.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useDeferredValue, useEffect, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useSession } from '../../api/session.ts';
import { Facts, Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { ReasonForm } from '../../parts/reason-form.tsx';
import { wordFor } from '../../words/domain.ts';
import { useLocale, useWords } from '../../words/words.ts';
import { ClauseFields } from './clause-fields.tsx';
import { type Draft, draftOf, emptyDraft, readable, termsOf } from './draft.ts';
import { draftWords } from './draft-words.ts';
import { type ContractDraft, draftQuery, problemsQuery, type TermsProblem } from './drafts.ts';
import { DateFields, HandoverFields, PeopleFields } from './further-fields.tsx';
import { anchorOf, problemWords } from './problems.ts';
import { termSentences } from './sentences.ts';
import { Templates } from './templates.tsx';
import { FeeFields, TermFields, WindowFields } from './term-fields.tsx';

export function Screen() {
  const { contractId = '' } = useParams();
  const said = useWords(draftWords);
  const query = useQuery(draftQuery(contractId));
  return (
    <Loaded page query={query} what={said.what}>
      {(contract) => <Editor key={contract.contractId} contract={contract} />}
    </Loaded>
  );
}

function Editor({ contract }: { contract: ContractDraft }) {
  const said = useWords(draftWords);
  const locale = useLocale();
  const session = useSession();
  // What is written on: another's saving does not take away what was typed here.
  const [base, setBase] = useState(contract);
  const [draft, setDraft] = useState<Draft>(() => (contract.terms === undefined ? emptyDraft() : draftOf(contract.terms)));
  const moved = contract.revision !== base.revision;
  const mine = contract.terms !== undefined && sameTerms(draft, draftOf(contract.terms));
  useEffect(() => {
    if (moved && mine) setBase(contract);
  }, [moved, mine, contract]);
  const change = (part: Partial<Draft>) => setDraft((current) => ({ ...current, ...part }));
  const terms = termsOf(useDeferredValue(draft));
  const shopIds = contract.shops.map(({ shopId }) => shopId);
  const writes = session.role === 'vendor-operations' && contract.state === 'draft';
  const problems = useQuery({ ...problemsQuery(shopIds, terms), enabled: writes });
  const shown = readable(terms);
  return (
    <Page title={said.title(contract.number)} about={said.about}>
      <div className="stack">
        <State contract={contract} />
        {moved && !mine ? (
          <p className="problem" role="alert">
            {said.moved(String(base.revision), String(contract.revision))}{' '}
            <button
              type="button"
              className="plain plain-framed"
              onClick={() => {
                setBase(contract);
                setDraft(contract.terms === undefined ? emptyDraft() : draftOf(contract.terms));
              }}
            >
              {said.takeNewest}
            </button>
          </p>
        ) : null}
        {writes ? <Missing problems={problems.data?.problems ?? contract.problems} /> : null}
        {writes ? (
          <>
            <Templates draft={draft} use={setDraft} />
            <TermFields draft={draft} change={change} />
            <WindowFields draft={draft} change={change} />
            <PeopleFields draft={draft} change={change} />
            <FeeFields draft={draft} change={change} />
            <ClauseFields draft={draft} change={change} />
            <HandoverFields draft={draft} change={change} shops={contract.shops} />
            <DateFields draft={draft} change={change} />
          </>
        ) : null}
        {contract.terms === undefined ? null : (
          <Panel title={said.preview}>
            <ol className="sentences">
              {termSentences(shown, locale).map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ol>
          </Panel>
        )}
        {writes ? <Save contract={base} draft={draft} /> : null}
        {writes ? <Drop contractId={contract.contractId} /> : null}
      </div>
    </Page>
  );
}

function sameTerms(a: Draft, b: Draft): boolean {
  return JSON.stringify(termsOf(a)) === JSON.stringify(termsOf(b));
}

function State({ contract }: { contract: ContractDraft }) {
  const said = useWords(draftWords);
  const withdrawn = wordFor(said.withdrawnBy, contract.withdrawnBy);
  const why = contract.reason === '' ? [] : [[withdrawn, contract.reason].filter((part) => part !== '').join(' · ')];
  return (
    <Panel title={said.history}>
      <Facts
        facts={[
          [said.state, [wordFor(said.states, contract.state), ...why].join(' · ')],
          [said.client, contract.clientName],
          [said.shops, contract.shops.map(({ name, code }) => `${name} (${code})`).join(', ')],
          [said.revision, String(contract.revision)],
        ]}
      />
      {contract.state === 'offered' || contract.state === 'signed' ? (
        <p>
          <Link to={`/contracts/${contract.contractId}/sign`}>{said.signTitle(contract.number)}</Link>
        </p>
      ) : null}
    </Panel>
  );
}

/** A click goes to the first field of the part that is meant. */
function goTo(anchor: string) {
  const part = document.getElementById(anchor)?.closest('section');
  part?.scrollIntoView({ block: 'start' });
  part?.querySelector<HTMLElement>('input, select, textarea, button')?.focus({ preventScroll: true });
}

function Missing({ problems }: { problems: readonly TermsProblem[] }) {
  const said = useWords(draftWords);
  const words = useWords(problemWords);
  if (problems.length === 0) return <p role="status">{said.complete}</p>;
  return (
    <section className="problem" aria-live="polite">
      <p className="problem-title">{said.missingTitle(String(problems.length))}</p>
      <ul>
        {problems.map(({ code, field, expected }) => (
          <li key={`${code}|${field}`}>
            <a
              href={`#${anchorOf(field)}`}
              onClick={(event) => {
                event.preventDefault();
                goTo(anchorOf(field));
              }}
            >
              {wordFor(words, code) === code ? `${code}: ${expected}` : wordFor(words, code)}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Save({ contract, draft }: { contract: ContractDraft; draft: Draft }) {
  const said = useWords(draftWords);
  const session = useSession();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const { contractId, revision } = contract;
  const changed = contract.terms === undefined || !sameTerms(draft, draftOf(contract.terms));
  const path = { params: { path: { contractId } } };
  const shopIds = contract.shops.map(({ shopId }) => shopId);
  const save = useMutation({
    mutationFn: () => ask(api.POST('/contract-drafts/{contractId}/revise', { ...path, body: { shopIds, terms: termsOf(draft), revision } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['shops'] }),
  });
  const offer = useMutation({
    mutationFn: () => ask(api.POST('/contract-drafts/{contractId}/offer', { ...path, body: { vendorName: session.vendorName, revision } })),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['shops'] });
      await navigate(`/contracts/${contractId}/sign`);
    },
  });
  return (
    <Panel title={said.offer} about={said.offerAbout}>
      <p role="status" className="quiet">
        {changed ? said.unsaved : said.saved}
      </p>
      <Refusal error={save.error ?? offer.error} />
      <p className="actions">
        <Button type={changed ? 'primary' : 'default'} loading={save.isPending} onClick={() => save.mutate()}>
          {said.save}
        </Button>
        <Button
          type={changed ? 'default' : 'primary'}
          disabled={changed}
          title={changed ? said.unsaved : undefined}
          loading={offer.isPending}
          onClick={() => offer.mutate()}
        >
          {said.offer}
        </Button>
      </p>
    </Panel>
  );
}

function Drop({ contractId }: { contractId: string }) {
  const said = useWords(draftWords);
  const send = (reason: string) => ask(api.POST('/contract-drafts/{contractId}/drop', { params: { path: { contractId } }, body: { reason } }));
  return <ReasonForm title={said.drop} label={said.reason} action={said.dropSend} danger send={send} topic="shops" />;
}

// A lead: whose turn it is, what a quote still needs, the plan, the quotes; and the way to its contract.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useSession } from '../../api/session.ts';
import { useFormat } from '../../format/use-format.ts';
import { Facts, Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { ReasonForm } from '../../parts/reason-form.tsx';
import { browserZone } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { wordFor } from '../../words/domain.ts';
import { useLocale, useWords } from '../../words/words.ts';
import { Calculation, Outcome, PriceFacts, profileSentence, Versions } from './calculation.tsx';
import { InviteClient } from './invite-client.tsx';
import { PlanForm, ProfileForm } from './needs.tsx';
import { type Lead, leadQuery, type ShopProfile } from './queries.ts';
import { leadWords } from './words.ts';

/** The client reads a lead without the form that prices it. */
const QuoteForm = lazy(async () => ({ default: (await import('./quote-form.tsx')).QuoteForm }));

export function Screen() {
  const { leadId = '' } = useParams();
  const said = useWords(leadWords);
  const query = useQuery(leadQuery(leadId));
  return (
    <Loaded page query={query} what={said.what}>
      {(lead) => <LeadPage lead={lead} />}
    </Loaded>
  );
}

function LeadPage({ lead }: { lead: Lead }) {
  const said = useWords(leadWords);
  const session = useSession();
  const works = session.role === 'vendor-operations' && lead.state !== 'lost' && lead.state !== 'won';
  const quotable = works && lead.state !== 'accepted';
  const newest = lead.quotes[0];
  return (
    <Page title={lead.clientName} about={wordFor(said.states, lead.state)}>
      <div className="stack">
        <Now lead={lead} works={works} />
        <Profiles lead={lead} works={works} />
        <Plan lead={lead} works={works} />
        {newest?.quote === undefined ? null : (
          <Panel title={said.version(String(newest.quote.version))} actions={<Link to={`/quotes/${newest.quote.quoteId}`}>{said.quoteWhat}</Link>}>
            <Outcome of={newest} zone={newest.quote.zone} />
            <PriceFacts quote={newest.quote} />
            <Calculation quote={newest.quote} />
          </Panel>
        )}
        {lead.quotes.length > 1 ? <Versions quotes={lead.quotes} /> : null}
        {quotable ? (
          <Suspense fallback={null}>
            <QuoteForm key={`${lead.quotes.length}|${lead.profiles.length}|${lead.missing.length}`} lead={lead} />
          </Suspense>
        ) : null}
        {works ? <InviteClient clientId={lead.clientId} quoteId={newest?.quote?.quoteId ?? ''} /> : null}
        {works ? <LoseLead leadId={lead.leadId} /> : null}
      </div>
    </Page>
  );
}

function Now({ lead, works }: { lead: Lead; works: boolean }) {
  const said = useWords(leadWords);
  const roles: Record<string, string> = useWords(common).roles;
  const format = useFormat();
  return (
    <Panel title={said.now}>
      <Facts
        facts={[
          [said.state, lead.lostReason === '' ? wordFor(said.states, lead.state) : said.lostBecause(lead.lostReason)],
          [said.turn, lead.waitsFor === '' ? said.nobody : wordFor(roles, lead.waitsFor)],
          [said.since, format.instant(lead.since, browserZone)],
          [said.source, wordFor(said.sources, lead.source)],
          ...(lead.contact === '' ? [] : ([[said.contact, lead.contact]] as const)),
        ]}
      />
      {lead.missing.length === 0 ? null : (
        <div className="problem" role="status">
          <p className="problem-title">{said.missingTitle}</p>
          <ul>
            {lead.missing.map(({ code, shopId }) => {
              const shop = lead.profiles.find((profile) => profile.shopId === shopId);
              return (
                <li key={`${code}|${shopId}`}>
                  <a href={code === 'plan-missing' ? '#plan' : '#profiles'}>
                    {[shop?.name ?? '', wordFor(said.missing, code)].filter((part) => part !== '').join(' · ')}
                  </a>
                </li>
              );
            })}
          </ul>
        </div>
      )}
      {lead.contractId === '' ? null : (
        <p>
          <Link to={`/contracts/${lead.contractId}${lead.state === 'won' ? '' : '/terms'}`}>{said.toContract}</Link>
        </p>
      )}
      {works && lead.state === 'accepted' && lead.contractId === '' ? <DraftContract leadId={lead.leadId} /> : null}
    </Panel>
  );
}

function DraftContract({ leadId }: { leadId: string }) {
  const said = useWords(leadWords);
  const navigate = useNavigate();
  const cache = useQueryClient();
  const draft = useMutation({
    mutationFn: () => ask(api.POST('/contract-drafts', { body: { leadId } })),
    onSuccess: async ({ contractId }) => {
      await cache.invalidateQueries({ queryKey: ['shops'] });
      await navigate(`/contracts/${contractId}/terms`);
    },
  });
  return (
    <>
      <Refusal error={draft.error} />
      <p>
        <Button type="primary" loading={draft.isPending} onClick={() => draft.mutate()}>
          {said.draftContract}
        </Button>
      </p>
    </>
  );
}

function Profiles({ lead, works }: { lead: Lead; works: boolean }) {
  const said = useWords(leadWords);
  const format = useFormat();
  const locale = useLocale();
  const [editing, setEditing] = useState<ShopProfile | 'new' | undefined>(works && lead.profiles.length === 0 ? 'new' : undefined);
  return (
    <Panel
      id="profiles"
      title={said.profiles}
      about={said.profilesAbout}
      actions={works ? <Button onClick={() => setEditing('new')}>{said.addShop}</Button> : undefined}
    >
      {lead.profiles.length === 0 ? null : (
        <ul className="sentences">
          {lead.profiles.map((profile) => (
            <li key={profile.shopId}>
              {profileSentence(said, format, profile, locale)}{' '}
              {works ? (
                <button type="button" className="plain" onClick={() => setEditing(profile)}>
                  {said.editShop(profile.name)}
                </button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {editing === undefined ? null : (
        <ProfileForm
          key={editing === 'new' ? 'new' : editing.shopId}
          leadId={lead.leadId}
          profile={editing === 'new' ? undefined : editing}
          done={() => setEditing(undefined)}
        />
      )}
    </Panel>
  );
}

function Plan({ lead, works }: { lead: Lead; works: boolean }) {
  const said = useWords(leadWords);
  const { plan } = lead;
  return (
    <Panel id="plan" title={said.plan}>
      {plan === undefined ? (
        <p className="quiet">{said.noPlan}</p>
      ) : (
        <p>
          {[wordFor(said.coverages, plan.coverage), wordFor(said.engagements, plan.engagement), plan.separated ? said.separated : said.together, plan.note]
            .filter((part) => part !== '')
            .join(' · ')}
        </p>
      )}
      {works && lead.state !== 'accepted' ? <PlanForm leadId={lead.leadId} plan={plan} /> : null}
    </Panel>
  );
}

function LoseLead({ leadId }: { leadId: string }) {
  const said = useWords(leadWords);
  const send = (reason: string) => ask(api.POST('/leads/{leadId}/lose', { params: { path: { leadId } }, body: { reason } }));
  return <ReasonForm title={said.lose} about={said.loseAbout} label={said.reason} action={said.loseSend} danger send={send} topic="shops" />;
}

// The leads: whose turn each is and since when; and the form that registers one.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useSession } from '../../api/session.ts';
import { useFormat } from '../../format/use-format.ts';
import { useStreamClock } from '../../live/stream.ts';
import { ClientChoice } from '../../parts/chooser.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Choice, Field } from '../../parts/field.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { browserZone } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { type Lead, type LeadState, leadsQuery } from './queries.ts';
import { leadWords } from './words.ts';

const STATES = ['open', 'quoted', 'declined', 'expired', 'accepted', 'won', 'lost'] as const;

export function Screen() {
  const said = useWords(leadWords);
  const session = useSession();
  const [state, setState] = useState<LeadState | ''>('');
  const query = useQuery(leadsQuery(state === '' ? [] : [state]));
  return (
    <Page title={said.title} about={said.about}>
      <div className="stack">
        <Panel
          title={said.list}
          actions={
            <Field label={said.filter}>
              {(field) => (
                <Choice
                  described={field}
                  value={state}
                  onChange={setState}
                  options={[['', said.all] as const, ...STATES.map((one) => [one, wordFor(said.states, one)] as const)]}
                />
              )}
            </Field>
          }
        >
          <Loaded query={query} what={said.title}>
            {(data) =>
              data.leads.length === 0 ? <Empty>{state === '' ? said.none : said.noneFiltered}</Empty> : <LeadTable leads={data.leads} total={data.total} />
            }
          </Loaded>
        </Panel>
        {session.role === 'vendor-operations' ? <OpenLead /> : null}
      </div>
    </Page>
  );
}

function LeadTable({ leads, total }: { leads: readonly Lead[]; total: number }) {
  const said = useWords(leadWords);
  const roles: Record<string, string> = useWords(common).roles;
  const format = useFormat();
  const { now } = useStreamClock();
  const to = (lead: Lead): string => `/leads/${lead.leadId}`;
  return (
    <DataTable
      caption={said.list}
      rows={leads}
      total={total}
      rowKey={(lead) => lead.leadId}
      to={to}
      columns={[
        {
          key: 'client',
          title: said.client,
          cell: (lead) => (
            <Link to={to(lead)}>
              <strong>{lead.clientName}</strong>
            </Link>
          ),
        },
        { key: 'state', title: said.state, cell: (lead) => wordFor(said.states, lead.state) },
        { key: 'turn', title: said.turn, cell: (lead) => (lead.waitsFor === '' ? said.nobody : wordFor(roles, lead.waitsFor)) },
        {
          key: 'since',
          title: said.since,
          number: true,
          cell: (lead) => <span title={format.instant(lead.since, browserZone)}>{said.ago(format.duration(Math.max(0, now - lead.since)))}</span>,
        },
        { key: 'fee', title: said.fee, number: true, hideNarrow: true, cell: (lead) => format.money(lead.quotes[0]?.quote?.estimate) },
      ]}
    />
  );
}

function OpenLead() {
  const said = useWords(leadWords);
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [clientId, setClientId] = useState('');
  const [clientName, setClientName] = useState('');
  const [source, setSource] = useState<'online' | 'telesales'>('online');
  const [contact, setContact] = useState('');
  const open = useMutation({
    mutationFn: () => ask(api.POST('/leads', { body: { clientId, clientName: clientName.trim(), source, contact: contact.trim() } })),
    onSuccess: async ({ leadId }) => {
      await cache.invalidateQueries({ queryKey: ['shops'] });
      await navigate(`/leads/${leadId}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    open.mutate();
  };
  return (
    <Panel title={said.openTitle}>
      <form className="form" onSubmit={submit}>
        <div className="fields">
          <Field label={said.existing}>
            {(field) => <ClientChoice described={field} optional value={clientId} onChange={setClientId} empty={said.newClient} />}
          </Field>
          {clientId === '' ? (
            <Field label={said.clientName}>
              {(field) => <Input {...field} required maxLength={200} value={clientName} onChange={(event) => setClientName(event.target.value)} />}
            </Field>
          ) : null}
          <Field label={said.source}>
            {(field) => (
              <Choice
                described={field}
                value={source}
                onChange={setSource}
                options={[
                  ['online', wordFor(said.sources, 'online')],
                  ['telesales', wordFor(said.sources, 'telesales')],
                ]}
              />
            )}
          </Field>
          <Field label={said.contact} hint={said.contactHint}>
            {(field) => <Input {...field} maxLength={500} value={contact} onChange={(event) => setContact(event.target.value)} />}
          </Field>
        </div>
        <Refusal error={open.error} />
        <p>
          <Button type="primary" htmlType="submit" loading={open.isPending}>
            {said.open}
          </Button>
        </p>
      </form>
    </Panel>
  );
}

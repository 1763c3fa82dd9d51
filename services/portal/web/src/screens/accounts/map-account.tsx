// Says whose an account is, from when to when. A later mapping replaces the overlapping part of an earlier one; figures are reassessed.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { api, ask } from '../../api/http.ts';
import type { Account, Agent } from '../../api/types.ts';
import { startOfDay } from '../../format/dates.ts';
import { DateInput } from '../../parts/date-input.tsx';
import { Choice, Field } from '../../parts/field.tsx';
import { Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { common } from '../../words/common.ts';
import { domain, wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { accountWords } from './words.ts';

const PARTIES = ['agent', 'bot', 'shop-staff'] as const;

export function MapAccount({ account, agents, zone, done }: { account: Account; agents: readonly Agent[]; zone: string; done: () => void }) {
  const said = useWords(accountWords);
  const shared = useWords(common);
  const terms = useWords(domain);
  const cache = useQueryClient();
  const [party, setParty] = useState<(typeof PARTIES)[number]>(account.sender === 'bot' ? 'bot' : 'agent');
  const [agentId, setAgentId] = useState('');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const map = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/accounts', {
          body: {
            mappings: [
              {
                shopId: account.shopId,
                account: account.account,
                party,
                agentId: party === 'agent' ? agentId : '',
                fromAt: from === '' ? 0 : startOfDay(from, zone),
                toAt: to === '' ? 0 : startOfDay(to, zone),
              },
            ],
          },
        }),
      ),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['people'] });
      done();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    map.mutate();
  };
  return (
    <Panel title={said.mapTitle(account.account)} about={said.mapAbout}>
      <form className="form" onSubmit={submit}>
        <div className="fields">
          <Field label={said.whose}>
            {(field) => (
              <Choice described={field} value={party} onChange={setParty} options={PARTIES.map((one) => [one, wordFor(terms.parties, one)] as const)} />
            )}
          </Field>
          {party === 'agent' ? (
            <Field label={said.agent}>
              {(field) => (
                <select {...field} className="native" required value={agentId} onChange={(event) => setAgentId(event.target.value)}>
                  <option value="" />
                  {agents.map((agent) => (
                    <option key={agent.agentId} value={agent.agentId}>
                      {agent.name}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          ) : null}
          <Field label={said.fromDay} hint={said.fromHint(zone)}>
            {(field) => <DateInput {...field} value={from} onChange={setFrom} />}
          </Field>
          <Field label={said.toDay} hint={said.toHint}>
            {(field) => <DateInput {...field} min={from} value={to} onChange={setTo} />}
          </Field>
        </div>
        <Refusal error={map.error} />
        <p className="actions">
          <Button type="primary" htmlType="submit" loading={map.isPending}>
            {shared.save}
          </Button>
          <Button onClick={done}>{shared.cancel}</Button>
        </p>
      </form>
    </Panel>
  );
}

// A question to the owner of a shop, with the conversations whose buyers wait for the answer.
import { useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { useSearchParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { agentsQuery } from '../../api/queries.ts';
import { ShopChoice } from '../../parts/chooser.tsx';
import { Field } from '../../parts/field.tsx';
import { Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { useWords } from '../../words/words.ts';
import { useAct } from './acting.ts';
import { careWords } from './words.ts';

export function AskForm({ shopIds }: { shopIds: readonly string[] }) {
  const said = useWords(careWords);
  const agents = useQuery(agentsQuery);
  // From a conversation's page: its buyer waits.
  const [params] = useSearchParams();
  const [shopId, setShopId] = useState(params.get('of') ?? (shopIds.length === 1 ? (shopIds[0] ?? '') : ''));
  const [text, setText] = useState('');
  const [conversations, setConversations] = useState(params.get('ask') ?? '');
  const [agentId, setAgentId] = useState('');
  const send = useAct(
    () =>
      ask(
        api.POST('/shops/{shopId}/questions', {
          params: { path: { shopId } },
          body: { text, agentId, conversationIds: conversations.split(/\s+/).filter((id) => id !== '') },
        }),
      ),
    () => {
      setText('');
      setConversations('');
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate(undefined);
  };
  return (
    <Panel title={said.ask} about={said.askAbout}>
      <form className="form" onSubmit={submit}>
        <div className="fields">
          <Field label={said.shop}>
            {(field) => <ShopChoice described={field} value={shopId} empty={said.chooseShop} onChange={(shop) => setShopId(shop?.shopId ?? '')} />}
          </Field>
          <Field label={said.metBy}>
            {(field) => (
              <select {...field} className="native" value={agentId} onChange={(event) => setAgentId(event.target.value)}>
                <option value="">{said.nobody}</option>
                {(agents.data?.agents ?? []).map((agent) => (
                  <option key={agent.agentId} value={agent.agentId}>
                    {agent.name}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label={said.questionText} wide>
            {(field) => (
              <Input.TextArea {...field} required maxLength={4000} autoSize={{ minRows: 2 }} value={text} onChange={(event) => setText(event.target.value)} />
            )}
          </Field>
          <Field label={said.waitingBuyers} hint={said.waitingBuyersHint} wide>
            {(field) => (
              <Input.TextArea {...field} autoSize={{ minRows: 1 }} value={conversations} onChange={(event) => setConversations(event.target.value)} />
            )}
          </Field>
        </div>
        <div className="actions">
          <Button type="primary" htmlType="submit" loading={send.isPending}>
            {said.send}
          </Button>
          <span role="status">{send.isSuccess ? said.sent : ''}</span>
        </div>
        <Refusal error={send.error} />
      </form>
    </Panel>
  );
}

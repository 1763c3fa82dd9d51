// The answer to a quote: on its page and in the client's to-do list.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { api, ask } from '../../api/http.ts';
import { useSession } from '../../api/session.ts';
import { Field } from '../../parts/field.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/words.ts';
import { leadWords } from './words.ts';

/** Accept, or decline with a reason and, if wanted, the wish for another. On the client's behalf with what shows it. */
export function Answer({ quoteId, expired }: { quoteId: string; expired: boolean }) {
  const said = useWords(leadWords);
  const shared = useWords(common);
  const session = useSession();
  const cache = useQueryClient();
  const [evidence, setEvidence] = useState('');
  const [reason, setReason] = useState('');
  const [anotherWanted, setAnotherWanted] = useState(true);
  const behalf = session.role !== 'client';
  const consent = behalf ? { consent: { evidence: evidence.trim() } } : {};
  // What waits for the client is asked again with it.
  const onSettled = () => Promise.all(['shops', 'floor'].map((topic) => cache.invalidateQueries({ queryKey: [topic] })));
  const path = { params: { path: { quoteId } } };
  const accept = useMutation({ mutationFn: () => ask(api.POST('/quotes/{quoteId}/accept', { ...path, body: consent })), onSettled });
  const decline = useMutation({
    mutationFn: () => ask(api.POST('/quotes/{quoteId}/decline', { ...path, body: { reason: reason.trim(), anotherWanted, ...consent } })),
    onSettled,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    decline.mutate();
  };
  return (
    <>
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
          <Field label={said.reason} hint={shared.nobodyNamed}>
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
    </>
  );
}

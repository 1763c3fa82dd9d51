// Invites the client's person from the lead: they see their own quotes, and may accept and sign.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { api, ask } from '../../api/http.ts';
import { useFormat } from '../../format/use-format.ts';
import { Field } from '../../parts/field.tsx';
import { Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { browserZone } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/words.ts';
import { leadWords } from './words.ts';

/** `quoteId`: what the link opens; empty = the client's first page. */
export function InviteClient({ clientId, quoteId }: { clientId: string; quoteId: string }) {
  const said = useWords(leadWords);
  const shared = useWords(common);
  const format = useFormat();
  const cache = useQueryClient();
  const [name, setName] = useState('');
  const invite = useMutation({
    mutationFn: () => ask(api.POST('/invitations', { body: { name: name.trim(), role: 'client', clientId, mayAgree: true } })),
    onSuccess: () => void cache.invalidateQueries({ queryKey: ['access'] }),
  });
  const link = invite.data === undefined ? '' : `${invite.data.link}${quoteId === '' ? '' : `?to=${encodeURIComponent(`/quotes/${quoteId}`)}`}`;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate();
  };
  return (
    <Panel title={said.invite} about={said.inviteAbout}>
      <form className="form" onSubmit={submit}>
        <Field label={said.inviteName}>
          {(field) => <Input {...field} required maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <Refusal error={invite.error} />
        {invite.data === undefined ? null : (
          <div className="once" role="status">
            <p>{said.linkOnce(format.instant(invite.data.expiresAt, browserZone))}</p>
            <code>{link}</code>
            <p>
              <button type="button" className="plain" onClick={() => void navigator.clipboard.writeText(link)}>
                {shared.copy}
              </button>
            </p>
          </div>
        )}
        <p>
          <Button htmlType="submit" loading={invite.isPending}>
            {said.makeLink}
          </Button>
        </p>
      </form>
    </Panel>
  );
}

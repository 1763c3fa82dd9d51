// Invites a user: role, client and shops, whether they may agree; bound to an external identity where one is given.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { api, ask } from '../../api/http.ts';
import type { Role } from '../../api/session.ts';
import { useFormat } from '../../format/use-format.ts';
import { ClientChoice, ShopChecks } from '../../parts/chooser.tsx';
import { Choice, Field } from '../../parts/field.tsx';
import { Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { browserZone } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/words.ts';
import { memberWords } from './words.ts';

const ROLES: readonly Role[] = ['client', 'qa-inspector', 'team-lead', 'finance', 'vendor-operations'];

export function Invite() {
  const said = useWords(memberWords);
  const shared = useWords(common);
  const format = useFormat();
  const cache = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('client');
  const [clientId, setClientId] = useState('');
  const [shopIds, setShopIds] = useState<string[]>([]);
  const [mayAgree, setMayAgree] = useState(false);
  const [issuer, setIssuer] = useState('');
  const [subject, setSubject] = useState('');
  const invite = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/invitations', {
          body: {
            name: name.trim(),
            role,
            shopIds,
            ...(role === 'client' ? { clientId, mayAgree } : {}),
            ...(issuer === '' || subject === '' ? {} : { issuer, subject }),
          },
        }),
      ),
    onSuccess: () => void cache.invalidateQueries({ queryKey: ['access'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate();
  };
  return (
    <Panel title={said.invite} about={said.inviteAbout}>
      <form className="form" onSubmit={submit}>
        <div className="fields">
          <Field label={said.name}>
            {(field) => <Input {...field} required maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />}
          </Field>
          <Field label={said.role}>
            {(field) => <Choice described={field} value={role} onChange={setRole} options={ROLES.map((one) => [one, shared.roles[one]] as const)} />}
          </Field>
          {role === 'client' ? (
            <Field label={said.client}>{(field) => <ClientChoice described={field} value={clientId} onChange={setClientId} empty="" />}</Field>
          ) : null}
          <Field label={said.issuer} hint={said.issuerHint}>
            {(field) => <Input {...field} value={issuer} onChange={(event) => setIssuer(event.target.value)} />}
          </Field>
          <Field label={said.subject}>{(field) => <Input {...field} value={subject} onChange={(event) => setSubject(event.target.value)} />}</Field>
          <fieldset className="field field-wide">
            <legend className="field-label">{said.shops}</legend>
            <ShopChecks key={clientId} chosen={shopIds} onChange={setShopIds} clientId={role === 'client' ? clientId : ''} />
            <p className="hint">{said.shopsHint}</p>
          </fieldset>
          {role === 'client' ? (
            <div className="checks">
              <label>
                <input type="checkbox" checked={mayAgree} onChange={(event) => setMayAgree(event.target.checked)} />
                {said.mayAgree}
              </label>
            </div>
          ) : null}
        </div>
        <Refusal error={invite.error} />
        {invite.data === undefined ? null : (
          <div className="once" role="status">
            <p>{said.linkOnce(format.instant(invite.data.expiresAt, browserZone))}</p>
            <code>{invite.data.link}</code>
            <p>
              <button type="button" className="plain" onClick={() => void navigator.clipboard.writeText(invite.data.link)}>
                {shared.copy}
              </button>
            </p>
          </div>
        )}
        <p>
          <Button type="primary" htmlType="submit" loading={invite.isPending}>
            {said.makeLink}
          </Button>
        </p>
      </form>
    </Panel>
  );
}

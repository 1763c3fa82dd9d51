// A one-time invitation: what it is for, then accept it as the person signed in, or by choosing a name and a password where accounts are kept here.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useMe } from '../../api/session.ts';
import { useFormat } from '../../format/use-format.ts';
import { Field } from '../../parts/field.tsx';
import { Loaded } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { browserZone } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { dictionary, useWords } from '../../words/words.ts';

const words = dictionary(
  {
    title: '接受邀请',
    lead: (vendor: string, role: string) => `${vendor} 邀请你以「${role}」身份加入。`,
    until: (at: string) => `链接在 ${at} 前有效，只能用一次。`,
    login: '登录名',
    password: '密码',
    passwordHint: '至少 10 个字符',
    accept: '接受并登录',
    acceptAs: (name: string) => `以 ${name} 的身份接受`,
    signInFirst: '先登录，再接受',
    what: '邀请',
  },
  {
    title: 'Accept the invitation',
    lead: (vendor, role) => `${vendor} invites you to join as ${role}.`,
    until: (at) => `The link holds until ${at} and works once.`,
    login: 'Sign-in name',
    password: 'Password',
    passwordHint: 'at least 10 characters',
    accept: 'Accept and sign in',
    acceptAs: (name) => `Accept as ${name}`,
    signInFirst: 'Sign in first, then accept',
    what: 'the invitation',
  },
);

/** Where the invitation leads: a page of this house, else its first one. */
export function pathWithin(asked: string | null): string {
  return asked !== null && /^\/(?![/\\])/.test(asked) ? asked : '/';
}

export function Screen() {
  const said = useWords(words);
  const roles = useWords(common).roles;
  const format = useFormat();
  const { token = '' } = useParams();
  const to = pathWithin(useSearchParams()[0].get('to'));
  const me = useMe();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const invitation = useQuery({ queryKey: ['invitation', token], queryFn: () => ask(api.POST('/invitations/look-up', { body: { token } })), retry: false });
  const accept = useMutation({
    mutationFn: () => ask(api.POST('/invitations/accept', { body: me.data?.signedIn === true ? { token } : { token, login, password } })),
    // Whoever has just chosen a name and a password is signed in by that.
    onSuccess: () => window.location.assign(to),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    accept.mutate();
  };
  return (
    <main className="alone">
      <h1>{said.title}</h1>
      <Loaded query={invitation} what={said.what} rows={2}>
        {(data) => (
          <form className="form" onSubmit={submit}>
            <p>{said.lead(data.vendorName, roles[data.role])}</p>
            <p className="quiet">{said.until(format.instant(data.expiresAt, browserZone))}</p>
            {me.data?.signedIn === true || me.data?.embeddedSignIn !== true ? null : (
              <>
                <Field label={said.login}>
                  {(field) => (
                    <Input {...field} value={login} onChange={(event) => setLogin(event.target.value)} autoComplete="username" required minLength={2} />
                  )}
                </Field>
                <Field label={said.password} hint={said.passwordHint}>
                  {(field) => (
                    <Input
                      {...field}
                      type="password"
                      value={password}
                      onChange={(event) => setPassword(event.target.value)}
                      autoComplete="new-password"
                      required
                      minLength={10}
                    />
                  )}
                </Field>
              </>
            )}
            <Refusal error={accept.error} />
            <p className="actions">
              {me.data?.signedIn === true || me.data?.embeddedSignIn === true ? (
                <Button type="primary" htmlType="submit" loading={accept.isPending}>
                  {me.data.signedIn ? said.acceptAs(me.data.name) : said.accept}
                </Button>
              ) : (
                <Button type="primary" href={`/auth/login?return=${encodeURIComponent(`/invitations/${token}?to=${encodeURIComponent(to)}`)}`}>
                  {said.signInFirst}
                </Button>
              )}
            </p>
          </form>
        )}
      </Loaded>
    </main>
  );
}

// A roster or console that reports by itself: its secret is shown once.
import { useMutation } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { api, ask } from '../../api/http.ts';
import { Field } from '../../parts/field.tsx';
import { Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { useWords } from '../../words/words.ts';
import { staffingWords } from './words.ts';

export function Feed() {
  const said = useWords(staffingWords);
  const [name, setName] = useState('');
  const connect = useMutation({ mutationFn: () => ask(api.POST('/staffing-feed', { body: { name } })) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    connect.mutate();
  };
  return (
    <Panel title={said.feed} about={said.feedAbout}>
      <form className="form" onSubmit={submit}>
        <div className="fields">
          <Field label={said.feedName}>
            {(field) => <Input {...field} required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />}
          </Field>
        </div>
        <div className="actions">
          <Button htmlType="submit" loading={connect.isPending}>
            {said.connect}
          </Button>
        </div>
        <Refusal error={connect.error} />
        {connect.data === undefined ? null : (
          <div className="once" role="status">
            <p>{said.secretOnce}</p>
            <code>{connect.data.secret}</code>
            <code>POST {location.origin}/api/v1/staffing-feed/calls</code>
          </div>
        )}
      </form>
    </Panel>
  );
}

// What needs a reason and nothing else: a panel with one field and the button that does it.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { common } from '../words/common.ts';
import { useWords } from '../words/words.ts';
import { Field } from './field.tsx';
import { Panel } from './page.tsx';
import { Refusal } from './problem.tsx';

interface ReasonFormProps {
  title: string;
  about?: string;
  label: string;
  action: string;
  danger?: boolean;
  /** Sends it; the topic's queries are asked again whatever comes of it. */
  send: (reason: string) => Promise<unknown>;
  topic: string;
}

export function ReasonForm({ title, about, label, action, danger = false, send, topic }: ReasonFormProps) {
  const shared = useWords(common);
  const cache = useQueryClient();
  const [reason, setReason] = useState('');
  const sent = useMutation({ mutationFn: () => send(reason.trim()), onSettled: () => cache.invalidateQueries({ queryKey: [topic] }) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    sent.mutate();
  };
  return (
    <Panel title={title} {...(about === undefined ? {} : { about })}>
      <form className="form" onSubmit={submit}>
        <Field label={label} hint={shared.nobodyNamed}>
          {(field) => <Input.TextArea {...field} required rows={2} maxLength={2000} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
        <Refusal error={sent.error} />
        <p>
          <Button danger={danger} htmlType="submit" loading={sent.isPending}>
            {action}
          </Button>
        </p>
      </form>
    </Panel>
  );
}

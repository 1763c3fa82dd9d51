// One text to be said, with the evidence where it is said on the client's behalf. Fits a phone: full width, the button below.
import { Button, Input } from 'antd';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Field } from '../../parts/field.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { useWords } from '../../words/words.ts';
import { careWords } from './words.ts';

interface SaidFormProps {
  label: string;
  hint?: string;
  send: string;
  /** The vendor writes down what the client said: it needs to say what shows it. */
  evidence?: boolean;
  /** Reasons and evidence may be short: one line. */
  short?: boolean;
  textOptional?: boolean;
  pending: boolean;
  error: unknown;
  say: (said: { text: string; evidence: string }) => void;
  children?: ReactNode;
  initial?: string;
  cancel?: () => void;
}

export function SaidForm({
  label,
  hint,
  send,
  evidence = false,
  short = false,
  textOptional = false,
  pending,
  error,
  say,
  children,
  initial = '',
  cancel,
}: SaidFormProps) {
  const said = useWords(careWords);
  const [text, setText] = useState(initial);
  const [proof, setProof] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    say({ text, evidence: proof });
  };
  return (
    <form className="form" onSubmit={submit}>
      <Field label={label} hint={hint} wide>
        {(field) =>
          short ? (
            <Input {...field} required={!textOptional} maxLength={1000} value={text} onChange={(event) => setText(event.target.value)} />
          ) : (
            <Input.TextArea
              {...field}
              required={!textOptional}
              maxLength={4000}
              autoSize={{ minRows: 2, maxRows: 10 }}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )
        }
      </Field>
      {evidence ? (
        <Field label={said.evidence} hint={said.evidenceHint} wide>
          {(field) => <Input {...field} required maxLength={2000} value={proof} onChange={(event) => setProof(event.target.value)} />}
        </Field>
      ) : null}
      {children}
      <div className="actions">
        <Button type="primary" htmlType="submit" loading={pending}>
          {send}
        </Button>
        {cancel === undefined ? null : <Button onClick={cancel}>{said.cancel}</Button>}
      </div>
      <Refusal error={error} />
    </form>
  );
}

/** On the client's behalf, with what shows it; as the client itself otherwise. */
export const consentOf = (evidence: string) => (evidence === '' ? {} : { consent: { decidedBy: 'vendor-on-behalf' as const, evidence } });

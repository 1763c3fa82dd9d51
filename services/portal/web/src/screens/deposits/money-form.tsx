// One movement of money, as finance records it: its number, the amount, the day, the bank's reference. What is wrong is said before it is sent,
// what was recorded stays said, though nothing may be left to record.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, type ReactNode, useState } from 'react';
import { DateInput } from '../../parts/date-input.tsx';
import { Field } from '../../parts/field.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { useWords } from '../../words/words.ts';
import { depositWords } from './words.ts';

export interface Movement {
  readonly id: string;
  /** "6000.00" */
  readonly amount: string;
  readonly on: string;
  readonly reference: string;
}

export function MoneyForm<Answer>({
  currency,
  amount: proposed,
  open = true,
  idLabel,
  dayLabel,
  submit,
  send,
  done,
}: {
  currency: string;
  /** What is probably meant: what is missing or owed. */
  amount: string;
  /** Whether anything more can be recorded. */
  open?: boolean;
  /** Without it the bank's reference is the number by which the movement counts once. */
  idLabel?: string;
  dayLabel: string;
  submit: string;
  send: (movement: Movement) => Promise<Answer>;
  done: (answer: Answer) => ReactNode;
}) {
  const said = useWords(depositWords);
  const cache = useQueryClient();
  const [id, setId] = useState('');
  const [typed, setTyped] = useState<string>();
  const amount = typed ?? proposed;
  const [on, setOn] = useState(() => new Date().toLocaleDateString('sv-SE'));
  const [reference, setReference] = useState('');
  const [invalid, setInvalid] = useState(false);
  const sending = useMutation({
    mutationFn: send,
    onSuccess: () => {
      setId('');
      setTyped(undefined);
      setReference('');
      void cache.invalidateQueries({ queryKey: ['billing'] });
      void cache.invalidateQueries({ queryKey: ['floor', 'waiting'] });
    },
  });
  const submitForm = (event: FormEvent) => {
    event.preventDefault();
    const fine = /^\d{1,12}(\.\d{1,4})?$/.test(amount.trim());
    setInvalid(!fine);
    if (fine) sending.mutate({ id: id.trim(), amount: amount.trim(), on, reference: reference.trim() });
  };
  const recorded =
    sending.data === undefined ? null : (
      <p className="status-met" role="status">
        <span aria-hidden="true">● </span>
        {done(sending.data)}
      </p>
    );
  if (!open) return recorded;
  return (
    <form className="form" onSubmit={submitForm}>
      <div className="fields">
        {idLabel === undefined ? null : (
          <Field label={idLabel} hint={said.receiptIdHint}>
            {(field) => <Input {...field} required maxLength={100} value={id} onChange={(event) => setId(event.target.value)} />}
          </Field>
        )}
        <Field label={said.amountOf(currency)} error={invalid ? said.amountInvalid : undefined}>
          {(field) => <Input {...field} required inputMode="decimal" value={amount} onChange={(event) => setTyped(event.target.value)} />}
        </Field>
        <Field label={dayLabel}>{(field) => <DateInput {...field} value={on} onChange={setOn} />}</Field>
        <Field label={idLabel === undefined ? said.bankNumber : said.bankReference}>
          {(field) => (
            <Input {...field} required={idLabel === undefined} maxLength={100} value={reference} onChange={(event) => setReference(event.target.value)} />
          )}
        </Field>
      </div>
      <Refusal error={sending.error} />
      {recorded}
      <p>
        <Button type="primary" htmlType="submit" loading={sending.isPending}>
          {submit}
        </Button>
      </p>
    </form>
  );
}

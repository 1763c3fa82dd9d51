// Erase those found, or hold them: with a reason, and having read what becomes blank. A hold that stands leaves only the hold's own button.
import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { api, ask } from '../../api/http.ts';
import type { Person } from '../../api/types.ts';
import { Field } from '../../parts/field.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { useWords } from '../../words/words.ts';
import type { Asked } from './find-person.tsx';
import { useAskAnew } from './queries.ts';
import { personalDataWords } from './words.ts';

const MOST_CHARACTERS = 500;

export function Decide({ asked, persons }: { asked: Asked; persons: readonly Person[] }) {
  const said = useWords(personalDataWords);
  const askAnew = useAskAnew();
  const [reason, setReason] = useState('');
  const [sure, setSure] = useState(false);
  const [tried, setTried] = useState(false);
  const text = reason.trim();
  const erase = useMutation({ mutationFn: () => ask(api.POST('/erasures', { body: { ...asked, reason: text } })), onSuccess: askAnew });
  const hold = useMutation({ mutationFn: () => ask(api.POST('/legal-holds', { body: { ...asked, reason: text } })), onSuccess: askAnew });
  const held = persons.some(({ holds }) => holds.length > 0);
  if (persons.every(({ erasure }) => erasure !== undefined)) return <p role="status">{erase.isSuccess ? said.begun : ''}</p>;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (text !== '') erase.mutate();
  };
  const place = () => {
    setTried(true);
    if (text !== '') hold.mutate();
  };
  return (
    <form className="form" onSubmit={submit} aria-label={said.decide}>
      <ul>
        <li>{said.blank}</li>
        <li>{said.stays}</li>
        <li>{said.forGood}</li>
      </ul>
      <Field label={said.reason} hint={said.reasonHint} error={tried && text === '' ? said.reasonNeeded : undefined}>
        {(field) => (
          <textarea {...field} className="native" rows={2} maxLength={MOST_CHARACTERS} value={reason} onChange={(event) => setReason(event.target.value)} />
        )}
      </Field>
      <div className="checks">
        <label>
          <input type="checkbox" required checked={sure} disabled={held} onChange={(event) => setSure(event.target.checked)} />
          {said.sure}
        </label>
      </div>
      <Refusal error={erase.error ?? hold.error} />
      <p className="actions">
        <Button danger type="primary" htmlType="submit" disabled={held} loading={erase.isPending}>
          {said.erase}
        </Button>
        {'buyerId' in asked ? (
          <Button loading={hold.isPending} onClick={place} title={said.holdAbout}>
            {said.hold}
          </Button>
        ) : null}
      </p>
      <p role="status">{erase.isSuccess ? said.begun : hold.isSuccess ? said.holdPlaced : ''}</p>
    </form>
  );
}

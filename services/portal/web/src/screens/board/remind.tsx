// Asks the client to do what waits for them. A refusal (asked already, not their turn) stands beside the button. A modal dialog of the platform.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { api, ask } from '../../api/http.ts';
import type { BoardCard } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { Field } from '../../parts/field.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { browserZone } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/words.ts';
import { useWhat } from './card.tsx';
import { boardWords } from './words.ts';

const NOTE = 500;

export function Remind({ card }: { card: BoardCard }) {
  const said = useWords(boardWords);
  const format = useFormat();
  const [open, setOpen] = useState(false);
  if (card.turn !== 'client') return null;
  return (
    <>
      <button type="button" className="plain plain-framed" onClick={() => setOpen(true)}>
        {said.remind}
      </button>
      {card.remindedAt === 0 ? null : <div className="quiet">{said.reminded(format.instant(card.remindedAt, browserZone))}</div>}
      {open ? <RemindDialog card={card} close={() => setOpen(false)} /> : null}
    </>
  );
}

function RemindDialog({ card, close }: { card: BoardCard; close: () => void }) {
  const said = useWords(boardWords);
  const shared = useWords(common);
  const what = useWhat();
  const client = useQueryClient();
  const [note, setNote] = useState('');
  const remind = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/onboarding/board/{subjectId}/remind', { params: { path: { subjectId: card.subjectId } }, body: { shopId: card.shopId, note: note.trim() } }),
      ),
    onSuccess: async () => {
      close();
      await client.invalidateQueries({ queryKey: ['shops', 'board'] });
    },
  });
  const title = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    remind.mutate();
  };
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={title} onClose={close}>
      <form className="form" onSubmit={submit}>
        <h2 id={title}>{said.remind}</h2>
        <p>
          {card.shopName || card.clientName}: {what(card)}
        </p>
        <Field label={said.noteLabel}>{(field) => <Input {...field} maxLength={NOTE} value={note} onChange={(event) => setNote(event.target.value)} />}</Field>
        <Refusal error={remind.error} />
        <p className="actions">
          <Button type="primary" htmlType="submit" loading={remind.isPending}>
            {said.send}
          </Button>
          <Button onClick={close}>{shared.cancel}</Button>
        </p>
      </form>
    </dialog>
  );
}

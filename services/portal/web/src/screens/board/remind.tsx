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
  const shared = useWords(common);
  const format = useFormat();
  const what = useWhat();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState('');
  const remind = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/onboarding/board/{subjectId}/remind', { params: { path: { subjectId: card.subjectId } }, body: { shopId: card.shopId, note: note.trim() } }),
      ),
    onSuccess: async () => {
      setOpen(false);
      setNote('');
      await client.invalidateQueries({ queryKey: ['shops', 'board'] });
    },
  });
  const title = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
  }, [open]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    remind.mutate();
  };
  if (card.turn !== 'client') return null;
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {said.remind}
      </Button>
      {card.remindedAt === 0 ? null : <div className="quiet">{said.reminded(format.instant(card.remindedAt, browserZone))}</div>}
      {open ? (
        <dialog ref={dialog} className="dialog" aria-labelledby={title} onClose={() => setOpen(false)}>
          <form className="form" onSubmit={submit}>
            <h2 id={title}>{said.remind}</h2>
            <p>
              {card.shopName || card.clientName}: {what(card)}
            </p>
            <Field label={said.noteLabel}>
              {(field) => <Input {...field} maxLength={NOTE} value={note} onChange={(event) => setNote(event.target.value)} />}
            </Field>
            <Refusal error={remind.error} />
            <p className="actions">
              <Button type="primary" htmlType="submit" loading={remind.isPending}>
                {said.send}
              </Button>
              <Button onClick={() => setOpen(false)}>{shared.cancel}</Button>
            </p>
          </form>
        </dialog>
      ) : null}
    </>
  );
}

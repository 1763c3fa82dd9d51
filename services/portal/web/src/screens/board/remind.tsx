// Asks the client to do what waits for them. A refusal (asked already, not their turn) stands beside the button.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
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
  if (card.turn !== 'client') return null;
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {said.remind}
      </Button>
      {card.remindedAt === 0 ? null : <div className="quiet">{said.reminded(format.instant(card.remindedAt, browserZone))}</div>}
      <Modal
        open={open}
        title={said.remind}
        okText={said.send}
        cancelText={shared.cancel}
        confirmLoading={remind.isPending}
        onOk={() => remind.mutate()}
        onCancel={() => setOpen(false)}
      >
        <p>
          {card.shopName || card.clientName}: {what(card)}
        </p>
        <Field label={said.noteLabel}>
          {(field) => <Input.TextArea {...field} maxLength={NOTE} value={note} onChange={(event) => setNote(event.target.value)} />}
        </Field>
        <Refusal error={remind.error} />
      </Modal>
    </>
  );
}

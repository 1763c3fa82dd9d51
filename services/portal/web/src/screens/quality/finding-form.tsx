// Raises a finding on the chosen message: category, severity, a note.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { api, ask } from '../../api/http.ts';
import { Choice, Field } from '../../parts/field.tsx';
import { composing } from '../../parts/keys.ts';
import { Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { common } from '../../words/common.ts';
import { domain } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { qualityWords } from './words.ts';

export function FindingForm({ assignmentId, messageId, done }: { assignmentId: string; messageId: string; done: () => void }) {
  const said = useWords(qualityWords);
  const shared = useWords(common);
  const terms = useWords(domain);
  const cache = useQueryClient();
  const [category, setCategory] = useState('promise');
  const [severity, setSeverity] = useState('minor');
  const [note, setNote] = useState('');
  const raise = useMutation({
    mutationFn: () =>
      ask(api.POST('/assignments/{assignmentId}/findings', { params: { path: { assignmentId } }, body: { messageId, category, severity, note: note.trim() } })),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['qa', 'assignment', assignmentId] });
      done();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    raise.mutate();
  };
  return (
    <Panel title={said.raise} about={said.chosenMessage}>
      <form className="form" onSubmit={submit}>
        <Field label={said.category}>
          {(field) => <Choice described={field} value={category} onChange={setCategory} options={Object.entries(terms.categories)} />}
        </Field>
        <Field label={said.severity}>
          {(field) => <Choice described={field} value={severity} onChange={setSeverity} options={Object.entries(terms.severities)} />}
        </Field>
        <Field label={said.note}>
          {(field) => (
            <textarea
              {...field}
              className="native"
              rows={3}
              maxLength={2000}
              value={note}
              onChange={(event) => setNote(event.target.value)}
              onKeyDown={(event) => {
                // Ctrl+Enter in here sends the finding, not the score; an input method's Enter sends neither.
                if (composing(event.nativeEvent) || event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
                event.preventDefault();
                event.currentTarget.form?.requestSubmit();
              }}
            />
          )}
        </Field>
        <Refusal error={raise.error} />
        <p className="actions">
          <Button type="primary" htmlType="submit" loading={raise.isPending}>
            {said.raise}
          </Button>
          <Button onClick={done}>{shared.cancel}</Button>
        </p>
      </form>
    </Panel>
  );
}

// Terms by name: begin a draft with them, or keep a draft's terms for the next one.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { api, ask } from '../../api/http.ts';
import { Choice, Field } from '../../parts/field.tsx';
import { Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { useWords } from '../../words/words.ts';
import { type Draft, draftOf, termsOf } from './draft.ts';
import { draftWords } from './draft-words.ts';
import { templatesQuery } from './drafts.ts';

export function Templates({ draft, use }: { draft: Draft; use: (draft: Draft) => void }) {
  const said = useWords(draftWords);
  const cache = useQueryClient();
  const { data } = useQuery(templatesQuery);
  const [chosen, setChosen] = useState('');
  const [name, setName] = useState('');
  const save = useMutation({
    mutationFn: () => ask(api.POST('/contract-templates', { body: { name: name.trim(), terms: termsOf(draft) } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['shops'] }),
  });
  const template = data?.templates.find(({ templateId }) => templateId === chosen);
  return (
    <Panel title={said.template}>
      <div className="form">
        <div className="fields">
          <Field label={said.chooseTemplate}>
            {(field) => (
              <Choice
                described={field}
                value={chosen}
                onChange={setChosen}
                options={[['', '—'] as const, ...(data?.templates ?? []).map((one) => [one.templateId, one.name] as const)]}
              />
            )}
          </Field>
          <Field label={said.templateName}>
            {(field) => <Input {...field} maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />}
          </Field>
        </div>
        <Refusal error={save.error} />
        {save.isSuccess ? <p role="status">{said.templateSaved(name.trim())}</p> : null}
        <p className="actions">
          <Button
            onClick={() => {
              if (template?.terms !== undefined) use(draftOf(template.terms));
            }}
          >
            {said.useTemplate}
          </Button>
          <Button loading={save.isPending} onClick={() => save.mutate()}>
            {said.saveTemplate}
          </Button>
        </p>
      </div>
    </Panel>
  );
}

// A talk to be recorded: when, of which levels, about what, and what each side does until when.
import { Input } from 'antd';
import { useState } from 'react';
import { api, ask } from '../../api/http.ts';
import type { Contract } from '../../api/types.ts';
import { dateOf } from '../../format/dates.ts';
import { Choice, Field } from '../../parts/field.tsx';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/words.ts';
import { useAct } from './acting.ts';
import { DayField, RecordForm, useRows } from './record-form.tsx';
import { careWords } from './words.ts';

const LEVELS = ['agent', 'supervisor', 'manager', 'director'] as const;
type Level = (typeof LEVELS)[number];

interface Action {
  text: string;
  owner: 'client' | 'vendor';
  dueOn: string;
}

export function RecordMeeting({ contract }: { contract: Contract }) {
  const said = useWords(careWords);
  const shared = useWords(common);
  const today = dateOf(Date.now(), contract.terms?.zone ?? 'UTC');
  const [heldOn, setHeldOn] = useState(today);
  const [levels, setLevels] = useState<readonly Level[]>([]);
  const [topics, setTopics] = useState('');
  const actions = useRows<Action>({ text: '', owner: 'vendor', dueOn: '' });
  const record = useAct(
    () => {
      const path = { contractId: contract.contractId };
      return ask(api.POST('/contracts/{contractId}/meetings', { params: { path }, body: { heldOn, levels: [...levels], topics, actions: actions.values } }));
    },
    () => {
      setTopics('');
      actions.clear();
    },
  );
  return (
    <RecordForm
      title={said.recordMeeting}
      of={actions}
      legend={() => said.actions}
      add={said.addAction}
      save={said.saveMeeting}
      sending={record}
      fields={(action, change) => (
        <>
          <Field label={said.actionText} wide>
            {(field) => <Input {...field} required maxLength={500} value={action.text} onChange={(event) => change({ text: event.target.value })} />}
          </Field>
          <Field label={said.owner}>
            {(field) => (
              <Choice
                described={field}
                value={action.owner}
                options={[
                  ['vendor', said.by['vendor'] ?? ''],
                  ['client', said.by['client'] ?? ''],
                ]}
                onChange={(owner) => change({ owner })}
              />
            )}
          </Field>
          <DayField label={said.dueOn} min={heldOn} value={action.dueOn} onChange={(dueOn) => change({ dueOn })} />
        </>
      )}
    >
      <DayField label={said.heldOn} max={today} value={heldOn} onChange={setHeldOn} />
      <fieldset className="field">
        <legend className="field-label">{said.levels}</legend>
        <div className="checks">
          {LEVELS.map((level) => (
            <label key={level}>
              <input
                type="checkbox"
                checked={levels.includes(level)}
                onChange={(event) => setLevels((all) => (event.target.checked ? [...all, level] : all.filter((each) => each !== level)))}
              />
              {said.levelWords[level]}
            </label>
          ))}
        </div>
      </fieldset>
      <Field label={said.topics} hint={shared.nobodyNamed} wide>
        {(field) => (
          <Input.TextArea {...field} required maxLength={4000} autoSize={{ minRows: 2 }} value={topics} onChange={(event) => setTopics(event.target.value)} />
        )}
      </Field>
    </RecordForm>
  );
}

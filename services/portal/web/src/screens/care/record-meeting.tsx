// A talk to be recorded: when, of which levels, about what, and what each side does until when.
import { Button, Input } from 'antd';
import { type FormEvent, lazy, Suspense, useState } from 'react';
import { api, ask } from '../../api/http.ts';
import type { Contract } from '../../api/types.ts';
import { dateOf } from '../../format/dates.ts';
import { Choice, Field } from '../../parts/field.tsx';
import { Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/words.ts';
import { useAct } from './acting.ts';
import { careWords } from './words.ts';

const DateInput = lazy(async () => ({ default: (await import('../../parts/date-input.tsx')).DateInput }));
const LEVELS = ['agent', 'supervisor', 'manager', 'director'] as const;
type Level = (typeof LEVELS)[number];

interface Action {
  id: number;
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
  const [actions, setActions] = useState<readonly Action[]>([]);
  const record = useAct(
    () =>
      ask(
        api.POST('/contracts/{contractId}/meetings', {
          params: { path: { contractId: contract.contractId } },
          body: { heldOn, levels: [...levels], topics, actions: actions.map(({ id: _, ...action }) => action) },
        }),
      ),
    () => {
      setTopics('');
      setActions([]);
    },
  );
  const change = (id: number, part: Partial<Action>) => setActions((all) => all.map((each) => (each.id === id ? { ...each, ...part } : each)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    record.mutate(undefined);
  };
  return (
    <Panel title={said.recordMeeting}>
      <form className="form" onSubmit={submit}>
        <div className="fields">
          <Field label={said.heldOn}>
            {(field) => (
              <Suspense>
                <DateInput {...field} required max={today} value={heldOn} onChange={setHeldOn} />
              </Suspense>
            )}
          </Field>
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
          <Field label={said.topics} wide>
            {(field) => (
              <Input.TextArea
                {...field}
                required
                maxLength={4000}
                autoSize={{ minRows: 2 }}
                value={topics}
                onChange={(event) => setTopics(event.target.value)}
              />
            )}
          </Field>
        </div>
        {actions.map((action) => (
          <fieldset key={action.id} className="repeat">
            <legend>{said.actions}</legend>
            <div className="fields">
              <Field label={said.actionText} wide>
                {(field) => (
                  <Input {...field} required maxLength={500} value={action.text} onChange={(event) => change(action.id, { text: event.target.value })} />
                )}
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
                    onChange={(owner) => change(action.id, { owner })}
                  />
                )}
              </Field>
              <Field label={said.dueOn}>
                {(field) => (
                  <Suspense>
                    <DateInput {...field} required min={heldOn} value={action.dueOn} onChange={(dueOn) => change(action.id, { dueOn })} />
                  </Suspense>
                )}
              </Field>
            </div>
            <div className="actions">
              <Button onClick={() => setActions((all) => all.filter(({ id }) => id !== action.id))}>{shared.remove}</Button>
            </div>
          </fieldset>
        ))}
        <div className="actions">
          <Button onClick={() => setActions((all) => [...all, { id: (all.at(-1)?.id ?? 0) + 1, text: '', owner: 'vendor', dueOn: '' }])}>
            {said.addAction}
          </Button>
          <Button type="primary" htmlType="submit" loading={record.isPending}>
            {said.saveMeeting}
          </Button>
        </div>
        <Refusal error={record.error} />
      </form>
    </Panel>
  );
}

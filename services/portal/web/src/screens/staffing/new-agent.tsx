// Takes an agent on: a name, a level, what they can do and how many conversations they carry at once. Trained shop by shop from the launches' pages.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { api, ask } from '../../api/http.ts';
import { Choice, Field } from '../../parts/field.tsx';
import { Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { LEVELS, type Level } from './level.tsx';
import { staffingWords } from './words.ts';

const SKILLS = ['pre-sale', 'after-sale'] as const;
const USUAL_LOAD = '5';

export function NewAgent() {
  const said = useWords(staffingWords);
  const cache = useQueryClient();
  const [name, setName] = useState('');
  const [skills, setSkills] = useState<readonly string[]>(SKILLS);
  const [level, setLevel] = useState<Level>('unspecified');
  const [load, setLoad] = useState(USUAL_LOAD);
  const hire = useMutation({
    mutationFn: (agent: { name: string; level: Level; skills: string[]; maxLoad: number }) => ask(api.POST('/agents', { body: agent })),
    onSuccess: () => {
      setName('');
      void cache.invalidateQueries({ queryKey: ['people'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    hire.mutate({ name: name.trim(), level, skills: [...skills], maxLoad: Number(load) });
  };
  return (
    <Panel title={said.newAgent} about={said.newAgentAbout}>
      <form className="form" onSubmit={submit}>
        <div className="fields">
          <Field label={said.agentName}>
            {(field) => <Input {...field} required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />}
          </Field>
          <Field label={said.level}>
            {(field) => (
              <Choice
                described={field}
                value={level}
                onChange={setLevel}
                options={(['unspecified', ...LEVELS] as const).map((one) => [one, wordFor(said.levels, one)] as const)}
              />
            )}
          </Field>
          <Field label={said.maxLoad}>
            {(field) => <Input {...field} required inputMode="numeric" pattern="\d{1,2}" value={load} onChange={(event) => setLoad(event.target.value)} />}
          </Field>
        </div>
        <fieldset className="checks">
          <legend>{said.skills}</legend>
          {SKILLS.map((skill) => (
            <label key={skill}>
              <input
                type="checkbox"
                checked={skills.includes(skill)}
                onChange={(event) => setSkills(event.target.checked ? [...skills, skill] : skills.filter((one) => one !== skill))}
              />
              {said.skillNames[skill]}
            </label>
          ))}
        </fieldset>
        <Refusal error={hire.error} />
        <p className="actions">
          <Button htmlType="submit" loading={hire.isPending}>
            {said.takeOn}
          </Button>
          <span role="status">{hire.isSuccess ? said.takenOn(hire.variables.name) : ''}</span>
        </p>
      </form>
    </Panel>
  );
}

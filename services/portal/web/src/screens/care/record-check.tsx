// A check of the client's with what it found: each weakness judges the process or the result, against a clause or none.
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
import { useAct, useActing } from './acting.ts';
import { consentOf } from './said-form.tsx';
import { careWords } from './words.ts';

const DateInput = lazy(async () => ({ default: (await import('../../parts/date-input.tsx')).DateInput }));

interface Found {
  id: number;
  text: string;
  judged: 'process' | 'result';
  clauseKey: string;
  conversationId: string;
}

export function RecordCheck({ contract }: { contract: Contract }) {
  const said = useWords(careWords);
  const shared = useWords(common);
  const { client } = useActing();
  const today = dateOf(Date.now(), contract.terms?.zone ?? 'UTC');
  const [checkedOn, setCheckedOn] = useState(today);
  const [inspector, setInspector] = useState('');
  const [evidence, setEvidence] = useState('');
  const [found, setFound] = useState<readonly Found[]>([]);
  const record = useAct(
    () => {
      const weaknesses = found.map(({ id: _, ...weakness }) => weakness);
      const path = { contractId: contract.contractId };
      return ask(api.POST('/contracts/{contractId}/supervision', { params: { path }, body: { checkedOn, inspector, weaknesses, ...consentOf(evidence) } }));
    },
    () => setFound([]),
  );
  const change = (id: number, part: Partial<Found>) => setFound((all) => all.map((each) => (each.id === id ? { ...each, ...part } : each)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    record.mutate(undefined);
  };
  const clauses: readonly (readonly [string, string])[] = [['', said.noClause], ...(contract.terms?.clauses ?? []).map(({ key }) => [key, key] as const)];
  return (
    <Panel title={said.record} about={said.recordAbout}>
      <form className="form" onSubmit={submit}>
        <div className="fields">
          <Field label={said.checkedOn}>
            {(field) => (
              <Suspense>
                <DateInput {...field} required max={today} value={checkedOn} onChange={setCheckedOn} />
              </Suspense>
            )}
          </Field>
          <Field label={said.inspectorName}>
            {(field) => <Input {...field} required maxLength={100} value={inspector} onChange={(event) => setInspector(event.target.value)} />}
          </Field>
          {client ? null : (
            <Field label={said.evidence} hint={said.evidenceHint}>
              {(field) => <Input {...field} required maxLength={2000} value={evidence} onChange={(event) => setEvidence(event.target.value)} />}
            </Field>
          )}
        </div>
        {found.map((weakness, index) => (
          <fieldset key={weakness.id} className="repeat">
            <legend>{said.weaknessN(String(index + 1))}</legend>
            <div className="fields">
              <Field label={said.weakness} wide>
                {(field) => (
                  <Input.TextArea
                    {...field}
                    required
                    maxLength={4000}
                    autoSize={{ minRows: 2 }}
                    value={weakness.text}
                    onChange={(event) => change(weakness.id, { text: event.target.value })}
                  />
                )}
              </Field>
              <Field label={said.judged}>
                {(field) => (
                  <Choice
                    described={field}
                    value={weakness.judged}
                    options={[
                      ['process', said.judgedWords['process'] ?? ''],
                      ['result', said.judgedWords['result'] ?? ''],
                    ]}
                    onChange={(judged) => change(weakness.id, { judged })}
                  />
                )}
              </Field>
              <Field label={said.clause}>
                {(field) => (
                  <Choice described={field} value={weakness.clauseKey} options={clauses} onChange={(clauseKey) => change(weakness.id, { clauseKey })} />
                )}
              </Field>
              <Field label={said.conversationId} hint={shared.optional}>
                {(field) => (
                  <Input {...field} value={weakness.conversationId} onChange={(event) => change(weakness.id, { conversationId: event.target.value.trim() })} />
                )}
              </Field>
            </div>
            <div className="actions">
              <Button onClick={() => setFound((all) => all.filter(({ id }) => id !== weakness.id))}>{shared.remove}</Button>
            </div>
          </fieldset>
        ))}
        <div className="actions">
          <Button
            onClick={() => setFound((all) => [...all, { id: (all.at(-1)?.id ?? 0) + 1, text: '', judged: 'process', clauseKey: '', conversationId: '' }])}
          >
            {said.addWeakness}
          </Button>
          <Button type="primary" htmlType="submit" loading={record.isPending}>
            {said.saveCheck}
          </Button>
        </div>
        <Refusal error={record.error} />
      </form>
    </Panel>
  );
}

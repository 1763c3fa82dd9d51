// A check of the client's with what it found: each weakness judges the process or the result, against a clause or none.
import { Input } from 'antd';
import { useState } from 'react';
import { api, ask } from '../../api/http.ts';
import type { Contract } from '../../api/types.ts';
import { dateOf } from '../../format/dates.ts';
import { Choice, Field } from '../../parts/field.tsx';
import { useWords } from '../../words/words.ts';
import { useAct, useActing } from './acting.ts';
import { DayField, RecordForm, useRows } from './record-form.tsx';
import { consentOf } from './said-form.tsx';
import { careWords } from './words.ts';

interface Found {
  text: string;
  judged: 'process' | 'result';
  clauseKey: string;
  conversationId: string;
}

export function RecordCheck({ contract }: { contract: Contract }) {
  const said = useWords(careWords);
  const { client } = useActing();
  const today = dateOf(Date.now(), contract.terms?.zone ?? 'UTC');
  const [checkedOn, setCheckedOn] = useState(today);
  const [inspector, setInspector] = useState('');
  const [evidence, setEvidence] = useState('');
  const found = useRows<Found>({ text: '', judged: 'process', clauseKey: '', conversationId: '' });
  const record = useAct(() => {
    const path = { contractId: contract.contractId };
    const body = { checkedOn, inspector, weaknesses: found.values, ...consentOf(evidence) };
    return ask(api.POST('/contracts/{contractId}/supervision', { params: { path }, body }));
  }, found.clear);
  const clauses: readonly (readonly [string, string])[] = [['', said.noClause], ...(contract.terms?.clauses ?? []).map(({ key }) => [key, key] as const)];
  return (
    <RecordForm
      title={said.record}
      about={said.recordAbout}
      of={found}
      legend={(nth) => said.weaknessN(String(nth))}
      add={said.addWeakness}
      save={said.saveCheck}
      sending={record}
      fields={(weakness, change) => (
        <>
          <Field label={said.weakness} wide>
            {(field) => (
              <Input.TextArea
                {...field}
                required
                maxLength={4000}
                autoSize={{ minRows: 2 }}
                value={weakness.text}
                onChange={(event) => change({ text: event.target.value })}
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
                onChange={(judged) => change({ judged })}
              />
            )}
          </Field>
          <Field label={said.clause}>
            {(field) => <Choice described={field} value={weakness.clauseKey} options={clauses} onChange={(clauseKey) => change({ clauseKey })} />}
          </Field>
          <Field label={said.conversationId} hint={said.conversationIdHint}>
            {(field) => <Input {...field} value={weakness.conversationId} onChange={(event) => change({ conversationId: event.target.value.trim() })} />}
          </Field>
        </>
      )}
    >
      <DayField label={said.checkedOn} max={today} value={checkedOn} onChange={setCheckedOn} />
      <Field label={said.inspectorName}>
        {(field) => <Input {...field} required maxLength={100} value={inspector} onChange={(event) => setInspector(event.target.value)} />}
      </Field>
      {client ? null : (
        <Field label={said.evidence} hint={said.evidenceHint}>
          {(field) => <Input {...field} required maxLength={2000} value={evidence} onChange={(event) => setEvidence(event.target.value)} />}
        </Field>
      )}
    </RecordForm>
  );
}

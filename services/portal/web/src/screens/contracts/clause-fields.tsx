// The form's part for what is promised: metric, allowance, target, clock, population and credit of each clause.
import { Button, Input } from 'antd';
import { Choice, Field } from '../../parts/field.tsx';
import { Panel } from '../../parts/page.tsx';
import { common } from '../../words/common.ts';
import { domain, wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { type ClauseDraft, newClause } from './draft.ts';
import { type PartProps, TIME } from './term-fields.tsx';
import { contractWords } from './words.ts';

const PERCENT = '\\d{1,3}(\\.\\d{1,2})?';
const BASES = ['none', 'usage-fee', 'monthly-fee', 'all-fees'] as const;

export function ClauseFields({ draft, change }: PartProps) {
  const said = useWords(contractWords);
  const set = (id: string, part: Partial<ClauseDraft>) =>
    change({ clauses: draft.clauses.map((clause) => (clause.id === id ? { ...clause, ...part } : clause)) });
  return (
    <Panel id="clauses" title={said.clauses}>
      <div className="form">
        {draft.clauses.map((clause) => (
          <OneClause
            key={clause.id}
            clause={clause}
            set={(part) => set(clause.id, part)}
            remove={() => change({ clauses: draft.clauses.filter((one) => one.id !== clause.id) })}
          />
        ))}
        <p>
          <Button onClick={() => change({ clauses: [...draft.clauses, { ...newClause(), key: `clause-${draft.clauses.length + 1}` }] })}>
            {said.addClause}
          </Button>
        </p>
      </div>
    </Panel>
  );
}

function OneClause({ clause, set, remove }: { clause: ClauseDraft; set: (part: Partial<ClauseDraft>) => void; remove: () => void }) {
  const said = useWords(contractWords);
  const terms = useWords(domain);
  const shared = useWords(common);
  return (
    <div className="repeat">
      <div className="fields">
        <Field label={said.metric}>
          {(field) => (
            <Choice
              described={field}
              value={clause.metric}
              onChange={(metric) => set({ metric, key: metric })}
              options={[
                ['first-response', wordFor(terms.metrics, 'first-response')],
                ['reply-rate', wordFor(terms.metrics, 'reply-rate')],
              ]}
            />
          )}
        </Field>
        <Field label={`${said.within} (${said.seconds})`}>
          {(field) => (
            <Input
              {...field}
              required
              inputMode="decimal"
              pattern="\d{1,7}(\.\d{1,3})?"
              value={clause.allowanceSeconds}
              onChange={(event) => set({ allowanceSeconds: event.target.value })}
            />
          )}
        </Field>
        <Field label={`${said.target} (%)`}>
          {(field) => (
            <Input
              {...field}
              required
              inputMode="decimal"
              pattern={PERCENT}
              value={clause.targetPercent}
              onChange={(event) => set({ targetPercent: event.target.value })}
            />
          )}
        </Field>
        <Field label={said.clock}>
          {(field) => (
            <Choice
              described={field}
              value={clause.clock}
              onChange={(clock) => set({ clock })}
              options={[
                ['service-hours', wordFor(terms.clocks, 'service-hours')],
                ['wall', wordFor(terms.clocks, 'wall')],
              ]}
            />
          )}
        </Field>
        <Field label={`${said.population} · ${said.from}`}>
          {(field) => (
            <Input {...field} pattern={TIME} placeholder="HH:MM" value={clause.begunFrom} onChange={(event) => set({ begunFrom: event.target.value })} />
          )}
        </Field>
        <Field label={`${said.population} · ${said.to}`}>
          {(field) => <Input {...field} pattern={TIME} placeholder="HH:MM" value={clause.begunTo} onChange={(event) => set({ begunTo: event.target.value })} />}
        </Field>
        <Field label={said.creditBase}>
          {(field) => (
            <Choice
              described={field}
              value={clause.creditBase}
              onChange={(creditBase) => set({ creditBase })}
              options={BASES.map((base) => [base, wordFor(said.creditBases, base)] as const)}
            />
          )}
        </Field>
        {clause.creditBase === 'none' ? null : (
          <Field label={`${said.creditRate} (%)`}>
            {(field) => (
              <Input
                {...field}
                required
                inputMode="decimal"
                pattern={PERCENT}
                value={clause.creditPercent}
                onChange={(event) => set({ creditPercent: event.target.value })}
              />
            )}
          </Field>
        )}
        <Field label={said.key} hint={said.keyHint}>
          {(field) => (
            <Input {...field} required pattern="[a-z][a-z0-9]*(-[a-z0-9]+)*" value={clause.key} onChange={(event) => set({ key: event.target.value })} />
          )}
        </Field>
        <div className="checks">
          <label>
            <input type="checkbox" checked={clause.pooled} onChange={(event) => set({ pooled: event.target.checked })} />
            {said.pooled}
          </label>
        </div>
      </div>
      <p>
        <button type="button" className="plain" onClick={remove}>
          {shared.remove}
        </button>
      </p>
    </div>
  );
}

// The form's parts for people and quality, trial and handover, payment and the end. What stays empty reads "none agreed".
import { Button, Input } from 'antd';
import { Choice, Field } from '../../parts/field.tsx';
import { Panel } from '../../parts/page.tsx';
import { common } from '../../words/common.ts';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { type BatchDraft, newBatch, newStaff, type StaffDraft } from './draft.ts';
import { draftWords } from './draft-words.ts';
import { type PartProps, toggled } from './term-fields.tsx';

const WHOLE = '\\d{0,7}';
const LEVELS = ['unspecified', 'junior', 'middle', 'senior', 'account-manager'] as const;
const ENGAGEMENTS = ['unspecified', 'long', 'short', 'temporary'] as const;
const TEXTS = [
  ['qualityStandard', 'quality'],
  ['assessmentMethod', 'assessment'],
  ['serviceProcess', 'process'],
] as const;

export function PeopleFields({ draft, change }: PartProps) {
  const said = useWords(draftWords);
  const shared = useWords(common);
  const set = (id: string, part: Partial<StaffDraft>) => change({ staffing: draft.staffing.map((one) => (one.id === id ? { ...one, ...part } : one)) });
  return (
    <Panel id="people" title={said.people}>
      <div className="form">
        {draft.staffing.map((staff) => (
          <div className="repeat" key={staff.id}>
            <div className="fields">
              <Field label={said.level}>
                {(field) => (
                  <Choice
                    described={field}
                    value={staff.level}
                    onChange={(level) => set(staff.id, { level })}
                    options={LEVELS.map((one) => [one, wordFor(said.levels, one)] as const)}
                  />
                )}
              </Field>
              <Field label={said.count}>
                {(field) => (
                  <Input
                    {...field}
                    required
                    inputMode="numeric"
                    pattern={WHOLE}
                    value={staff.count}
                    onChange={(event) => set(staff.id, { count: event.target.value })}
                  />
                )}
              </Field>
            </div>
            <p>
              <button type="button" className="plain" onClick={() => change({ staffing: draft.staffing.filter((one) => one.id !== staff.id) })}>
                {shared.remove}
              </button>
            </p>
          </div>
        ))}
        <p>
          <Button onClick={() => change({ staffing: [...draft.staffing, newStaff()] })}>{said.addStaff}</Button>
        </p>
        <div className="fields">
          <Field label={said.engagement}>
            {(field) => (
              <Choice
                described={field}
                value={draft.engagement}
                onChange={(engagement) => change({ engagement })}
                options={ENGAGEMENTS.map((one) => [one, wordFor(said.engagements, one)] as const)}
              />
            )}
          </Field>
          <Field label={said.training} hint={said.trainingHint} wide>
            {(field) => (
              <Input.TextArea {...field} rows={3} value={draft.trainingSupport} onChange={(event) => change({ trainingSupport: event.target.value })} />
            )}
          </Field>
          {TEXTS.map(([key, name]) => (
            <Field key={key} label={said[name]} wide>
              {(field) => (
                <Input.TextArea {...field} rows={3} maxLength={4000} value={draft[key]} onChange={(event) => change({ [key]: event.target.value })} />
              )}
            </Field>
          ))}
        </div>
      </div>
    </Panel>
  );
}

export function HandoverFields({ draft, change, shops }: PartProps & { shops: readonly { readonly shopId: string; readonly name: string }[] }) {
  const said = useWords(draftWords);
  const shared = useWords(common);
  const set = (id: string, part: Partial<BatchDraft>) => change({ batches: draft.batches.map((one) => (one.id === id ? { ...one, ...part } : one)) });
  const number = (label: string, value: string, onChange: (value: string) => void, hint?: string) => (
    <Field label={label} {...(hint === undefined ? {} : { hint })}>
      {(field) => <Input {...field} inputMode="numeric" pattern={WHOLE} value={value} onChange={(event) => onChange(event.target.value)} />}
    </Field>
  );
  return (
    <Panel id="handover" title={said.handover}>
      <div className="form">
        <div className="fields">
          {number(said.trialDays, draft.trialDays, (trialDays) => change({ trialDays }), said.trialDaysHint)}
          {draft.trialDays.trim() === '' || draft.clauses.length === 0 ? null : (
            <fieldset className="field">
              <legend className="field-label">{said.trialClauses}</legend>
              <div className="checks">
                {draft.clauses.map(({ id, key }) => (
                  <label key={id}>
                    <input
                      type="checkbox"
                      checked={draft.trialClauses.includes(key)}
                      onChange={(event) => change({ trialClauses: toggled(draft.trialClauses, key, event.target.checked) })}
                    />
                    {key}
                  </label>
                ))}
              </div>
            </fieldset>
          )}
        </div>
        {draft.batches.map((batch) => (
          <div className="repeat" key={batch.id}>
            <div className="fields">
              <Field label={said.batchName}>
                {(field) => <Input {...field} maxLength={200} value={batch.name} onChange={(event) => set(batch.id, { name: event.target.value })} />}
              </Field>
              <Field label={said.batchKey}>
                {(field) => (
                  <Input
                    {...field}
                    required
                    pattern="[a-z][a-z0-9]*(-[a-z0-9]+)*"
                    value={batch.key}
                    onChange={(event) => set(batch.id, { key: event.target.value })}
                  />
                )}
              </Field>
              {number(said.products, batch.products, (products) => set(batch.id, { products }))}
              {number(said.agents, batch.agents, (agents) => set(batch.id, { agents }))}
              {shops.length < 2 ? null : (
                <fieldset className="field field-wide">
                  <legend className="field-label">{said.batchShops}</legend>
                  <div className="checks">
                    {shops.map(({ shopId, name }) => (
                      <label key={shopId}>
                        <input
                          type="checkbox"
                          checked={batch.shopIds.includes(shopId)}
                          onChange={(event) => set(batch.id, { shopIds: toggled(batch.shopIds, shopId, event.target.checked) })}
                        />
                        {name}
                      </label>
                    ))}
                  </div>
                </fieldset>
              )}
            </div>
            <p>
              <button type="button" className="plain" onClick={() => change({ batches: draft.batches.filter((one) => one.id !== batch.id) })}>
                {shared.remove}
              </button>
            </p>
          </div>
        ))}
        <p className="hint">{draft.batches.length === 0 ? said.batchesHint : null}</p>
        <p>
          <Button onClick={() => change({ batches: [...draft.batches, newBatch(draft.batches.length + 1)] })}>{said.addBatch}</Button>
        </p>
      </div>
    </Panel>
  );
}

const NUMBERS = [
  ['paymentDays', 'paymentDays', WHOLE],
  ['lateFeePercent', 'lateFeePercent', '\\d{0,1}(\\.\\d{1,2})?'],
  ['graceDays', 'grace', WHOLE],
  ['noticeDays', 'noticeDays', WHOLE],
  ['renewalMonths', 'renewalMonths', WHOLE],
  ['remindDays', 'remindDays', WHOLE],
] as const;

export function DateFields({ draft, change }: PartProps) {
  const said = useWords(draftWords);
  return (
    <Panel id="dates" title={said.money}>
      <div className="fields">
        {NUMBERS.map(([key, name, pattern]) => (
          <Field key={key} label={said[name]}>
            {(field) => (
              <Input {...field} inputMode="decimal" pattern={pattern} value={draft[key]} onChange={(event) => change({ [key]: event.target.value })} />
            )}
          </Field>
        ))}
      </div>
    </Panel>
  );
}

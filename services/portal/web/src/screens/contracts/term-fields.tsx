// The form's parts for term, scope, service hours and fees.
import { Button, Input } from 'antd';
import { weekdayName } from '../../format/dates.ts';
import { DateInput } from '../../parts/date-input.tsx';
import { Choice, Field } from '../../parts/field.tsx';
import { Panel } from '../../parts/page.tsx';
import { common } from '../../words/common.ts';
import { domain, wordFor } from '../../words/domain.ts';
import { useLocale, useWords } from '../../words/words.ts';
import { type Draft, newWindow, type WindowDraft } from './draft.ts';
import { contractWords } from './words.ts';

export interface PartProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
}

/** HH:MM; 24:00 ends a day. */
export const TIME = '([01]\\d|2[0-3]):[0-5]\\d|24:00';

const AMOUNT = '\\d{1,12}(\\.\\d{1,2})?';

/** Adds a value to a list or takes it out. */
export const toggled = <V,>(list: readonly V[], value: V, on: boolean): V[] => (on ? [...list, value] : list.filter((one) => one !== value));

export function TermFields({ draft, change }: PartProps) {
  const said = useWords(contractWords);
  const terms = useWords(domain);
  return (
    <Panel id="period" title={said.period}>
      <div className="fields">
        <Field label={said.effectiveOn}>
          {(field) => <DateInput {...field} required value={draft.effectiveOn} onChange={(date) => change({ effectiveOn: date })} />}
        </Field>
        <Field label={said.endsOn} hint={said.open}>
          {(field) => <DateInput {...field} min={draft.effectiveOn} value={draft.endsOn} onChange={(date) => change({ endsOn: date })} />}
        </Field>
        <Field label={said.zone} hint={said.zoneHint}>
          {(field) => <Input {...field} required value={draft.zone} onChange={(event) => change({ zone: event.target.value })} />}
        </Field>
        <Field label={said.currency}>
          {(field) => (
            <Input
              {...field}
              required
              pattern="[A-Z]{3}"
              maxLength={3}
              value={draft.currency}
              onChange={(event) => change({ currency: event.target.value.toUpperCase() })}
            />
          )}
        </Field>
        <Field label={said.calendar}>
          {(field) => (
            <Choice
              described={field}
              value={draft.holidayCalendar}
              onChange={(holidayCalendar) => change({ holidayCalendar })}
              options={Object.entries(said.calendars)}
            />
          )}
        </Field>
        <fieldset className="field">
          <legend className="field-label">{said.scope}</legend>
          <div className="checks">
            {(['pre-sale', 'after-sale'] as const).map((scope) => (
              <label key={scope}>
                <input
                  type="checkbox"
                  checked={draft.scope.includes(scope)}
                  onChange={(event) => change({ scope: toggled(draft.scope, scope, event.target.checked) })}
                />
                {wordFor(terms.scope, scope)}
              </label>
            ))}
          </div>
          <p className="hint">{said.scopeHint}</p>
        </fieldset>
      </div>
    </Panel>
  );
}

export function WindowFields({ draft, change }: PartProps) {
  const said = useWords(contractWords);
  const shared = useWords(common);
  const locale = useLocale();
  const set = (id: string, part: Partial<WindowDraft>) =>
    change({ windows: draft.windows.map((window) => (window.id === id ? { ...window, ...part } : window)) });
  return (
    <Panel id="windows" title={said.windows} about={said.windowsAbout}>
      <div className="form">
        {draft.windows.map((window) => (
          <div className="repeat" key={window.id}>
            <div className="fields">
              <fieldset className="field field-wide">
                <legend className="field-label">{said.weekdays}</legend>
                <div className="checks">
                  {[1, 2, 3, 4, 5, 6, 7].map((day) => (
                    <label key={day}>
                      <input
                        type="checkbox"
                        checked={window.weekdays.length === 0 || window.weekdays.includes(day)}
                        onChange={(event) =>
                          set(window.id, {
                            weekdays: toggled(window.weekdays.length === 0 ? [1, 2, 3, 4, 5, 6, 7] : window.weekdays, day, event.target.checked).sort(),
                          })
                        }
                      />
                      {weekdayName(day, locale)}
                    </label>
                  ))}
                </div>
              </fieldset>
              <Field label={said.from}>
                {(field) => (
                  <Input
                    {...field}
                    required
                    pattern={TIME}
                    placeholder="HH:MM"
                    value={window.from}
                    onChange={(event) => set(window.id, { from: event.target.value })}
                  />
                )}
              </Field>
              <Field label={said.to}>
                {(field) => (
                  <Input
                    {...field}
                    required
                    pattern={TIME}
                    placeholder="HH:MM"
                    value={window.to}
                    onChange={(event) => set(window.id, { to: event.target.value })}
                  />
                )}
              </Field>
              <Field label={said.holidays}>
                {(field) => (
                  <Choice
                    described={field}
                    value={window.holidays}
                    onChange={(holidays) => set(window.id, { holidays })}
                    options={[
                      ['unspecified', wordFor(said.holidayRules, 'unspecified')],
                      ['closed', wordFor(said.holidayRules, 'closed')],
                      ['only', wordFor(said.holidayRules, 'only')],
                    ]}
                  />
                )}
              </Field>
            </div>
            <p>
              <button type="button" className="plain" onClick={() => change({ windows: draft.windows.filter((one) => one.id !== window.id) })}>
                {shared.remove}
              </button>
            </p>
          </div>
        ))}
        <p>
          <Button onClick={() => change({ windows: [...draft.windows, newWindow()] })}>{said.addWindow}</Button>
        </p>
      </div>
    </Panel>
  );
}

export function FeeFields({ draft, change }: PartProps) {
  const said = useWords(contractWords);
  const terms = useWords(domain);
  const amount = (label: string, value: string, set: (value: string) => void, hint?: string) => (
    <Field label={`${label} (${draft.currency})`} {...(hint === undefined ? {} : { hint })}>
      {(field) => <Input {...field} inputMode="decimal" pattern={AMOUNT} value={value} onChange={(event) => set(event.target.value)} />}
    </Field>
  );
  return (
    <Panel id="fees" title={said.fees}>
      <div className="fields">
        {amount(said.deposit, draft.deposit, (deposit) => change({ deposit }))}
        {amount(said.monthlyFee, draft.monthlyFee, (monthlyFee) => change({ monthlyFee }), said.monthlyFeeHint)}
        <Field label={said.unit}>
          {(field) => (
            <Choice
              described={field}
              value={draft.unit}
              onChange={(unit) => change({ unit })}
              options={[
                ['unspecified', said.usageNone],
                ['conversation', wordFor(terms.units, 'conversation')],
                ['buyer-day', wordFor(terms.units, 'buyer-day')],
              ]}
            />
          )}
        </Field>
        {amount(said.unitPrice, draft.unitPrice, (unitPrice) => change({ unitPrice }))}
        <Field label={said.included}>
          {(field) => (
            <Input {...field} inputMode="numeric" pattern="\d{1,9}" value={draft.included} onChange={(event) => change({ included: event.target.value })} />
          )}
        </Field>
        <fieldset className="field field-wide">
          <legend className="field-label">{said.exclusions}</legend>
          <div className="checks">
            {(['bot-only', 'outside-service-hours', 'unanswered'] as const).map((exclusion) => (
              <label key={exclusion}>
                <input
                  type="checkbox"
                  checked={draft.exclusions.includes(exclusion)}
                  onChange={(event) => change({ exclusions: toggled(draft.exclusions, exclusion, event.target.checked) })}
                />
                {wordFor(terms.exclusions, exclusion)}
              </label>
            ))}
          </div>
          <p className="hint">{draft.exclusions.length === 0 ? wordFor(terms.exclusions, 'none') : null}</p>
        </fieldset>
      </div>
    </Panel>
  );
}

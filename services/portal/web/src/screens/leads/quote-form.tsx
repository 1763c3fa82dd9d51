// Makes a quote: steps with quantities from the profile and prices that the vendor types; amounts and sums stand beside them while typing.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { api, ask } from '../../api/http.ts';
import { useFormat } from '../../format/use-format.ts';
import { DateInput } from '../../parts/date-input.tsx';
import { Choice, Field } from '../../parts/field.tsx';
import { Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { common } from '../../words/common.ts';
import { domain, wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import type { Lead } from './queries.ts';
import { basisOf, ruleOf } from './rules.ts';
import { amountOf, isSuggested, type StepDraft, totalsOf } from './steps.ts';
import { leadWords } from './words.ts';

const DECIMAL = '-?\\d{1,12}(\\.\\d{1,6})?';
const EXCLUSIONS = ['bot-only', 'outside-service-hours', 'unanswered'] as const;

interface Draft {
  steps: StepDraft[];
  unit: 'conversation' | 'buyer-day';
  usagePrice: string;
  exclusions: (typeof EXCLUSIONS)[number][];
  deposit: string;
  trialDays: string;
  agents: string;
  validUntil: string;
  currency: string;
  note: string;
}

export function QuoteForm({ lead }: { lead: Lead }) {
  const said = useWords(leadWords);
  const format = useFormat();
  const cache = useQueryClient();
  const [draft, setDraft] = useState<Draft>(() => beginning(lead));
  const change = (part: Partial<Draft>) => setDraft((current) => ({ ...current, ...part }));
  const issue = useMutation({
    mutationFn: () => ask(api.POST('/leads/{leadId}/quotes', { params: { path: { leadId: lead.leadId } }, body: bodyOf(draft, lead) })),
    onSettled: () => cache.invalidateQueries({ queryKey: ['shops'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    issue.mutate();
  };
  const { monthlyFee, estimate } = totalsOf(draft.steps, draft.currency);
  const next = (lead.quotes[0]?.quote?.version ?? 0) + 1;
  return (
    <Panel title={next === 1 ? said.newQuote : said.nextQuote(String(next))} about={said.quoteAbout}>
      <form className="form" onSubmit={submit}>
        <StepFields draft={draft} change={change} lead={lead} />
        <p>
          <strong>
            {said.monthlyFee} {format.money(monthlyFee)} · {said.estimate} {format.money(estimate)}
          </strong>
        </p>
        <OtherFields draft={draft} change={change} />
        <Refusal error={issue.error} />
        <p>
          <Button type="primary" htmlType="submit" loading={issue.isPending}>
            {said.issue}
          </Button>
        </p>
      </form>
    </Panel>
  );
}

interface PartProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
}

function StepFields({ draft, change, lead }: PartProps & { lead: Lead }) {
  const said = useWords(leadWords);
  const shared = useWords(common);
  const format = useFormat();
  const set = (id: string, part: Partial<StepDraft>) => change({ steps: draft.steps.map((step) => (step.id === id ? { ...step, ...part } : step)) });
  const nameOf = (step: StepDraft): string =>
    [wordFor(said.steps, step.key), lead.profiles.find(({ shopId }) => shopId === step.shopId)?.name ?? '', step.ofUsage ? said.ofUsage : '']
      .filter((part) => part !== '')
      .join(' · ');
  return (
    <>
      {draft.steps.map((step) => (
        <fieldset className="repeat" key={step.id}>
          <legend className="field-label">{nameOf(step)}</legend>
          <div className="fields">
            <Field label={said.quantity}>
              {(field) => (
                <Input
                  {...field}
                  required
                  inputMode="decimal"
                  pattern={DECIMAL}
                  value={step.quantity}
                  onChange={(event) => set(step.id, { quantity: event.target.value })}
                />
              )}
            </Field>
            <Field label={`${said.unitPrice} (${draft.currency})`} hint={`= ${format.money(amountOf(step, draft.currency))}`}>
              {(field) => (
                <Input
                  {...field}
                  required
                  inputMode="decimal"
                  pattern={DECIMAL}
                  value={step.unitPrice}
                  onChange={(event) => {
                    set(step.id, { unitPrice: event.target.value });
                    if (step.ofUsage)
                      change({
                        usagePrice: event.target.value,
                        steps: draft.steps.map((one) => (one.ofUsage ? { ...one, unitPrice: event.target.value } : one)),
                      });
                  }}
                />
              )}
            </Field>
            <RuleField step={step} lead={lead} set={(rule) => set(step.id, { rule })} />
          </div>
          <p>
            <button
              type="button"
              className="plain"
              aria-label={`${shared.remove}: ${nameOf(step)}`}
              onClick={() => change({ steps: draft.steps.filter((one) => one.id !== step.id) })}
            >
              {shared.remove}
            </button>
          </p>
        </fieldset>
      ))}
      <p>
        <Button onClick={() => change({ steps: [...draft.steps, newStep(draft.steps.length + 1)] })}>{said.addStep}</Button>
      </p>
    </>
  );
}

/** How the quantity came about: said from profile and plan as long as they suggest it, unless the vendor says it otherwise. */
function RuleField({ step, lead, set }: { step: StepDraft; lead: Lead; set: (rule: string) => void }) {
  const said = useWords(leadWords);
  const suggested = isSuggested(step, lead.suggestedSteps);
  const sentence = suggested ? ruleOf(said, { ...step, suggested }, basisOf(lead)) : '';
  return (
    <Field label={said.rule} wide {...(suggested ? { hint: said.ruleHint } : {})}>
      {(field) => (
        <Input {...field} required={!suggested} placeholder={sentence} maxLength={300} value={step.rule} onChange={(event) => set(event.target.value)} />
      )}
    </Field>
  );
}

function OtherFields({ draft, change }: PartProps) {
  const said = useWords(leadWords);
  const terms = useWords(domain);
  const text = (label: string, value: string, set: (value: string) => void, pattern: string, required = false) => (
    <Field label={label}>
      {(field) => <Input {...field} inputMode="decimal" required={required} pattern={pattern} value={value} onChange={(event) => set(event.target.value)} />}
    </Field>
  );
  return (
    <div className="fields">
      {text(`${said.usagePrice} (${draft.currency})`, draft.usagePrice, (usagePrice) => change({ usagePrice }), DECIMAL)}
      <Field label={said.unit}>
        {(field) => (
          <Choice
            described={field}
            value={draft.unit}
            onChange={(unit) => change({ unit })}
            options={(['conversation', 'buyer-day'] as const).map((one) => [one, wordFor(terms.units, one)] as const)}
          />
        )}
      </Field>
      {text(`${said.deposit} (${draft.currency})`, draft.deposit, (deposit) => change({ deposit }), '\\d{1,12}(\\.\\d{1,2})?')}
      {text(said.trialDays, draft.trialDays, (trialDays) => change({ trialDays }), '\\d{0,3}')}
      {text(said.agents, draft.agents, (agents) => change({ agents }), '\\d{1,6}', true)}
      <Field label={said.validUntil}>
        {(field) => <DateInput {...field} required value={draft.validUntil} onChange={(validUntil) => change({ validUntil })} />}
      </Field>
      <Field label={said.note}>
        {(field) => <Input {...field} maxLength={2000} value={draft.note} onChange={(event) => change({ note: event.target.value })} />}
      </Field>
      <fieldset className="field field-wide">
        <legend className="field-label">{said.exclusions}</legend>
        <div className="checks">
          {EXCLUSIONS.map((one) => (
            <label key={one}>
              <input
                type="checkbox"
                checked={draft.exclusions.includes(one)}
                onChange={(event) =>
                  change({ exclusions: event.target.checked ? [...draft.exclusions, one] : draft.exclusions.filter((other) => other !== one) })
                }
              />
              {wordFor(terms.exclusions, one)}
            </label>
          ))}
        </div>
      </fieldset>
    </div>
  );
}

function newStep(nth: number): StepDraft {
  return { id: crypto.randomUUID(), key: `step-${nth}`, quantity: '1', unitPrice: '', rule: '', shopId: '', ofUsage: false, suggested: false };
}

/** The last quote again, or what profile and plan suggest. */
function beginning(lead: Lead): Draft {
  const last = lead.quotes[0]?.quote;
  const steps = (last?.steps ?? lead.suggestedSteps).map(({ key, quantity, unitPrice, rule, shopId, ofUsage, suggested }) => ({
    ...{ id: crypto.randomUUID(), key, quantity, unitPrice, rule, shopId, ofUsage, suggested },
  }));
  const headcount = lead.profiles.reduce((all, { agentHeadcount = 0 }) => all + agentHeadcount, 0);
  return {
    steps,
    unit: last?.usage?.unit === 'buyer-day' ? 'buyer-day' : 'conversation',
    usagePrice: last?.usage?.unitPrice ?? '',
    exclusions: EXCLUSIONS.filter((one) => last?.usage?.exclusions.includes(one) ?? false),
    deposit: last?.deposit?.amount ?? '',
    trialDays: last === undefined ? '15' : String(last.trialDays),
    agents: String(last?.agents ?? (headcount || 1)),
    validUntil: '',
    currency: last?.estimate?.currency ?? 'CNY',
    note: last?.note ?? '',
  };
}

function bodyOf(draft: Draft, lead: Lead) {
  const { currency, agents, validUntil, unit, exclusions } = draft;
  const priced = draft.usagePrice.trim() !== '';
  return {
    currency,
    steps: draft.steps.map(({ key, quantity, unitPrice, rule, shopId, ofUsage }) => {
      const counted = quantity.trim();
      const suggested = rule.trim() === '' && isSuggested({ key, shopId, quantity: counted }, lead.suggestedSteps);
      return { key, quantity: counted, unitPrice: unitPrice.trim(), rule, shopId, ofUsage, suggested };
    }),
    ...(priced
      ? { usage: { unit, unitPrice: draft.usagePrice.trim(), included: 0, exclusions: exclusions.length === 0 ? ['none' as const] : exclusions } }
      : {}),
    ...(draft.deposit.trim() === '' ? {} : { deposit: { currency, amount: draft.deposit.trim() } }),
    trialDays: Number(draft.trialDays) || 0,
    agents: Number(agents) || 0,
    validUntil,
    note: draft.note.trim(),
  };
}

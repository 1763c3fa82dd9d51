// The forms of what a shop needs: its profile, and the plan. What is not known yet may stay empty; the lead says what a quote still lacks.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { api, ask } from '../../api/http.ts';
import { Choice, Field } from '../../parts/field.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { common } from '../../words/common.ts';
import { domain, wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import type { Lead, ShopProfile } from './queries.ts';
import { leadWords } from './words.ts';

const PLATFORMS = ['tmall', 'jd', 'pinduoduo', 'douyin', 'own'] as const;
const CAMPAIGNS = ['unspecified', 'none', 'quarterly', 'monthly', 'weekly'] as const;
const WHOLE = '\\d{0,9}';

export function ProfileForm({ leadId, profile, done }: { leadId: string; profile: ShopProfile | undefined; done: () => void }) {
  const said = useWords(leadWords);
  const shared = useWords(common);
  const platforms: Record<string, string> = useWords(domain).platforms;
  const cache = useQueryClient();
  const [code, setCode] = useState(profile?.code ?? '');
  const [name, setName] = useState(profile?.name ?? '');
  const [platform, setPlatform] = useState(profile?.platform ?? 'tmall');
  const [category, setCategory] = useState(profile?.category ?? '');
  const [headcount, setHeadcount] = useState(numberText(profile?.agentHeadcount));
  const [inquiries, setInquiries] = useState(numberText(profile?.averageInquiries));
  const [campaigns, setCampaigns] = useState<ShopProfile['campaigns']>(profile?.campaigns ?? 'unspecified');
  const save = useMutation({
    mutationFn: () => {
      const given = { code: code.trim(), name: name.trim(), platform, category: category.trim(), campaigns };
      const numbers = { ...optional('agentHeadcount', headcount), ...optional('averageInquiries', inquiries) };
      return ask(api.POST('/leads/{leadId}/profiles', { params: { path: { leadId } }, body: { profile: { ...given, ...numbers } } }));
    },
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['shops'] });
      done();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const known = profile !== undefined;
  return (
    <form className="form" onSubmit={submit}>
      <div className="fields">
        <Field label={said.code} hint={said.codeHint}>
          {(field) => <Input {...field} required disabled={known} maxLength={100} value={code} onChange={(event) => setCode(event.target.value)} />}
        </Field>
        <Field label={said.name}>
          {(field) => <Input {...field} required disabled={known} maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        {known ? null : (
          <Field label={said.platform}>
            {(field) => (
              <Choice
                described={field}
                value={platform}
                onChange={setPlatform}
                options={PLATFORMS.map((one) => [one as string, wordFor(platforms, one)] as const)}
              />
            )}
          </Field>
        )}
        <Field label={said.category}>
          {(field) => <Input {...field} maxLength={100} value={category} onChange={(event) => setCategory(event.target.value)} />}
        </Field>
        <Field label={said.headcount}>
          {(field) => <Input {...field} inputMode="numeric" pattern={WHOLE} value={headcount} onChange={(event) => setHeadcount(event.target.value)} />}
        </Field>
        <Field label={said.inquiries}>
          {(field) => <Input {...field} inputMode="numeric" pattern={WHOLE} value={inquiries} onChange={(event) => setInquiries(event.target.value)} />}
        </Field>
        <Field label={said.campaigns}>
          {(field) => (
            <Choice
              described={field}
              value={campaigns}
              onChange={setCampaigns}
              options={CAMPAIGNS.map((one) => [one, wordFor(said.campaignWords, one)] as const)}
            />
          )}
        </Field>
      </div>
      <Refusal error={save.error} />
      <p className="actions">
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {said.saveShop}
        </Button>
        <Button onClick={done}>{shared.cancel}</Button>
      </p>
    </form>
  );
}

export function PlanForm({ leadId, plan }: { leadId: string; plan: Lead['plan'] }) {
  const said = useWords(leadWords);
  const cache = useQueryClient();
  const [coverage, setCoverage] = useState(plan?.coverage ?? 'together');
  const [engagement, setEngagement] = useState(plan?.engagement ?? 'long');
  const [separated, setSeparated] = useState(plan?.separated ?? false);
  const [note, setNote] = useState(plan?.note ?? '');
  const save = useMutation({
    mutationFn: () => ask(api.POST('/leads/{leadId}/plan', { params: { path: { leadId } }, body: { coverage, engagement, separated, note: note.trim() } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ['shops'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className="form" onSubmit={submit}>
      <div className="fields">
        <Field label={said.coverage}>
          {(field) => (
            <Choice
              described={field}
              value={coverage}
              onChange={setCoverage}
              options={(['together', 'pre-sale-first', 'after-sale-first'] as const).map((one) => [one, wordFor(said.coverages, one)] as const)}
            />
          )}
        </Field>
        <Field label={said.engagement}>
          {(field) => (
            <Choice
              described={field}
              value={engagement}
              onChange={setEngagement}
              options={(['long', 'short', 'temporary'] as const).map((one) => [one, wordFor(said.engagements, one)] as const)}
            />
          )}
        </Field>
        <Field label={said.note}>{(field) => <Input {...field} maxLength={2000} value={note} onChange={(event) => setNote(event.target.value)} />}</Field>
        <div className="checks">
          <label>
            <input type="checkbox" checked={separated} onChange={(event) => setSeparated(event.target.checked)} />
            {said.separated}
          </label>
        </div>
      </div>
      <Refusal error={save.error} />
      <p>
        <Button htmlType="submit" loading={save.isPending}>
          {said.savePlan}
        </Button>
      </p>
    </form>
  );
}

function numberText(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}

/** An empty field is not zero: it is not known. */
function optional<Name extends string>(name: Name, typed: string): { [Key in Name]?: number } {
  return typed.trim() === '' ? {} : ({ [name]: Number(typed) } as { [Key in Name]?: number });
}

// Writes a contract, or takes over a running one: every term there is, and what is still missing said in words.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, useCallback, useEffect, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useShop } from '../../api/lookups.ts';
import { ClientChoice, ShopChecks } from '../../parts/chooser.tsx';
import { DateInput } from '../../parts/date-input.tsx';
import { Choice, Field } from '../../parts/field.tsx';
import { FileField, type StoredFile } from '../../parts/file-field.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { useLocale, useWords } from '../../words/words.ts';
import { ClauseFields } from './clause-fields.tsx';
import { type Draft, emptyDraft, missingIn, termsOf } from './draft.ts';
import { DateFields, HandoverFields, PeopleFields } from './further-fields.tsx';
import { FeeFields, TermFields, WindowFields } from './term-fields.tsx';
import { contractWords } from './words.ts';

interface Parties {
  clientId: string;
  shopIds: string[];
  number: string;
  kind: 'sign' | 'take-over';
  importedFrom: string;
  signedOn: string;
  evidence: string;
  files: readonly StoredFile[];
}

export function Screen() {
  const said = useWords(contractWords);
  const locale = useLocale();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [parties, setParties] = useState<Parties>({
    clientId: params.get('client') ?? '',
    shopIds: params.get('shop') === null ? [] : [params.get('shop') ?? ''],
    number: '',
    kind: 'sign',
    importedFrom: '',
    signedOn: '',
    evidence: '',
    files: [],
  });
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  const change = (part: Partial<Draft>) => setDraft((current) => ({ ...current, ...part }));
  const changeParties = useCallback((part: Partial<Parties>) => setParties((current) => ({ ...current, ...part })), []);
  const [tried, setTried] = useState(false);
  const missing = [
    ...missingIn(draft),
    ...(parties.kind === 'sign' && parties.signedOn === '' ? (['signedOn'] as const) : []),
    ...(parties.shopIds.length === 0 ? (['shops'] as const) : []),
  ];
  const names = {
    windows: said.windows,
    effectiveOn: said.effectiveOn,
    currency: said.currency,
    zone: said.zone,
    unit: said.unit,
    clauses: said.clauses,
    signedOn: said.signedOn,
    shops: said.shops,
  };

  const save = useMutation({
    mutationFn: () => {
      const shared = { number: parties.number.trim(), clientId: parties.clientId, shopIds: parties.shopIds, terms: termsOf(draft) };
      return parties.kind === 'take-over'
        ? ask(api.POST('/contracts/import', { body: { ...shared, importedFrom: parties.importedFrom.trim() } }))
        : ask(
            api.POST('/contracts', {
              body: {
                ...shared,
                signedOn: parties.signedOn,
                clientConsent: { decidedBy: 'vendor-on-behalf', evidence: parties.evidence.trim(), fileIds: parties.files.map(({ fileId }) => fileId) },
              },
            }),
          );
    },
    onSuccess: async (contract) => {
      await cache.invalidateQueries({ queryKey: ['shops'] });
      await navigate(`/contracts/${contract.contractId}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (missing.length === 0) save.mutate();
  };
  return (
    <Page title={said.newTitle} about={said.newAbout}>
      <form className="stack" onSubmit={submit} noValidate={false}>
        <PartyFields parties={parties} change={changeParties} />
        <TermFields draft={draft} change={change} />
        <WindowFields draft={draft} change={change} />
        <PeopleFields draft={draft} change={change} />
        <FeeFields draft={draft} change={change} />
        <ClauseFields draft={draft} change={change} />
        <HandoverFields draft={draft} change={change} shops={[]} />
        <DateFields draft={draft} change={change} />
        <div>
          {tried && missing.length > 0 ? (
            <p className="refusal" role="alert">
              {said.missing(missing.map((field) => names[field]).join(locale === 'zh' ? '、' : ', '))}
            </p>
          ) : null}
          <Refusal error={save.error} />
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {parties.kind === 'sign' ? said.saveSign : said.saveTakeOver}
          </Button>
        </div>
      </form>
    </Page>
  );
}

function PartyFields({ parties, change }: { parties: Parties; change: (part: Partial<Parties>) => void }) {
  const said = useWords(contractWords);
  const shop = useShop();
  // A link may name the shop alone: its client follows.
  const ofShop = shop(parties.shopIds[0] ?? '')?.clientId;
  useEffect(() => {
    if (parties.clientId === '' && ofShop !== undefined) change({ clientId: ofShop });
  }, [parties.clientId, ofShop, change]);
  return (
    <Panel title={said.kind}>
      <div className="fields">
        <Field label={said.kind}>
          {(field) => (
            <Choice
              described={field}
              value={parties.kind}
              onChange={(kind) => change({ kind })}
              options={[
                ['sign', said.sign],
                ['take-over', said.takeOver],
              ]}
            />
          )}
        </Field>
        <Field label={said.client}>
          {(field) => (
            <ClientChoice described={field} value={parties.clientId} onChange={(clientId) => change({ clientId, shopIds: [] })} empty={said.chooseClient} />
          )}
        </Field>
        <Field label={said.number} hint={said.numberHint}>
          {(field) => <Input {...field} value={parties.number} onChange={(event) => change({ number: event.target.value })} maxLength={100} />}
        </Field>
        {parties.kind === 'take-over' ? (
          <Field label={said.importedFrom} hint={said.importedFromHint}>
            {(field) => (
              <Input {...field} required value={parties.importedFrom} onChange={(event) => change({ importedFrom: event.target.value })} maxLength={500} />
            )}
          </Field>
        ) : (
          <>
            <Field label={said.signedOn}>
              {(field) => <DateInput {...field} required value={parties.signedOn} onChange={(date) => change({ signedOn: date })} />}
            </Field>
            <Field label={said.consent} hint={said.consentHint}>
              {(field) => <Input {...field} required value={parties.evidence} onChange={(event) => change({ evidence: event.target.value })} maxLength={500} />}
            </Field>
          </>
        )}
        <fieldset className="field field-wide">
          <legend className="field-label">{said.shops}</legend>
          {parties.clientId === '' ? (
            <p className="quiet">{said.chooseClient}</p>
          ) : (
            <ShopChecks
              key={parties.clientId}
              clientId={parties.clientId}
              chosen={parties.shopIds}
              onChange={(shopIds) => change({ shopIds })}
              empty={said.noShops}
            />
          )}
        </fieldset>
        {parties.kind === 'sign' && parties.shopIds.length > 0 ? (
          <FileField label={said.evidenceFiles} shopIds={parties.shopIds} files={parties.files} onChange={(files) => change({ files })} />
        ) : null}
      </div>
    </Panel>
  );
}

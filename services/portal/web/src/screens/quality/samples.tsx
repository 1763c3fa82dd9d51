// Samples: draw one, and the ones already drawn with what is left of them.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, lazy, Suspense, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useFormat } from '../../format/use-format.ts';
import { ShopChecks } from '../../parts/chooser.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Field } from '../../parts/field.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { browserZone, useScope } from '../../scope/scope.ts';
import { useWords } from '../../words/words.ts';
import { basisPoints } from '../contracts/draft.ts';
import { shortId } from '../conversations/conversations.tsx';
import { samplesQuery } from './queries.ts';
import { points } from './scores.ts';
import { qualityWords } from './words.ts';

const DateInput = lazy(async () => ({ default: (await import('../../parts/date-input.tsx')).DateInput }));

export function Screen() {
  const said = useWords(qualityWords);
  const format = useFormat();
  const scope = useScope();
  const query = useQuery(samplesQuery);
  return (
    <Page title={said.samples} about={said.samplesAbout}>
      <div className="stack">
        <DrawForm />
        <Panel title={said.list}>
          <Loaded query={query} what={said.samples}>
            {(data) =>
              data.samples.length === 0 ? (
                <Empty>{said.none}</Empty>
              ) : (
                <DataTable
                  caption={said.list}
                  rows={data.samples}
                  rowKey={(sample) => sample.sampleId}
                  to={(sample) => `/samples/${sample.sampleId}${scope.search()}`}
                  columns={[
                    {
                      key: 'sample',
                      title: said.sample,
                      cell: (sample) => <Link to={`/samples/${sample.sampleId}${scope.search()}`}>{shortId(sample.sampleId)}</Link>,
                    },
                    { key: 'range', title: said.range, cell: (sample) => `${sample.range?.from ?? ''} – ${sample.range?.to ?? ''}` },
                    { key: 'ratio', title: said.ratio, number: true, hideNarrow: true, cell: (sample) => format.targetPercent(sample.ratioBp) },
                    { key: 'seed', title: said.seed, number: true, hideNarrow: true, cell: (sample) => sample.seed },
                    { key: 'frame', title: said.frame, number: true, hideNarrow: true, cell: (sample) => format.count(sample.frameSize) },
                    { key: 'done', title: said.done, number: true, cell: (sample) => `${sample.scored + sample.skipped} / ${sample.drawn}` },
                    {
                      key: 'mean',
                      title: said.mean,
                      number: true,
                      cell: (sample) =>
                        sample.scored === 0 ? '—' : said.meanInterval(points(sample.meanTenths), points(sample.lowTenths), points(sample.highTenths)),
                    },
                    { key: 'at', title: said.drawnAt, number: true, hideNarrow: true, cell: (sample) => format.instant(sample.drawnAt, browserZone) },
                  ]}
                />
              )
            }
          </Loaded>
        </Panel>
      </div>
    </Page>
  );
}

function DrawForm() {
  const said = useWords(qualityWords);
  const scope = useScope();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [from, setFrom] = useState(scope.range.from);
  const [to, setTo] = useState(scope.range.to);
  const [ratio, setRatio] = useState('5');
  const [seed, setSeed] = useState('42');
  const [everyAgent, setEveryAgent] = useState(true);
  const [shopIds, setShopIds] = useState<string[]>([...scope.shopIds]);
  const draw = useMutation({
    mutationFn: () => ask(api.POST('/samples', { body: { shopIds, range: { from, to }, ratioBp: basisPoints(ratio), seed: Number(seed), everyAgent } })),
    onSuccess: async ({ sampleId }) => {
      await cache.invalidateQueries({ queryKey: ['qa'] });
      await navigate(`/samples/${sampleId}${scope.search()}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    draw.mutate();
  };
  return (
    <Panel title={said.draw} about={said.drawAbout}>
      <form className="form" onSubmit={submit}>
        <div className="fields">
          <Field label={said.from}>
            {(field) => (
              <Suspense>
                <DateInput {...field} required value={from} max={to} onChange={setFrom} />
              </Suspense>
            )}
          </Field>
          <Field label={said.to}>
            {(field) => (
              <Suspense>
                <DateInput {...field} required value={to} min={from} onChange={setTo} />
              </Suspense>
            )}
          </Field>
          <Field label={`${said.ratio} (%)`}>
            {(field) => (
              <Input {...field} required inputMode="decimal" pattern="\d{1,3}(\.\d{1,2})?" value={ratio} onChange={(event) => setRatio(event.target.value)} />
            )}
          </Field>
          <Field label={said.seed} hint={said.seedHint}>
            {(field) => <Input {...field} required inputMode="numeric" pattern="\d{1,15}" value={seed} onChange={(event) => setSeed(event.target.value)} />}
          </Field>
          <fieldset className="field field-wide">
            <legend className="field-label">{said.shops}</legend>
            <ShopChecks chosen={shopIds} onChange={setShopIds} />
            <p className="hint">{said.shopsHint}</p>
          </fieldset>
          <div className="checks">
            <label>
              <input type="checkbox" checked={everyAgent} onChange={(event) => setEveryAgent(event.target.checked)} />
              {said.everyAgent}
            </label>
          </div>
        </div>
        <Refusal error={draw.error} />
        <p>
          <Button type="primary" htmlType="submit" loading={draw.isPending}>
            {said.drawButton}
          </Button>
        </p>
      </form>
    </Panel>
  );
}

// Closing months: what can close, what holds it. Closing settles first, then issues month by month, shop by shop.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useShopNames, useZones } from '../../api/queries.ts';
import { addMonths, dateOf } from '../../format/dates.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable, RestRow } from '../../parts/data-table.tsx';
import { Choice, Field } from '../../parts/field.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { restWords } from '../../parts/rest-words.ts';
import { StatusMark } from '../../parts/status.tsx';
import { WaitingList } from '../../parts/waiting-list.tsx';
import { useScope } from '../../scope/scope.ts';
import { domain, wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { billingWords } from './words.ts';

export function Screen() {
  const said = useWords(billingWords);
  const terms = useWords(domain);
  const others = useWords(restWords);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const cache = useQueryClient();
  const thisMonth = dateOf(Date.now(), useZones()()).slice(0, 7);
  const [through, setThrough] = useState(addMonths(thisMonth, -1));
  const [step, setStep] = useState('');
  const plan = useQuery({ queryKey: ['billing', 'plan', through], queryFn: () => ask(api.GET('/close-plan', { params: { query: { through } } })) });
  const close = useMutation({
    mutationFn: async () => {
      setStep(said.settling);
      const settled = await ask(api.POST('/settle', { body: {} }));
      if (!settled.settled) throw new Error(said.notSettled(settled.held.map((held) => said.held(held.service, held.reason))));
      setStep(said.closing);
      return ask(api.POST('/invoices/close', { body: { through } }));
    },
    onSettled: () => {
      setStep('');
      void cache.invalidateQueries({ queryKey: ['billing'] });
    },
  });
  const months = Array.from({ length: 24 }, (_, index) => addMonths(thisMonth, -index));
  const refusal = close.error instanceof Error && close.error.name === 'Error' && !('problem' in close.error) ? close.error.message : undefined;
  return (
    <Page title={said.close} about={said.closeAbout}>
      <div className="stack">
        <Panel title={said.candidates}>
          <div className="fields">
            <Field label={said.through}>
              {(field) => (
                <Choice described={field} value={through} onChange={setThrough} options={months.map((month) => [month, format.month(month)] as const)} />
              )}
            </Field>
          </div>
          {refusal === undefined ? (
            <Refusal error={close.error} />
          ) : (
            <p className="refusal" role="alert">
              ■ {refusal}
            </p>
          )}
          <p className="actions" style={{ margin: '12px 0' }}>
            <Button type="primary" loading={close.isPending} onClick={() => close.mutate()}>
              {said.closeButton(format.month(through))}
            </Button>
            <span role="status">{step !== '' ? step : close.data === undefined ? '' : said.closed(format.count(close.data.invoices.length))}</span>
            {close.data === undefined ? null : <Link to={`/invoices${scope.search()}`}>{said.invoices}</Link>}
          </p>
          <Loaded query={plan} what={said.what}>
            {(data) =>
              data.candidates.length === 0 ? (
                <Empty>{said.noCandidates}</Empty>
              ) : (
                <DataTable
                  caption={said.candidates}
                  rows={data.candidates}
                  to={(one) => `/contracts/${one.contractId}/billing${scope.search({ range: one.month })}`}
                  footer={
                    data.total <= data.candidates.length ? undefined : (
                      <RestRow columns={5}>{others.plan(format.count(data.total - data.candidates.length), format.count(data.held))}</RestRow>
                    )
                  }
                  rowKey={(one) => `${one.contractId}|${one.month}`}
                  columns={[
                    { key: 'month', title: said.month, hideNarrow: true, cell: (one) => format.month(one.month) },
                    {
                      key: 'contract',
                      title: said.contract,
                      cell: (one) => (
                        <>
                          <Link className="nowrap" to={`/contracts/${one.contractId}/billing${scope.search({ range: one.month })}`}>
                            {one.contractNumber}
                          </Link>
                          <div className="quiet nowrap only-narrow">{format.month(one.month)}</div>
                        </>
                      ),
                    },
                    { key: 'shops', title: said.shops, hideNarrow: true, cell: (one) => one.shopIds.map(shopName).join('、') },
                    {
                      key: 'held',
                      title: said.verdict,
                      cell: (one) =>
                        one.heldBy === '' ? (
                          <StatusMark status="met">{said.canClose}</StatusMark>
                        ) : (
                          <StatusMark status="risk">{`${wordFor(terms.held, one.heldBy)}${one.count > 0 ? ` · ${said.heldCount(format.count(one.count))}` : ''}`}</StatusMark>
                        ),
                    },
                    { key: 'total', title: said.amount, number: true, cell: (one) => format.money(one.total) },
                  ]}
                />
              )
            }
          </Loaded>
        </Panel>
        <WaitingList waitsFor="finance" />
      </div>
    </Page>
  );
}

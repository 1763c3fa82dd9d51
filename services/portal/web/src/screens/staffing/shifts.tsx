// The shift plan: one shift by hand, many by CSV (good lines go in, bad ones are named), or from a roster that reports by itself.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Modal } from 'antd';
import { type FormEvent, lazy, Suspense, useState } from 'react';
import { api, ask } from '../../api/http.ts';
import { agentsQuery, useShopNames, useZones } from '../../api/queries.ts';
import { useSession } from '../../api/session.ts';
import { addDays, dateOf, instantAt, startOfDay } from '../../format/dates.ts';
import { useFormat } from '../../format/use-format.ts';
import { ShopChecks } from '../../parts/chooser.tsx';
import { CsvButton } from '../../parts/csv-button.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Field } from '../../parts/field.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { useScope } from '../../scope/scope.ts';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { Feed } from './feed.tsx';
import type { Shift } from './queries.ts';
import { Rejected } from './rejected.tsx';
import { staffingWords } from './words.ts';

const DateInput = lazy(async () => ({ default: (await import('../../parts/date-input.tsx')).DateInput }));
/** Days the plan shows: yesterday to a week ahead. */
const DAYS = 8;

export function Screen() {
  const said = useWords(staffingWords);
  const format = useFormat();
  const scope = useScope();
  const session = useSession();
  const shopName = useShopNames();
  const zone = useZones()();
  const [cancelling, setCancelling] = useState<Shift>();
  const today = dateOf(Date.now(), zone);
  const span = { fromAt: startOfDay(addDays(today, -1), zone), toAt: startOfDay(addDays(today, DAYS), zone) };
  const shopIds = [...scope.shopIds];
  const query = useQuery({
    queryKey: ['people', 'shifts', shopIds, span.fromAt],
    queryFn: () => ask(api.GET('/shifts', { params: { query: { ...span, shopIds, size: 200 } } })),
  });
  const mayPlan = session.role === 'vendor-operations' || session.role === 'team-lead';
  const when = (shift: Shift) => `${format.instant(shift.fromAt, zone).slice(0, 16)} – ${format.clock(shift.toAt, zone).slice(0, 5)}`;
  return (
    <Page title={said.planTitle} about={said.planAbout(zone)} actions={<Csv mayPlan={mayPlan} span={span} />}>
      <div className="stack">
        {mayPlan ? <PlanForm zone={zone} today={today} /> : null}
        <Panel title={said.shiftsList}>
          <Loaded query={query} what={said.planTitle}>
            {({ shifts }) =>
              shifts.length === 0 ? (
                <Empty>{said.noShifts}</Empty>
              ) : (
                <DataTable
                  caption={said.shiftsList}
                  rows={shifts}
                  rowKey={(shift) => shift.shiftId}
                  columns={[
                    { key: 'when', title: said.from, cell: when },
                    { key: 'agent', title: said.agent, cell: (shift) => shift.agentName },
                    {
                      key: 'shops',
                      title: said.shops,
                      cell: (shift) => (shift.shopIds.length === 0 ? said.allShops : shift.shopIds.map(shopName).join(' · ')),
                    },
                    { key: 'source', title: said.source, hideNarrow: true, cell: (shift) => wordFor(said.sources, shift.source) },
                    {
                      key: 'cancel',
                      title: '',
                      cell: (shift) =>
                        mayPlan && shift.toAt > Date.now() ? (
                          <Button size="small" aria-label={said.cancelShift(shift.agentName, when(shift))} onClick={() => setCancelling(shift)}>
                            {said.cancel}
                          </Button>
                        ) : null,
                    },
                  ]}
                />
              )
            }
          </Loaded>
        </Panel>
        {session.role === 'vendor-operations' ? <Feed /> : null}
      </div>
      {cancelling === undefined ? null : (
        <Cancel shift={cancelling} title={said.cancelShift(cancelling.agentName, when(cancelling))} close={() => setCancelling(undefined)} />
      )}
    </Page>
  );
}

function PlanForm({ zone, today }: { zone: string; today: string }) {
  const said = useWords(staffingWords);
  const cache = useQueryClient();
  const agents = useQuery(agentsQuery);
  const [agentId, setAgentId] = useState('');
  const [shopIds, setShopIds] = useState<string[]>([]);
  const [date, setDate] = useState(today);
  const [from, setFrom] = useState('09:00');
  const [to, setTo] = useState('18:00');
  const plan = useMutation({
    mutationFn: () => {
      const fromAt = instantAt(date, from, zone);
      const toAt = instantAt(to > from ? date : addDays(date, 1), to, zone);
      return ask(api.POST('/shifts', { body: { shifts: [{ agentId, shopIds, fromAt, toAt }] } }));
    },
    onSuccess: () => void cache.invalidateQueries({ queryKey: ['people'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    plan.mutate();
  };
  const time = (label: string, value: string, change: (value: string) => void, hint?: string) => (
    <Field label={label} {...(hint === undefined ? {} : { hint })}>
      {(field) => (
        <Input
          {...field}
          required
          inputMode="numeric"
          placeholder="HH:MM"
          pattern="([01]\d|2[0-3]):[0-5]\d"
          value={value}
          onChange={(event) => change(event.target.value)}
        />
      )}
    </Field>
  );
  return (
    <Panel title={said.planNew}>
      <form className="form" onSubmit={submit}>
        <div className="fields">
          <Field label={said.agent}>
            {(field) => (
              <select {...field} className="native" required value={agentId} onChange={(event) => setAgentId(event.target.value)}>
                <option value="">{said.chooseAgent}</option>
                {(agents.data?.agents ?? []).map((agent) => (
                  <option key={agent.agentId} value={agent.agentId}>
                    {agent.name}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label={said.day}>
            {(field) => (
              <Suspense>
                <DateInput {...field} required value={date} onChange={setDate} />
              </Suspense>
            )}
          </Field>
          {time(said.fromTime, from, setFrom)}
          {time(said.toTime, to, setTo, said.toHint)}
        </div>
        <fieldset className="field field-wide">
          <legend>{said.shops}</legend>
          <ShopChecks chosen={shopIds} onChange={setShopIds} />
          <p className="hint">{said.shopsHint}</p>
        </fieldset>
        <div className="actions">
          <Button type="primary" htmlType="submit" loading={plan.isPending}>
            {said.save}
          </Button>
          <span role="status">
            {plan.data === undefined || plan.data.rejected.length > 0 ? '' : said.planned(String(plan.data.planned), String(plan.data.unchanged))}
          </span>
        </div>
        <Refusal error={plan.error} />
        <Rejected rows={(plan.data?.rejected ?? []).map((each) => ({ ...each, line: each.index + 1 }))} />
      </form>
    </Panel>
  );
}

function Csv({ mayPlan, span }: { mayPlan: boolean; span: { fromAt: number; toAt: number } }) {
  const said = useWords(staffingWords);
  const cache = useQueryClient();
  const send = useMutation({
    mutationFn: (text: string) => ask(api.POST('/shifts.csv', { body: '', bodySerializer: () => text, headers: { 'content-type': 'text/csv' } })),
    onSuccess: () => void cache.invalidateQueries({ queryKey: ['people'] }),
  });
  return (
    <>
      <a href={`/api/v1/shifts.csv?fromAt=${span.fromAt}&toAt=${span.toAt}`} download>
        {said.download}
      </a>
      {mayPlan ? <CsvButton label={said.upload} pending={send.isPending} send={send.mutate} /> : null}
      <span role="status">{send.data === undefined ? '' : said.planned(String(send.data.planned), String(send.data.unchanged))}</span>
      <Refusal error={send.error} />
      <Rejected rows={send.data?.rejected ?? []} />
    </>
  );
}

function Cancel({ shift, title, close }: { shift: Shift; title: string; close: () => void }) {
  const said = useWords(staffingWords);
  const cache = useQueryClient();
  const [reason, setReason] = useState('');
  const cancel = useMutation({
    mutationFn: () => ask(api.POST('/shifts/{shiftId}/cancellation', { params: { path: { shiftId: shift.shiftId } }, body: { reason } })),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['people'] });
      close();
    },
  });
  return (
    <Modal open title={title} okText={said.cancel} cancelText="Esc" confirmLoading={cancel.isPending} onOk={() => cancel.mutate()} onCancel={close}>
      <Field label={said.cancelReason}>
        {(field) => <Input {...field} value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <Refusal error={cancel.error} />
    </Modal>
  );
}

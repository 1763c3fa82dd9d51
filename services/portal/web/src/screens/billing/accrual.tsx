// One contract's month: as the invoice would read now, each day's usage, what is not charged and why, and the conversations behind it.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useShopNames, useZones } from '../../api/queries.ts';
import type { Accrual } from '../../api/types.ts';
import { Chart } from '../../charts/chart.tsx';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Export } from '../../parts/export.tsx';
import { Figure } from '../../parts/figure.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { domain, wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { ContractTabs } from '../contracts/contract-tabs.tsx';
import { LineTable } from './lines.tsx';
import { monthOf } from './month.ts';
import { billingWords } from './words.ts';

export function Screen() {
  const { contractId = '' } = useParams();
  const said = useWords(billingWords);
  const scope = useScope();
  const zone = useZones()();
  const month = monthOf(scope, zone);
  const query = useQuery({
    queryKey: ['billing', 'accrual', contractId, month],
    queryFn: () => ask(api.GET('/contracts/{contractId}/accrual', { params: { path: { contractId }, query: { month } } })),
  });
  return (
    <Loaded page query={query} what={said.what} rows={8}>
      {(accrual) => <AccrualPage accrual={accrual} month={month} />}
    </Loaded>
  );
}

function AccrualPage({ accrual, month }: { accrual: Accrual; month: string }) {
  const said = useWords(billingWords);
  const terms = useWords(domain);
  const format = useFormat();
  const scope = useScope();
  const zone = useZones()(accrual.shopIds[0]);
  const open = accrual.invoiceNumber === '';
  return (
    <Page
      title={said.accrualTitle(accrual.contractNumber)}
      about={`${format.month(month)} · ${open ? said.accrualAbout : said.closedAs(accrual.invoiceNumber)} · ${format.instant(accrual.asOf, zone)}`}
      actions={open ? null : <Link to={`/invoices/${encodeURIComponent(accrual.invoiceNumber)}${scope.search()}`}>{accrual.invoiceNumber}</Link>}
    >
      <ContractTabs contractId={accrual.contractId} current="billing" />
      {accrual.notYetAdjusted === 0 ? null : (
        <p className="strip" role="status">
          <StatusMark status="risk">{said.notAdjusted(format.count(accrual.notYetAdjusted))}</StatusMark>
        </p>
      )}
      <div className="figures">
        <Figure label={said.total} value={format.money(accrual.total)} {...(open ? { about: said.partial } : {})} />
        <Figure label={said.counted} value={format.count(accrual.counted)} counts={`/ ${format.count(accrual.counted + accrual.notCounted)}`} />
        <Figure label={said.notCounted} value={format.count(accrual.notCounted)} />
      </div>
      <div className="stack">
        <Panel title={said.lines}>
          <LineTable caption={said.lines} lines={accrual.lines} total={accrual.total} />
        </Panel>
        <div className="columns">
          <Panel title={said.byDay}>
            <DayChart accrual={accrual} />
          </Panel>
          <Panel title={said.reasons}>
            {accrual.reasons.length === 0 ? (
              <Empty>{said.noReasons}</Empty>
            ) : (
              <DataTable
                caption={said.reasons}
                rows={accrual.reasons}
                rowKey={(row) => row.reason}
                columns={[
                  { key: 'reason', title: said.reason, cell: (row) => wordFor(terms.reasons, row.reason) },
                  { key: 'count', title: said.notCounted, number: true, cell: (row) => format.count(row.count) },
                ]}
                footer={
                  <tr>
                    <th scope="row">{said.sum}</th>
                    <td className="number">{format.count(accrual.reasons.reduce((running, row) => running + row.count, 0))}</td>
                  </tr>
                }
              />
            )}
          </Panel>
        </div>
        <Usage contractId={accrual.contractId} month={month} zone={zone} />
      </div>
    </Page>
  );
}

function DayChart({ accrual }: { accrual: Accrual }) {
  const said = useWords(billingWords);
  const format = useFormat();
  const { days } = accrual;
  return (
    <Chart
      question={said.byDay}
      about={said.byDayAbout(format.count(accrual.counted))}
      height={220}
      table={{
        head: [said.date, said.counted, said.notCounted, said.amount],
        rows: days.map((day) => [day.date, day.counted, day.notCounted, format.money(day.amount)]),
      }}
      option={(colours) => ({
        grid: { left: 44, right: 12, top: 16, bottom: 28 },
        xAxis: { type: 'category', data: days.map((day) => day.date.slice(5)), axisLabel: { color: colours.quiet }, axisTick: { show: false } },
        yAxis: { type: 'value', min: 0, minInterval: 1, axisLabel: { color: colours.quiet }, splitLine: { lineStyle: { color: colours.line } } },
        series: [
          {
            name: said.counted,
            type: 'bar',
            stack: 'usage',
            data: days.map((day) => day.counted),
            itemStyle: { color: colours.status.met.mark },
            barMaxWidth: 20,
          },
          {
            name: said.notCounted,
            type: 'bar',
            stack: 'usage',
            data: days.map((day) => day.notCounted),
            itemStyle: { color: colours.status.neutral.mark, decal: { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -0.8 } },
            barMaxWidth: 20,
          },
        ],
      })}
    />
  );
}

function Usage({ contractId, month, zone }: { contractId: string; month: string; zone: string }) {
  const said = useWords(billingWords);
  const shared = useWords(common);
  const terms = useWords(domain);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const [counted, setCounted] = useState<'' | 'yes' | 'no'>('no');
  const query = useInfiniteQuery({
    queryKey: ['billing', 'usage', contractId, month, counted],
    queryFn: ({ pageParam }) =>
      ask(
        api.GET('/contracts/{contractId}/usage', {
          params: { path: { contractId }, query: { month, counted, size: 200, ...(pageParam === '' ? {} : { token: pageParam }) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => (page.nextToken === '' ? undefined : page.nextToken),
  });
  const options = [
    ['no', said.showNot],
    ['yes', said.showCounted],
    ['', said.allUsage],
  ] as const;
  return (
    <Panel
      title={said.usage}
      actions={
        <>
          <Export path={`contracts/${contractId}/usage`} query={{ month, counted }} />
          <label>
            <span className="sr-only">{said.usage}</span>
            <select
              className="native"
              data-filter
              value={counted}
              onChange={(event) => setCounted(event.target.value === 'yes' ? 'yes' : event.target.value === 'no' ? 'no' : '')}
            >
              {options.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        </>
      }
    >
      <Loaded query={query} what={said.what}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.items);
          const total = pages[0]?.total ?? rows.length;
          return rows.length === 0 ? (
            <Empty>{said.none}</Empty>
          ) : (
            <>
              <DataTable
                caption={said.usage}
                rows={rows}
                total={total}
                rowKey={(row) => row.conversationId}
                to={(row) => `/conversations/${row.conversationId}${scope.search()}`}
                columns={[
                  {
                    key: 'first',
                    title: said.first,
                    cell: (row) => <Link to={`/conversations/${row.conversationId}${scope.search()}`}>{format.instant(row.firstCustomerAt, zone)}</Link>,
                  },
                  { key: 'shop', title: said.shop, hideNarrow: true, cell: (row) => shopName(row.shopId) },
                  {
                    key: 'counted',
                    title: said.counted,
                    cell: (row) => (row.counted ? said.counted : `${said.notCounted} · ${wordFor(terms.reasons, row.reason)}`),
                  },
                  { key: 'amount', title: said.amount, number: true, cell: (row) => format.money(row.amount) },
                ]}
              />
              <p className="more">
                <span className="quiet">{shared.rows(format.count(rows.length), format.count(total))}</span>
                {query.hasNextPage ? (
                  <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    {shared.more}
                  </Button>
                ) : null}
              </p>
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}

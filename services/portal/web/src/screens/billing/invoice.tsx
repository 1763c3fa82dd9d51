// An invoice: why this amount, and can I check it myself? A waterfall, then columns line -> day -> conversation -> message that sum to their parents.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link, useParams } from 'react-router';
import { useClauseName } from '../../api/clauses.ts';
import { useShopNames, useZones } from '../../api/queries.ts';
import type { Invoice } from '../../api/types.ts';
import { Chart } from '../../charts/chart.tsx';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Export } from '../../parts/export.tsx';
import { Facts, Loaded, Page, Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { domain, wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { depositWords } from '../deposits/words.ts';
import { DrillDown } from './drill-down.tsx';
import { dueOf } from './due.ts';
import { LineTable, useLineName } from './lines.tsx';
import { Payments } from './payments.tsx';
import { invoiceQuery } from './queries.ts';
import { waterfall } from './waterfall.ts';
import { billingWords } from './words.ts';

export function Screen() {
  const { number = '' } = useParams();
  const said = useWords(billingWords);
  const query = useQuery(invoiceQuery(number));
  return (
    <Loaded page query={query} what={said.what} rows={10}>
      {(invoice) => <InvoicePage invoice={invoice} />}
    </Loaded>
  );
}

function InvoicePage({ invoice }: { invoice: Invoice }) {
  const said = useWords(billingWords);
  const terms = useWords(domain);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const zone = useZones()(invoice.shopIds[0]);
  return (
    <Page
      title={`${said.invoiceTitle(invoice.number)} · ${format.money(invoice.total)}`}
      about={[invoice.shopIds.map(shopName).join('、'), format.month(invoice.period), format.instant(invoice.issuedAt, zone)].join(' · ')}
      actions={<Link to={`/contracts/${invoice.contractId}${scope.search()}`}>{`${said.contract} ${invoice.contractNumber}`}</Link>}
    >
      {invoice.notYetAdjusted === 0 ? null : (
        <p className="strip" role="status">
          <StatusMark status="risk">{said.notAdjusted(format.count(invoice.notYetAdjusted))}</StatusMark>
        </p>
      )}
      <div className="stack">
        <div className="columns">
          <Panel title={said.invoice} actions={<Export path={`invoices/${encodeURIComponent(invoice.number)}/lines`} />}>
            <LineTable caption={said.invoice} lines={invoice.lines} total={invoice.total} />
          </Panel>
          <Panel title={said.waterfall}>
            <Waterfall invoice={invoice} />
          </Panel>
        </div>
        <Payments invoice={invoice} />
        <Panel title={said.drill} about={said.drillAbout}>
          <DrillDown invoice={invoice} zone={zone} />
        </Panel>
        <div className="columns">
          <Panel title={said.attainment} about={said.attainmentAbout}>
            <AttainmentUsed invoice={invoice} />
          </Panel>
          <Panel title={said.reasons}>
            <Facts
              facts={[
                [said.counted, format.count(invoice.counted)],
                [said.notCounted, format.count(invoice.notCounted)],
                ...invoice.reasons.map((row) => [wordFor(terms.reasons, row.reason), format.count(row.count)] as const),
              ]}
            />
            <h3 style={{ marginTop: 16 }}>{said.known}</h3>
            <ul>
              {Object.entries(invoice.knownThrough).map(([source, position]) => (
                <li key={source}>
                  <code>
                    {source} {position}
                  </code>
                </li>
              ))}
            </ul>
          </Panel>
        </div>
      </div>
    </Page>
  );
}

function AttainmentUsed({ invoice }: { invoice: Invoice }) {
  const said = useWords(billingWords);
  const shared = useWords(common);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const clauseName = useClauseName();
  return (
    <DataTable
      caption={said.attainment}
      rows={invoice.attainment}
      rowKey={(row) => `${row.clauseKey}|${row.shopId}`}
      columns={[
        {
          key: 'clause',
          title: said.clause,
          cell: (row) => (
            <Link to={`/contracts/${invoice.contractId}/sla/${row.clauseKey}${scope.search({ range: invoice.period })}`}>
              {clauseName(invoice.contractId, row.clauseKey)}
            </Link>
          ),
        },
        { key: 'shop', title: said.shop, hideNarrow: true, cell: (row) => (row.shopId === '' ? '—' : shopName(row.shopId)) },
        {
          key: 'met',
          title: said.met,
          number: true,
          cell: (row) => `${format.percent(row.met, row.met + row.missed, row.targetBp)} · ${format.count(row.met)} / ${format.count(row.met + row.missed)}`,
        },
        {
          key: 'verdict',
          title: said.verdict,
          cell: (row) => (
            <StatusMark status={row.kept ? 'met' : 'breach'}>{`${row.kept ? shared.kept : shared.missed} ≥ ${format.targetPercent(row.targetBp)}`}</StatusMark>
          ),
        },
      ]}
    />
  );
}

function Waterfall({ invoice }: { invoice: Invoice }) {
  const said = useWords(billingWords);
  const paid = useWords(depositWords);
  const format = useFormat();
  const name = useLineName();
  const parts = useMemo(
    () => [
      ...invoice.lines.flatMap((line) => (line.amount === undefined ? [] : [{ label: name(line), amount: line.amount }])),
      // What the deposit and the client's credit took off when it was issued.
      ...invoice.settlements.flatMap(({ by, amount }) =>
        by === 'payment' || amount === undefined ? [] : [{ label: wordFor(paid.settledBy, by), amount: { ...amount, amount: `-${amount.amount}` } }],
      ),
    ],
    [invoice, name, paid],
  );
  // Payments come later: the waterfall ends in what was to be paid.
  const due = useMemo(() => dueOf(invoice), [invoice]);
  const steps = waterfall(parts, said.totalDue);
  // On a phone amounts beside each other run together; they stand in the table above.
  const narrow = window.innerWidth < 640;
  return (
    <Chart
      question={said.waterfall}
      about={said.waterfallAbout(invoice.currency)}
      height={220}
      table={{
        head: [said.line, said.amount],
        rows: [...parts.map((part) => [part.label, format.money(part.amount)]), [said.totalDue, format.money(due)]],
      }}
      option={(colours) => ({
        tooltip: {
          trigger: 'item',
          formatter: ({ dataIndex }: { dataIndex: number }) => `${steps[dataIndex]?.label}: ${format.money(parts[dataIndex]?.amount ?? due)}`,
        },
        grid: { left: 8, right: 12, top: 24, bottom: 28, containLabel: true },
        xAxis: {
          type: 'category',
          data: steps.map((step) => step.label),
          axisLabel: { color: colours.ink, interval: 0, overflow: 'break', width: narrow ? 56 : 90 },
          axisTick: { show: false },
        },
        yAxis: { type: 'value', axisLabel: { color: colours.quiet }, splitLine: { lineStyle: { color: colours.line } } },
        series: [
          { type: 'bar', stack: 'steps', silent: true, itemStyle: { color: 'transparent', decal: { symbol: 'none' } }, data: steps.map((step) => step.base) },
          {
            type: 'bar',
            stack: 'steps',
            barMaxWidth: 56,
            label: {
              show: !narrow,
              position: 'top',
              color: colours.ink,
              formatter: ({ dataIndex }: { dataIndex: number }) => format.money(parts[dataIndex]?.amount ?? due),
            },
            data: steps.map((step, index) => ({
              value: step.bar,
              itemStyle: {
                color: step.minus ? colours.status.neutral.mark : index === steps.length - 1 ? colours.ink : colours.status.met.mark,
                decal: step.minus ? { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -0.8, color: colours.surfaces[0] } : { symbol: 'none' },
              },
            })),
          },
        ],
      })}
    />
  );
}

// Client home: what waits now, what was promised and missed, what the month costs so far; bad news first, in the vendor's own figures.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useClauseText } from '../../api/clauses.ts';
import { api, ask } from '../../api/http.ts';
import { clausesQuery, useShopNames, useZones } from '../../api/queries.ts';
import type { ClauseFigure } from '../../api/types.ts';
import { dateOf } from '../../format/dates.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable, RestRow } from '../../parts/data-table.tsx';
import { Figure } from '../../parts/figure.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { restWords } from '../../parts/rest-words.ts';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { dictionary, useWords } from '../../words/words.ts';
import { RunningTrials } from '../launch/running-trials.tsx';
import { dueOf } from '../sla/queries.ts';
import { NowMark } from '../staffing/now-mark.tsx';
import { staffingQuery } from '../staffing/queries.ts';
import { TaskList } from '../tasks/task-list.tsx';

const words = dictionary(
  {
    title: '概览',
    about: (month: string, date: string) => `${month}，到 ${date} 为止`,
    waitingNow: '现在等待回复的买家',
    dueSoon: (n: string) => `其中 15 分钟内到期 ${n}`,
    promises: '承诺',
    promisesKept: (kept: string, all: string) => `${kept} / ${all} 达标`,
    worst: (name: string) => `${name} 未达标`,
    allKept: '全部达标',
    cost: '本月费用至今',
    costAbout: '按已到的会话计，抵扣月末才定',
    onDuty: '在岗',
    onDutyOf: (n: string) => `合同 ${n}`,
    onDutyShort: (n: string) => `${n} 家店铺在线少于合同`,
    onDutyUnknown: '没有来源',
    shops: '各店铺的承诺',
    shop: '店铺',
    clause: '条款',
    rate: '达标率',
    counts: '按时 / 到期',
    verdict: '结论',
    median: '中位等待',
    none: '合同里还没有服务承诺，或这个月没有会话。',
    what: '本月服务水平',
  },
  {
    title: 'Home',
    about: (month, date) => `${month}, up to ${date}`,
    waitingNow: 'Customers waiting for a reply now',
    dueSoon: (n) => `${n} of them due within 15 minutes`,
    promises: 'Promises',
    promisesKept: (kept, all) => `${kept} of ${all} kept`,
    worst: (name) => `${name} missed`,
    allKept: 'All kept',
    cost: 'This month so far',
    costAbout: 'for conversations that have arrived; credits are settled at month end',
    onDuty: 'On duty',
    onDutyOf: (n) => `contracted ${n}`,
    onDutyShort: (n) => `${n} shops with fewer online than contracted`,
    onDutyUnknown: 'no source',
    shops: 'Promises by shop',
    shop: 'Shop',
    clause: 'Clause',
    rate: 'Rate',
    counts: 'In time / due',
    verdict: 'Verdict',
    median: 'Median wait',
    none: 'The contract promises no service level yet, or the month has no conversations.',
    what: "this month's service level",
  },
);

export function ClientHome() {
  const said = useWords(words);
  const shared = useWords(common);
  const others = useWords(restWords);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const zone = useZones()();
  const clauseText = useClauseText();
  const today = dateOf(Date.now(), zone);
  const month = today.slice(0, 7);
  const shopIds = [...scope.shopIds];
  const floor = useQuery({ queryKey: ['floor', 'now', shopIds], queryFn: () => ask(api.GET('/floor', { params: { query: { shopIds } } })) });
  const accruals = useQuery({
    queryKey: ['billing', 'accruals', month, shopIds],
    queryFn: () => ask(api.GET('/accruals', { params: { query: { month, shopIds } } })),
  });
  // Bad news first, as the server sends it: missed before kept, then by how far.
  const query = useQuery(clausesQuery(shopIds, { from: `${month}-01`, to: today }));
  const { all, clauses: sorted = [] } = query.data ?? {};
  const judged = all === undefined ? 0 : all.clauses - all.nothingDue;
  const kept = all === undefined ? 0 : all.kept - all.nothingDue;
  const worst = sorted.find(({ figure }) => figure?.kept === false)?.figure;
  const cost = accruals.data?.all?.totals[0];
  return (
    <Page title={said.title} about={said.about(format.month(month), format.day(today))}>
      <div className="figures">
        <Figure
          label={said.waitingNow}
          value={floor.data === undefined ? '—' : format.count(floor.data.open)}
          status={(floor.data?.dueSoon ?? 0) > 0 ? 'risk' : 'neutral'}
          verdict={said.dueSoon(format.count(floor.data?.dueSoon ?? 0))}
          to={`/conversations${scope.search()}`}
        />
        <Figure
          label={said.promises}
          value={judged === 0 ? '—' : said.promisesKept(String(kept), String(judged))}
          status={worst === undefined ? 'met' : 'breach'}
          {...(judged === 0 ? {} : { verdict: worst?.clause === undefined ? said.allKept : said.worst(clauseText(worst.clause)) })}
          to={`/sla${scope.search({ range: month })}`}
        />
        <OnDuty />
        <Figure label={said.cost} value={format.money(cost)} about={said.costAbout} to={`/billing${scope.search({ range: month })}`} />
      </div>
      <div className="stack">
        <RunningTrials contractIds={(accruals.data?.accruals ?? []).map(({ contractId }) => contractId)} />
        <TaskList />
        <Panel title={said.shops} about={format.month(month)}>
          <Loaded query={query} what={said.what}>
            {() =>
              sorted.length === 0 ? (
                <Empty>{said.none}</Empty>
              ) : (
                <DataTable
                  caption={said.shops}
                  rows={sorted}
                  to={(row) => `/contracts/${row.contractId}/sla/${row.figure?.clause?.key}${scope.search({ range: month })}`}
                  {...(query.data?.rest === undefined || query.data.rest.clauses === 0
                    ? {}
                    : { footer: <RestRow columns={6}>{others.clauses(format.count(query.data.rest.clauses), format.count(query.data.rest.kept))}</RestRow> })}
                  rowKey={(row) => `${row.contractId}|${row.figure?.clause?.key}|${row.figure?.shopId}`}
                  columns={[
                    {
                      key: 'shop',
                      title: said.shop,
                      cell: (row) => (row.figure?.shopId === '' ? row.shopIds.map(shopName).join('、') : shopName(row.figure?.shopId ?? '')),
                    },
                    {
                      key: 'clause',
                      title: said.clause,
                      cell: (row) => (
                        <Link to={`/contracts/${row.contractId}/sla/${row.figure?.clause?.key}${scope.search({ range: month })}`}>
                          {row.figure?.clause === undefined ? '' : clauseText(row.figure?.clause)}
                        </Link>
                      ),
                    },
                    {
                      key: 'rate',
                      title: said.rate,
                      number: true,
                      cell: (row) => format.percent(row.figure?.attainment?.met ?? 0, dueOf(row.figure), row.figure?.clause?.targetBp),
                    },
                    {
                      key: 'counts',
                      title: said.counts,
                      number: true,
                      cell: (row) => `${format.count(row.figure?.attainment?.met ?? 0)} / ${format.count(dueOf(row.figure))}`,
                    },
                    {
                      key: 'verdict',
                      title: said.verdict,
                      cell: (row) => <Verdict figure={row.figure} kept={shared.kept} missed={shared.missed} none={shared.nothingDue} />,
                    },
                    {
                      key: 'median',
                      title: said.median,
                      number: true,
                      hideNarrow: true,
                      cell: (row) => (row.figure?.answered === 0 ? '—' : format.duration(row.figure?.medianLowerMs ?? 0)),
                    },
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

function Verdict({ figure, kept, missed, none }: { figure: ClauseFigure | undefined; kept: string; missed: string; none: string }) {
  if (dueOf(figure) === 0) return <StatusMark status="neutral">{none}</StatusMark>;
  return figure?.kept ? <StatusMark status="met">{kept}</StatusMark> : <StatusMark status="breach">{missed}</StatusMark>;
}

/** C3: one shop's own agents against the contract, of several how many are short. */
function OnDuty() {
  const said = useWords(words);
  const format = useFormat();
  const scope = useScope();
  const { data } = useQuery(staffingQuery(scope.shopIds));
  const [only, ...others] = data?.shops ?? [];
  const to = others.length === 0 && only !== undefined ? `/staffing/${only.shopId}${scope.search()}` : `/staffing${scope.search()}`;
  if (only === undefined) return null;
  if (others.length > 0) {
    const short = data?.all?.short ?? 0;
    return <Figure label={said.onDuty} value={format.count(short)} about={said.onDutyShort(format.count(short))} to={to} />;
  }
  return (
    <Figure
      label={said.onDuty}
      value={only.online === undefined ? said.onDutyUnknown : format.count(only.online.count)}
      counts={only.contracted === undefined ? '' : `/ ${said.onDutyOf(format.count(only.contracted.count))}`}
      about={<NowMark shop={only} />}
      to={to}
    />
  );
}

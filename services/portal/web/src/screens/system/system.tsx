// System health: is what people see up to date? One sentence first, then every service: ready, its log, what holds it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { api, ask } from '../../api/http.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { browserZone } from '../../scope/scope.ts';
import { dictionary, useWords } from '../../words/words.ts';

const words = dictionary(
  {
    title: '系统',
    question: '大家看到的是最新的吗？',
    allSettled: '是。所有服务都已把到达的全部算进去。',
    behind: (names: string) => `还没有全部算进去：${names}。数字会自己补上。`,
    down: (names: string) => `${names} 没有回答。它的数字停在上次，其余页面不受影响。`,
    services: '服务',
    service: '服务',
    ready: '就绪',
    yes: '就绪',
    no: '没有回答',
    source: '日志',
    position: '位置',
    state: '进度',
    settled: '已全部算进',
    held: '还在算',
    settle: '等到全部算进去',
    settledAfter: (ms: string, rounds: string) => `用时 ${ms}，${rounds} 轮。`,
    notSettled: (held: string) => `时间到，仍未完成：${held}。`,
    asOf: (at: string) => `截至 ${at}，每 5 秒重取`,
  },
  {
    title: 'System',
    question: 'Is what people see up to date?',
    allSettled: 'Yes. Every service has applied all that has arrived.',
    behind: (names) => `Not everything is applied yet: ${names}. Figures catch up by themselves.`,
    down: (names) => `${names} did not answer. Its figures stand still; other pages are unaffected.`,
    services: 'Services',
    service: 'Service',
    ready: 'Ready',
    yes: 'ready',
    no: 'no answer',
    source: 'Log',
    position: 'Position',
    state: 'Progress',
    settled: 'all applied',
    held: 'applying',
    settle: 'Wait until all is applied',
    settledAfter: (ms, rounds) => `Took ${ms}, ${rounds} rounds.`,
    notSettled: (held) => `Time is up and this is not done: ${held}.`,
    asOf: (at) => `as of ${at}, asked every 5 s`,
  },
);

export function Screen() {
  const said = useWords(words);
  const format = useFormat();
  const cache = useQueryClient();
  const query = useQuery({ queryKey: ['system'], queryFn: () => ask(api.GET('/system/services')), refetchInterval: 5000 });
  const settle = useMutation({
    mutationFn: () => ask(api.POST('/settle', { body: {} })),
    onSettled: () => void cache.invalidateQueries({ queryKey: ['system'] }),
  });
  return (
    <Page
      title={said.title}
      about={said.question}
      actions={
        <Button loading={settle.isPending} onClick={() => settle.mutate()}>
          {said.settle}
        </Button>
      }
    >
      <Refusal error={settle.error} />
      <p role="status">
        {settle.data === undefined
          ? ''
          : settle.data.settled
            ? said.settledAfter(format.duration(settle.data.elapsedMs), String(settle.data.rounds))
            : said.notSettled(settle.data.held.map((held) => `${held.service}: ${held.reason}`).join('; '))}
      </p>
      <Loaded query={query} what={said.services}>
        {({ services, asOf }) => {
          const down = services.filter((one) => !one.ready);
          const behind = services.filter((one) => one.ready && !one.settled);
          const names = (list: typeof services) => list.map((one) => one.service).join(', ');
          return (
            <div className="stack">
              <p className="verdict-line">
                {down.length > 0 ? (
                  <StatusMark status="breach">{said.down(names(down))}</StatusMark>
                ) : behind.length > 0 ? (
                  <StatusMark status="risk">{said.behind(names(behind))}</StatusMark>
                ) : (
                  <StatusMark status="met">{said.allSettled}</StatusMark>
                )}
              </p>
              <Panel title={said.services} about={said.asOf(format.instant(asOf, browserZone))}>
                <DataTable
                  caption={said.services}
                  rows={services}
                  rowKey={(one) => one.service}
                  columns={[
                    { key: 'service', title: said.service, cell: (one) => <strong>{one.service}</strong> },
                    {
                      key: 'ready',
                      title: said.ready,
                      cell: (one) => <StatusMark status={one.ready ? 'met' : 'breach'}>{one.ready ? said.yes : said.no}</StatusMark>,
                    },
                    {
                      key: 'state',
                      title: said.state,
                      cell: (one) => (
                        <StatusMark status={one.settled ? 'met' : 'risk'}>{one.settled ? said.settled : one.held === '' ? said.held : one.held}</StatusMark>
                      ),
                    },
                    { key: 'position', title: said.position, number: true, cell: (one) => format.count(one.position) },
                    { key: 'source', title: said.source, hideNarrow: true, cell: (one) => <code>{one.source}</code> },
                  ]}
                />
              </Panel>
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}

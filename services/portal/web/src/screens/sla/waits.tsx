// How long customers waited: the cumulative share of all, stepped, on a log axis of seconds. A curve that passes above the clause's point is kept;
// the unanswered hold it under 100 %.

import type { ClauseFigure, SlaClause } from '../../api/types.ts';
import { Chart } from '../../charts/chart.tsx';
import { percent } from '../../format/ratio.ts';
import { useFormat } from '../../format/use-format.ts';
import { useWords } from '../../words/words.ts';
import { slaWords } from './words.ts';

/** Seconds that people think in: 1 s, 10 s, 1 min, 15 min, 1 h, 24 h. */
const TICKS = [1, 10, 60, 900, 3600, 86_400];

export function Waits({ figure, clause, all }: { figure: ClauseFigure; clause: SlaClause; all: number }) {
  const said = useWords(slaWords);
  const format = useFormat();
  const points = [...figure.waits].sort((a, b) => a.ms - b.ms);
  const table = {
    head: [said.waited, said.share, said.cumulative],
    rows: points.map((point) => [format.duration(point.ms), percent(point.count, all), point.count]),
  };
  return (
    <Chart
      question={said.waits}
      about={`${said.unanswered} ${format.count(figure.attainment?.unanswered ?? 0)}`}
      table={table}
      height={280}
      option={(colours) => {
        const seconds = (ms: number) => Math.max(1, ms / 1000);
        const last = points.at(-1);
        const farthest = Math.max(seconds(clause.allowanceMs) * 2, seconds(last?.ms ?? 0));
        const ticks = TICKS.filter((tick) => tick <= farthest);
        return {
          tooltip: { trigger: 'axis', formatter: (shown: { dataIndex: number }[]) => (table.rows[shown[0]?.dataIndex ?? -1] ?? []).join(' · ') },
          grid: { left: 44, right: 56, top: 20, bottom: 32 },
          xAxis: {
            type: 'log',
            min: 1,
            max: farthest,
            axisTick: { customValues: ticks },
            axisLabel: { color: colours.quiet, customValues: ticks, formatter: (value: number) => format.duration(value * 1000) },
            splitLine: { show: false },
            axisLine: { lineStyle: { color: colours.line } },
          },
          yAxis: {
            type: 'value',
            min: 0,
            max: 100,
            interval: 25,
            axisLabel: { formatter: '{value}%', color: colours.quiet },
            splitLine: { lineStyle: { color: colours.line } },
          },
          series: [
            {
              type: 'line',
              step: 'end',
              symbol: 'none',
              lineStyle: { width: 2, color: colours.ink },
              data: points.map((point) => [seconds(point.ms), all === 0 ? 0 : (100 * point.count) / all]),
              endLabel: { show: last !== undefined, formatter: last === undefined ? '' : percent(last.count, all), color: colours.ink },
              markPoint: {
                silent: true,
                symbol: figure.kept ? 'circle' : 'rect',
                symbolSize: 12,
                itemStyle: { color: figure.kept ? colours.status.met.mark : colours.status.breach.mark },
                label: {
                  show: true,
                  position: 'top',
                  color: colours.ink,
                  formatter: `${said.target} ${clause.targetBp / 100}% · ${format.duration(clause.allowanceMs)}`,
                },
                data: [{ coord: [seconds(clause.allowanceMs), clause.targetBp / 100] }],
              },
            },
          ],
        };
      }}
    />
  );
}

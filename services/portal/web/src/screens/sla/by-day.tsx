// The rate by day with the clause drawn in, the counts in a grid below and never on a second axis. A day without conversations is a gap.
import { useMemo } from 'react';
import type { ClauseFigure } from '../../api/types.ts';
import { Chart } from '../../charts/chart.tsx';
import { addDays } from '../../format/dates.ts';
import { percent, verdict } from '../../format/ratio.ts';
import { useFormat } from '../../format/use-format.ts';
import type { Range } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/words.ts';
import { slaWords } from './words.ts';

const MOST_DAYS = 400;

export function ByDay({ figure, targetBp, range }: { figure: ClauseFigure; targetBp: number; range: Range }) {
  const said = useWords(slaWords);
  const shared = useWords(common);
  const format = useFormat();
  const days = useMemo(() => {
    const known = new Map(figure.days.map((day) => [day.date, day]));
    const all: { date: string; met: number; due: number; mark: '' | 'holiday' | 'make-up' }[] = [];
    for (let date = range.from; date <= range.to && all.length < MOST_DAYS; date = addDays(date, 1)) {
      const day = known.get(date);
      const met = day?.attainment?.met ?? 0;
      all.push({ date, met, due: met + (day?.attainment?.missed ?? 0), mark: day?.holiday ? 'holiday' : day?.makeUpDay ? 'make-up' : '' });
    }
    return all;
  }, [figure, range]);
  const judged = days.filter((day) => day.due > 0);
  const table = {
    head: [said.date, said.rate, said.met, said.counts, said.verdict],
    rows: judged.map((day) => [
      day.date,
      percent(day.met, day.due, targetBp),
      day.met,
      `${day.met} / ${day.due}`,
      verdict(day.met, day.due, targetBp) === 'kept' ? shared.kept : shared.missed,
    ]),
  };
  return (
    <Chart
      question={said.byDay}
      about={`≥ ${format.targetPercent(targetBp)}`}
      table={table}
      pointOf={(row) => days.findIndex((day) => day.date === judged[row]?.date)}
      height={280}
      option={(colours) => {
        const marked = days.filter((day) => day.mark !== '');
        const rates = days.map((day) => {
          if (day.due === 0) return null;
          const kept = verdict(day.met, day.due, targetBp) === 'kept';
          return {
            value: (100 * day.met) / day.due,
            symbol: kept ? 'circle' : 'rect',
            itemStyle: { color: kept ? colours.status.met.mark : colours.status.breach.mark },
          };
        });
        return {
          tooltip: { trigger: 'axis', formatter: (points: { dataIndex: number }[]) => dayText(days[points[0]?.dataIndex ?? -1], targetBp) },
          axisPointer: { link: [{ xAxisIndex: 'all' }] },
          grid: [
            { left: 44, right: 44, top: 16, height: 168 },
            { left: 44, right: 44, top: 204, height: 44 },
          ],
          xAxis: [
            {
              type: 'category',
              data: days.map((day) => day.date),
              axisLabel: { show: false },
              axisTick: { show: false },
              axisLine: { lineStyle: { color: colours.line } },
            },
            {
              type: 'category',
              gridIndex: 1,
              data: days.map((day) => day.date.slice(5)),
              axisLabel: { color: colours.quiet },
              axisTick: { show: false },
              axisLine: { lineStyle: { color: colours.line } },
            },
          ],
          yAxis: [
            {
              type: 'value',
              min: 0,
              max: 100,
              interval: 50,
              axisLabel: { formatter: '{value}%', color: colours.quiet },
              splitLine: { lineStyle: { color: colours.line } },
            },
            {
              type: 'value',
              gridIndex: 1,
              min: 0,
              splitNumber: 1,
              name: 'n',
              nameLocation: 'middle',
              nameGap: 28,
              nameRotate: 0,
              axisLabel: { color: colours.quiet, showMaxLabel: true, showMinLabel: false },
              splitLine: { show: false },
            },
          ],
          series: [
            {
              type: 'line',
              data: rates,
              connectNulls: false,
              symbolSize: 8,
              showAllSymbol: true,
              lineStyle: { color: colours.quiet, width: 1 },
              markLine: {
                silent: true,
                symbol: 'none',
                lineStyle: { color: colours.ink, type: 'solid', width: 1 },
                label: { formatter: `${targetBp / 100}%`, color: colours.ink },
                data: [{ yAxis: targetBp / 100 }],
              },
              markArea: {
                silent: true,
                itemStyle: { color: colours.surfaces[2] },
                label: { color: colours.quiet, position: 'insideBottom' },
                data: marked.map((day) => [{ xAxis: day.date, name: day.mark === 'holiday' ? said.holiday : said.makeUp }, { xAxis: day.date }]),
              },
            },
            {
              type: 'bar',
              xAxisIndex: 1,
              yAxisIndex: 1,
              data: days.map((day) => (day.due === 0 ? null : day.due)),
              itemStyle: { color: colours.status.neutral.mark },
              barMaxWidth: 16,
            },
          ],
        };
      }}
    />
  );
}

const dayText = (day: { date: string; met: number; due: number } | undefined, targetBp: number): string =>
  day === undefined ? '' : `${day.date}<br>${percent(day.met, day.due, targetBp)} · ${day.met} / ${day.due}`;

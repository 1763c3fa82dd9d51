// The last hour of every service side by side, on one scale: throughput and lag. Drawn from the same table that `t` shows.
import { useMemo } from 'react';
import { Chart } from '../../charts/chart.tsx';
import type { palettes } from '../../design/tokens.ts';
import { useFormat } from '../../format/use-format.ts';
import { Empty } from '../../parts/page.tsx';
import { browserZone } from '../../scope/scope.ts';
import { useWords } from '../../words/words.ts';
import { type Hour, hourOf, type Samples } from './hour.ts';
import { LATE_MS } from './state.ts';
import { systemWords } from './words.ts';

const ROW_PX = 112;
const TITLE_PX = 18;
const WIDE_COLUMNS = 3;

export function HourCharts({ samples }: { samples: Samples }) {
  const said = useWords(systemWords);
  const format = useFormat();
  const hour = useMemo(() => hourOf(samples), [samples]);
  const known = samples.services.flatMap(({ samples: mine }) => mine.slice(0, 1)).map(({ at }) => at);
  if (!hour.services.some(({ rates }) => rates.some((rate) => rate !== null))) return <Empty>{said.noSamples}</Empty>;
  const since = format.clock(Math.min(...known), browserZone).slice(0, 5);
  const rates = hour.services.map(({ service, rates: values }) => ({ service, values }));
  const lags = hour.services.map(({ service, lags: values }) => ({ service, values }));
  return (
    <>
      <Multiples question={said.throughput} about={said.throughputAbout(since)} minutes={hour.minutes} series={rates} />
      <Multiples question={said.lagChart} about={said.lagAbout} minutes={hour.minutes} series={lags} limit={LATE_MS / 1000} />
    </>
  );
}

interface MultiplesProps {
  question: string;
  about: string;
  minutes: Hour['minutes'];
  series: readonly { service: string; values: readonly (number | null)[] }[];
  /** Drawn as a line on each. */
  limit?: number;
}

function Multiples({ question, about, minutes, series, limit }: MultiplesProps) {
  const said = useWords(systemWords);
  const format = useFormat();
  const columns = window.matchMedia('(max-width: 720px)').matches ? 1 : WIDE_COLUMNS;
  const rows = Math.ceil(series.length / columns);
  const clock = (minute: number) => format.clock(minute, browserZone).slice(0, 5);
  const rounded = (value: number | null) => (value === null ? said.none : value < 10 ? value.toFixed(1) : format.count(Math.round(value)));
  const top = Math.max(limit ?? 0, 1, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const option = (colours: (typeof palettes)['light']) => ({
    title: series.map(({ service }, index) => ({
      ...{ text: service, left: `${((index % columns) * 100) / columns + 1}%`, top: Math.floor(index / columns) * ROW_PX },
      textStyle: { fontSize: 12, fontWeight: 'normal', color: colours.ink },
    })),
    grid: series.map((_, index) => ({
      ...{ left: `${((index % columns) * 100) / columns + 4}%`, width: `${100 / columns - 6}%` },
      ...{ top: Math.floor(index / columns) * ROW_PX + TITLE_PX + 6, height: ROW_PX - TITLE_PX - 34 },
    })),
    xAxis: series.map((_, index) => ({
      ...{ type: 'category', gridIndex: index, data: minutes.map(clock), axisTick: { show: false } },
      axisLabel: { color: colours.quiet, interval: 29 },
      axisLine: { lineStyle: { color: colours.line } },
    })),
    yAxis: series.map((_, index) => ({
      ...{ type: 'value', gridIndex: index, min: 0, max: niceTop(top), splitNumber: 1 },
      axisLabel: { color: colours.quiet, showMinLabel: false },
      splitLine: { lineStyle: { color: colours.line } },
    })),
    series: series.map(({ service, values }, index) => ({
      ...{ type: 'line', name: service, xAxisIndex: index, yAxisIndex: index, data: [...values], connectNulls: false, symbol: 'circle', symbolSize: 3 },
      lineStyle: { color: colours.status.met.mark, width: 1.5 },
      itemStyle: { color: colours.status.met.mark },
      ...(limit === undefined
        ? {}
        : {
            markLine: {
              ...{ silent: true, symbol: 'none', lineStyle: { color: colours.ink, type: 'solid', width: 1 }, data: [{ yAxis: limit }] },
              label: { formatter: said.limit(String(limit)), color: colours.ink, position: 'insideEndTop' },
            },
          }),
    })),
  });
  return (
    <Chart
      question={question}
      about={about}
      height={rows * ROW_PX}
      table={{
        head: [said.time, ...series.map(({ service }) => service)],
        rows: minutes.map((minute, index) => [clock(minute), ...series.map(({ values }) => rounded(values[index] ?? null))]),
      }}
      option={option}
    />
  );
}

/** The next of 1, 2, 5 times a power of ten. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

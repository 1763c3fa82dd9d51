// How many were online over the day: a step line from zero, the shifts dashed, the contracted number as a rule. Online ends where it is known to.
import { Chart } from '../../charts/chart.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useWords } from '../../words/words.ts';
import type { ShopDuty } from './queries.ts';
import { staffingWords } from './words.ts';

const HOUR = 3_600_000;

export function DutyChart({ duty, zone }: { duty: ShopDuty; zone: string }) {
  const said = useWords(staffingWords);
  const format = useFormat();
  const clock = (at: number) => format.clock(at, zone).slice(0, 5);
  const { steps, fromAt, toAt, asOf, presenceKnown } = duty;
  const agreed = duty.now?.contracted?.count;
  const known = steps.filter(({ at }) => at <= asOf);
  const end = Math.min(asOf, toAt);
  const online = presenceKnown ? [...known.map(({ at, online: n }) => [at, n]), [end, known.at(-1)?.online ?? 0]] : [];
  const rostered = [...steps.map(({ at, rostered: n }) => [at, n]), [toAt, steps.at(-1)?.rostered ?? 0]];
  const top = Math.max(agreed ?? 0, 1, ...steps.flatMap((step) => [step.online, step.rostered]));
  return (
    <Chart
      question={said.chart}
      about={said.chartAbout(agreed === undefined ? said.noneAgreed : String(agreed))}
      table={{
        head: [said.time, said.online, said.rosteredCount],
        rows: steps.map((step) => [clock(step.at), presenceKnown && step.at <= asOf ? step.online : '—', step.rostered]),
      }}
      height={220}
      option={(colours) => ({
        grid: { left: 32, right: 64, top: 16, bottom: 28 },
        xAxis: {
          ...{ type: 'value', min: fromAt, max: toAt, interval: 3 * HOUR, axisLine: { lineStyle: { color: colours.line } }, splitLine: { show: false } },
          axisLabel: { color: colours.quiet, formatter: (at: number) => clock(at) },
        },
        yAxis: {
          ...{ type: 'value', min: 0, max: top + 1, minInterval: 1, axisLabel: { color: colours.quiet } },
          splitLine: { lineStyle: { color: colours.line } },
        },
        series: [
          {
            ...{
              type: 'line',
              name: said.online,
              step: 'end',
              symbol: 'none',
              data: online,
              endLabel: { show: presenceKnown, formatter: said.online, color: colours.ink },
            },
            lineStyle: { color: colours.status.met.mark, width: 2 },
            ...(agreed === undefined
              ? {}
              : {
                  markLine: {
                    ...{ silent: true, symbol: 'none', data: [{ yAxis: agreed }], lineStyle: { color: colours.ink, type: 'solid', width: 1 } },
                    label: { formatter: `${said.contracted} ${agreed}`, color: colours.ink, position: 'insideStartTop' },
                  },
                }),
          },
          {
            ...{ type: 'line', name: said.rosteredCount, step: 'end', symbol: 'none', data: rostered },
            lineStyle: { color: colours.quiet, width: 1.5, type: 'dashed' },
          },
        ],
      })}
    />
  );
}

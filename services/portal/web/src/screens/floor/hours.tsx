// Shops by hour: a heat map of percentage points below each shop's own target, worst shop first; one shop alone is a line.
import { useMemo } from 'react';
import { useShopNames } from '../../api/queries.ts';
import type { Floor, HourCell } from '../../api/types.ts';
import { Chart } from '../../charts/chart.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useWords } from '../../words/words.ts';
import { floorWords } from './words.ts';

const HOUR_MS = 3_600_000;
const MOST_SHOPS = 50;
const FEW = 10;

/** Percentage points below target, 0 when met. */
export const below = (cell: HourCell): number => {
  const due = cell.met + cell.missed;
  return due === 0 ? 0 : Math.max(0, cell.targetBp / 100 - (100 * cell.met) / due);
};

/** One cell per shop and hour: the clause that is worst there speaks for it. Shops worst first. */
export function grid(cells: readonly HourCell[]): { shops: string[]; hours: number[]; at: Map<string, HourCell> } {
  const at = new Map<string, HourCell>();
  const missed = new Map<string, number>();
  for (const cell of cells) {
    const key = `${cell.shopId}|${cell.hourStart}`;
    const known = at.get(key);
    if (known === undefined || below(cell) > below(known)) at.set(key, cell);
    missed.set(cell.shopId, (missed.get(cell.shopId) ?? 0) + cell.missed);
  }
  const shops = [...missed.entries()].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([shop]) => shop);
  const starts = cells.map((cell) => cell.hourStart);
  const first = Math.min(...starts);
  const hours = Array.from({ length: Math.round((Math.max(...starts) - first) / HOUR_MS) + 1 }, (_, index) => first + index * HOUR_MS);
  return { shops: shops.slice(0, MOST_SHOPS), hours, at };
}

export function HourChart({ cells, rest, zone, wall }: { cells: readonly HourCell[]; rest: Floor['rest']; zone: string; wall: boolean }) {
  const said = useWords(floorWords);
  const format = useFormat();
  const nameOf = useShopNames();
  const { shops, hours, at } = useMemo(() => grid(cells), [cells]);
  const shopName = (shopId: string) => (wall ? said.nthShop(String(shops.indexOf(shopId) + 1)) : nameOf(shopId));
  const hourName = (hour: number) => format.clock(hour, zone).slice(0, 5);
  const table = {
    head: [said.shop, said.hour, said.counts, said.rate, said.target],
    rows: shops.flatMap((shop) =>
      hours.flatMap((hour) => {
        const cell = at.get(`${shop}|${hour}`);
        if (cell === undefined) return [];
        const due = cell.met + cell.missed;
        return [[shopName(shop), hourName(hour), `${cell.met} / ${due}`, format.percent(cell.met, due, cell.targetBp), format.targetPercent(cell.targetBp)]];
      }),
    ),
  };
  const data = shops.flatMap((shop, row) =>
    hours.flatMap((hour, column) => {
      const cell = at.get(`${shop}|${hour}`);
      return cell === undefined
        ? []
        : [{ value: [column, row, Math.round(below(cell) * 10) / 10], label: { show: cell.met + cell.missed < FEW }, due: cell.met + cell.missed }];
    }),
  );
  const total = [...at.values()].reduce((sum, cell) => sum + cell.met + cell.missed, 0);
  return (
    <Chart
      question={said.byHour}
      about={`n = ${format.count(total)} · ${said.few}`}
      height={Math.max(200, 60 + shops.length * 30)}
      table={table}
      pointOf={(row) => (shops.length === 1 ? hours.findIndex((hour) => hourName(hour) === table.rows[row]?.[1]) : row)}
      legend={
        rest === undefined || rest.shops === 0 ? null : (
          <p className="rest-row">{said.restHours(format.count(rest.shops), format.count(rest.met), format.count(rest.met + rest.missed))}</p>
        )
      }
      option={(colours) =>
        shops.length === 1
          ? {
              grid: { left: 48, right: 16, top: 16, bottom: 28 },
              xAxis: { type: 'category', data: hours.map(hourName), axisLabel: { color: colours.quiet } },
              yAxis: {
                type: 'value',
                min: 0,
                max: 100,
                axisLabel: { formatter: '{value}%', color: colours.quiet },
                splitLine: { lineStyle: { color: colours.line } },
              },
              series: [
                {
                  type: 'line',
                  symbolSize: 7,
                  connectNulls: false,
                  data: hours.map((hour) => {
                    const cell = at.get(`${shops[0]}|${hour}`);
                    return cell === undefined ? null : (100 * cell.met) / Math.max(1, cell.met + cell.missed);
                  }),
                  color: colours.status.met.mark,
                },
              ],
            }
          : {
              tooltip: { trigger: 'item', formatter: ({ dataIndex }: { dataIndex: number }) => (table.rows[dataIndex] ?? []).join(' · ') },
              grid: { left: 116, right: 8, top: 8, bottom: 64 },
              xAxis: { type: 'category', data: hours.map(hourName), axisLabel: { color: colours.quiet }, splitArea: { show: false } },
              yAxis: { type: 'category', inverse: true, data: shops.map(shopName), axisLabel: { color: colours.ink, width: 104, overflow: 'truncate' } },
              visualMap: {
                show: true,
                orient: 'horizontal',
                left: 'center',
                bottom: 0,
                itemHeight: 80,
                itemWidth: 12,
                min: 0,
                max: 50,
                text: [said.below, ''],
                textStyle: { color: colours.quiet },
                inRange: { color: [colours.surfaces[2], colours.status.breach.mark] },
              },
              series: [
                {
                  type: 'heatmap',
                  data,
                  label: {
                    color: colours.ink,
                    // An edge and no box: of 24 hours side by side a box hides the cell it stands on.
                    textBorderColor: colours.surfaces[0],
                    textBorderWidth: 3,
                    fontSize: 11,
                    formatter: ({ data: cell }: { data: { due: number } }) => String(cell.due),
                  },
                  itemStyle: { borderColor: colours.surfaces[0], borderWidth: 1 },
                },
              ],
            }
      }
    />
  );
}

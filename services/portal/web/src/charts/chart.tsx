// A chart that everyone can read: the picture, the same data as a table (t), and arrow keys that speak its points. Its title is the question.
import type { EChartsCoreOption, EChartsType } from 'echarts/core';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import { useMode } from '../design/mode.ts';
import { type Mode, palettes } from '../design/tokens.ts';
import { useKeys } from '../parts/keys.ts';
import { common } from '../words/common.ts';
import { useWords } from '../words/words.ts';

export interface ChartTable {
  head: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

const same = (row: number): number => row;

interface ChartProps {
  question: string;
  about: string; // n and range
  option: (colours: (typeof palettes)[Mode]) => EChartsCoreOption;
  table: ChartTable; // the same points as the picture
  pointOf?: (row: number) => number; // where a row of the table stands in the picture, if elsewhere
  height?: number;
  legend?: ReactNode;
}

export function Chart({ question, about, option, table, pointOf = same, height = 260, legend }: ChartProps) {
  const words = useWords(common);
  const [params, setParams] = useSearchParams();
  const asTable = params.get('table') === '1';
  const id = useId();
  const toggle = () =>
    setParams(
      (current) => {
        const next = new URLSearchParams(current);
        asTable ? next.delete('table') : next.set('table', '1');
        return next;
      },
      { replace: true },
    );
  useKeys({ t: toggle });
  return (
    <figure className="chart" aria-labelledby={id}>
      <figcaption id={id}>
        <span>
          <span className="sr-only">{question}</span> <span className="quiet">{about}</span>
        </span>
        <button type="button" className="plain" onClick={toggle} aria-pressed={asTable}>
          {asTable ? words.asChart : words.asTable} <kbd>t</kbd>
        </button>
      </figcaption>
      {asTable ? (
        <TableOf table={table} caption={question} />
      ) : (
        <Picture label={`${question} ${about}`} option={option} table={table} pointOf={pointOf} height={height} help={words.chartHelp} />
      )}
      {legend}
    </figure>
  );
}

function TableOf({ table, caption }: { table: ChartTable; caption: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="table-box table-short" tabIndex={0} aria-label={caption}>
      <table className="data">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            {table.head.map((title, index) => (
              <th key={title} scope="col" className={index === 0 ? undefined : 'number'}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr key={row.slice(0, 2).join('|')}>
              {row.map((cell, index) => (
                <td key={table.head[index]} className={index === 0 ? undefined : 'number'}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Picture({
  label,
  option,
  table,
  pointOf,
  height,
  help,
}: Required<Pick<ChartProps, 'option' | 'table' | 'pointOf' | 'height'>> & { label: string; help: string }) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(undefined);
  const mode = useMode();
  const [point, setPoint] = useState(-1);
  const wanted = useRef(option);
  wanted.current = option;

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let gone = false;
    let observer: ResizeObserver | undefined;
    void import('./engine.ts').then(({ init }) => {
      if (gone) return;
      chart.current = init(element);
      chart.current.setOption(base(mode, wanted.current));
      observer = new ResizeObserver(() => chart.current?.resize());
      observer.observe(element);
    });
    return () => {
      gone = true;
      observer?.disconnect();
      chart.current?.dispose();
      chart.current = undefined;
    };
  }, [mode]);

  useEffect(() => {
    chart.current?.setOption(base(mode, option), { notMerge: true });
  }, [option, mode]);

  const walk = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined || table.rows.length === 0) return;
    event.preventDefault();
    const next = Math.min(table.rows.length - 1, Math.max(0, point + step));
    setPoint(next);
    chart.current?.dispatchAction({ type: 'showTip', seriesIndex: 0, dataIndex: pointOf(next) });
  };
  const row = table.rows[point];
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys speak its points */}
      <section className="picture" tabIndex={0} aria-label={`${label}. ${help}`} onKeyDown={walk}>
        <div ref={box} style={{ height }} aria-hidden="true" />
      </section>
      <p className="spoken" role="status">
        {row === undefined ? '' : row.map((cell, index) => `${table.head[index]} ${cell}`).join(' · ')}
      </p>
    </>
  );
}

function base(mode: Mode, option: ChartProps['option']): EChartsCoreOption {
  const palette = palettes[mode];
  return {
    animation: false,
    textStyle: { color: palette.ink, fontFamily: 'inherit', fontSize: 12 },
    aria: { enabled: false, decal: { show: true } },
    tooltip: {
      trigger: 'axis',
      backgroundColor: palette.surfaces[0],
      borderColor: palette.line,
      textStyle: { color: palette.ink },
      confine: true,
      transitionDuration: 0,
    },
    ...option(palette),
  };
}

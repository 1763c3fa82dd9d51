// The SLA ribbon: an ordered list whose segments say from, to and state. Arrow keys walk them. Running seconds sum to the clock's figure.
import { type KeyboardEvent, useRef, useState } from 'react';
import { useClauseText } from '../../api/clauses.ts';
import type { RibbonRow, RibbonSegment } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { StatusMark } from '../../parts/status.tsx';
import { domain, wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { clockStatus } from '../sla/clocks.tsx';
import { conversationWords } from './words.ts';

const endOf = (segment: RibbonSegment, now: number) => (segment.toAt === 0 ? Math.max(now, segment.fromAt) : segment.toAt);

/** The clock's figure: its own once stopped, until then the running seconds of its segments. */
const ran = ({ clock, segments }: RibbonRow, now: number): number =>
  clock !== undefined && clock.stoppedAt !== 0
    ? clock.elapsedMs
    : segments.reduce((sum, segment) => (segment.state === 'outside-hours' ? sum : sum + endOf(segment, now) - segment.fromAt), 0);

/** How wide a segment is: even scale gives long stretches their logarithm, so that a night does not swallow the seconds. */
export const weight = (ms: number, trueScale: boolean): number => (trueScale ? Math.max(1, ms) : Math.log2(2 + ms / 1000));

export function Ribbon({ row, zone, now, trueScale }: { row: RibbonRow; zone: string; now: number; trueScale: boolean }) {
  const said = useWords(conversationWords);
  const terms = useWords(domain);
  const format = useFormat();
  const clauseText = useClauseText();
  const list = useRef<HTMLOListElement>(null);
  const [at, setAt] = useState(0);
  const { clock, clause, segments } = row;
  if (clock === undefined || clause === undefined) return null;
  const text = (segment: RibbonSegment) => {
    const end = endOf(segment, now);
    return said.segment(
      wordFor(said.segments, segment.state),
      format.instant(segment.fromAt, zone),
      segment.toAt === 0 ? said.now : format.instant(end, zone),
      format.duration(end - segment.fromAt),
    );
  };
  const walk = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.min(segments.length - 1, Math.max(0, at + step));
    setAt(next);
    list.current?.querySelectorAll<HTMLElement>('li')[next]?.focus();
  };
  const name = `${clauseText(clause)}${clause.metric === 'reply-rate' ? ` · ${said.round(String(clock.round))}` : ''}`;
  const chosen = segments[at];
  return (
    <div>
      <p>
        <strong>{name}</strong>{' '}
        <StatusMark status={clockStatus[clock.state] ?? 'neutral'}>
          {wordFor(terms.states, clock.state)} · {said.sums(format.durationAgainst(ran(row, now), clause.allowanceMs))}
        </StatusMark>{' '}
        <span className="quiet">{said.due(format.instant(clock.dueAt, zone))}</span>
      </p>
      <ol className="ribbon" ref={list} aria-label={name} onKeyDown={walk}>
        {segments.map((segment, index) => (
          <li
            key={segment.fromAt}
            className={`segment segment-${segment.state}`}
            style={{ flexGrow: weight(endOf(segment, now) - segment.fromAt, trueScale) }}
            tabIndex={index === at ? 0 : -1}
            aria-label={text(segment)}
            title={text(segment)}
            onFocus={() => setAt(index)}
          />
        ))}
      </ol>
      <p className="ribbon-said" role="status">
        {chosen === undefined ? '' : text(chosen)}
      </p>
    </div>
  );
}

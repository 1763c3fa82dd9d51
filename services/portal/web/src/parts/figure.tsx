// One figure, whole: value, the counts it is made of, verdict with its distance, and the period, rule and moment it is true for. It is a link to its rows.
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Status } from '../design/tokens.ts';
import { percent, verdict } from '../format/ratio.ts';
import { useFormat } from '../format/use-format.ts';
import { common } from '../words/common.ts';
import { useWords } from '../words/words.ts';
import { StatusMark } from './status.tsx';

interface FigureProps {
  label: string;
  value: ReactNode;
  counts?: ReactNode;
  status?: Status;
  verdict?: ReactNode;
  about?: ReactNode; // period, zone, rule, as of
  to?: string;
}

export function Figure({ label, value, counts, status, verdict: said, about, to }: FigureProps) {
  const body = (
    <>
      <span className="figure-label">{label}</span>
      <span className="figure-value">
        <strong>{value}</strong>
        {counts === undefined ? null : <span className="figure-counts">{counts}</span>}
      </span>
      {said === undefined ? null : (
        <span className="figure-verdict">
          <StatusMark status={status ?? 'neutral'}>{said}</StatusMark>
        </span>
      )}
      {about === undefined ? null : <span className="figure-about">{about}</span>}
    </>
  );
  return to === undefined ? (
    <div className="figure">{body}</div>
  ) : (
    <Link className="figure" to={to}>
      {body}
    </Link>
  );
}

/** A rate judged against its clause: under 30 cases the fraction is large and the percentage small. */
export function RateFigure({
  label,
  part,
  whole,
  targetBp,
  within,
  about,
  to,
}: {
  label: string;
  part: number;
  whole: number;
  targetBp: number;
  within?: string;
  about?: ReactNode;
  to?: string;
}) {
  const words = useWords(common);
  const format = useFormat();
  const fraction = `${format.count(part)} / ${format.count(whole)}`;
  const rate = percent(part, whole, targetBp);
  const few = whole < 30;
  const clause = `≥ ${format.targetPercent(targetBp)}${within === undefined ? '' : ` · ${within}`}`;
  const kept = verdict(part, whole, targetBp) === 'kept';
  const distance = whole === 0 ? words.nothingDue : (kept ? words.above : words.short)(format.pointsFromTarget(part, whole, targetBp));
  const link = to === undefined ? {} : { to };
  return (
    <Figure
      label={label}
      value={few ? fraction : rate}
      counts={few ? rate : fraction}
      status={whole === 0 ? 'neutral' : kept ? 'met' : 'breach'}
      verdict={whole === 0 ? `${clause} · ${distance}` : `${kept ? words.kept : words.missed} ${clause} · ${distance}`}
      about={about}
      {...link}
    />
  );
}

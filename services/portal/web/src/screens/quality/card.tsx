// The scorecard: an item at a time is up; its grades are buttons as well as keys.

import type { Scorecard } from '../../api/types.ts';
import { domain, wordFor } from '../../words/domain.ts';
import { useLocale, useWords } from '../../words/words.ts';
import { GRADES, type Grade, type Marks, points } from './scores.ts';
import { qualityWords } from './words.ts';

const KEY_OF: Record<Grade, string> = { pass: '1', partial: '2', fail: '3', na: 'n' };

interface CardProps {
  card: Scorecard;
  marks: Marks;
  at: number;
  editable: boolean;
  mark: (grade: Grade, index: number) => void;
  focus: (index: number) => void;
}

export function ScoreCard({ card, marks, at, editable, mark, focus }: CardProps) {
  const said = useWords(qualityWords);
  const terms = useWords(domain);
  const locale = useLocale();
  return (
    <ol>
      {card.items.map((item, index) => {
        const name = locale === 'zh' ? item.nameZh : item.nameEn;
        return (
          <li key={item.key} className={index === at ? 'item item-open' : 'item'} {...(index === at ? { 'aria-current': 'step' as const } : {})}>
            <span className="quiet">{index + 1}</span>
            <div>
              <strong>{name}</strong>{' '}
              <span className="quiet">{item.fatal ? <span className="status-breach">■ {said.fatal}</span> : said.points(points(item.pointsTenths))}</span>
              <p className="hint">{locale === 'zh' ? item.hintZh : item.hintEn}</p>
            </div>
            <fieldset className="grades">
              <legend className="sr-only">{name}</legend>
              {GRADES.map((grade) => (
                <button
                  key={grade}
                  type="button"
                  className="grade"
                  aria-pressed={marks[item.key] === grade}
                  disabled={!editable}
                  onClick={() => {
                    focus(index);
                    mark(grade, index);
                  }}
                >
                  <span aria-hidden="true">{KEY_OF[grade]} </span>
                  {wordFor(terms.grades, grade)}
                </button>
              ))}
            </fieldset>
          </li>
        );
      })}
    </ol>
  );
}

// Scores as people read them, and the state of a card being filled: pure, so that the keyboard's rules can be tested.
import type { Scorecard } from '../../api/types.ts';

export const GRADES = ['pass', 'partial', 'fail', 'na'] as const;
export type Grade = (typeof GRADES)[number];
export type Marks = Readonly<Record<string, Grade>>;

/** Which grade a key means on the desk. */
export const gradeOfKey: Record<string, Grade> = { '1': 'pass', '2': 'partial', '3': 'fail', n: 'na' };

/** 912 tenths -> 91.2 */
export const points = (tenths: number): string => `${Math.trunc(tenths / 10)}.${Math.abs(tenths % 10)}`;

/** The next item without a grade after `from`, going round; -1 when all are graded. */
export function nextOpen(card: Scorecard, marks: Marks, from: number): number {
  for (let step = 1; step <= card.items.length; step += 1) {
    const at = (from + step) % card.items.length;
    const item = card.items[at];
    if (item !== undefined && marks[item.key] === undefined) return at;
  }
  return -1;
}

export const openCount = (card: Scorecard, marks: Marks): number => card.items.filter((item) => marks[item.key] === undefined).length;

/** Marks as the API takes them; the service computes the points. */
export const itemsOf = (card: Scorecard, marks: Marks): { itemKey: string; grade: Grade }[] =>
  card.items.flatMap((item) => {
    const grade = marks[item.key];
    return grade === undefined ? [] : [{ itemKey: item.key, grade }];
  });

// What an exported list is made of: named, typed columns in both languages. A workbook and a CSV are written from the same ones.

export type Language = 'zh' | 'en';

/** text: ids, names, codes: never a number, 18 digits would lose some. money: decimal text, exact. instant: epoch ms, 0 = none. seconds: from ms, null = none. */
export type Cell = string | number | boolean | null;
export type Kind = 'text' | 'count' | 'money' | 'instant' | 'date' | 'seconds' | 'score' | 'flag';

export interface Column<Row> {
  readonly zh: string;
  readonly en: string;
  readonly kind: Kind;
  readonly of: (row: Row, names: Names) => Cell;
}

/** What ids are called, and whose days count. */
export interface Names {
  readonly language: Language;
  shop(shopId: string): { readonly code: string; readonly name: string; readonly zone: string };
  /** An agent by `agent:<id>` or its id, an account as it is. */
  agent(key: string): string;
  word(code: string): string;
}

/** A list as it is written: its rows in the order of the screen. */
export interface Sheet<Row> {
  readonly name: { readonly zh: string; readonly en: string };
  readonly columns: readonly Column<Row>[];
  /** The zone an instant of the row is told in. */
  readonly zoneOf: (row: Row, names: Names) => string;
  /** In words: what is in it and in which order. */
  readonly rule: { readonly zh: string; readonly en: string };
}

/** One row, ready to be written: instants are wall-clock times of their zone. */
export type WrittenCell = { readonly kind: Kind; readonly text: string };

export function written<Row>(sheet: Sheet<Row>, row: Row, names: Names): WrittenCell[] {
  const zone = sheet.zoneOf(row, names) || 'UTC';
  return sheet.columns.map(({ kind, of }) => ({ kind, text: textOf(kind, of(row, names), zone, names.language) }));
}

function textOf(kind: Kind, cell: Cell, zone: string, language: Language): string {
  if (cell === null || cell === '') return '';
  switch (kind) {
    case 'instant':
      return cell === 0 ? '' : zoned(Number(cell), zone);
    case 'seconds':
      return (Number(cell) / 1_000).toFixed(3);
    case 'score':
      return (Number(cell) / 10).toFixed(1);
    case 'flag':
      return { zh: cell === true ? '是' : '否', en: cell === true ? 'yes' : 'no' }[language];
    default:
      return String(cell);
  }
}

/** 2026-03-05T10:00:45.000+08:00 */
function zoned(at: number, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toString({ timeZoneName: 'never', fractionalSecondDigits: 3 });
}

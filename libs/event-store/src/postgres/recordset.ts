// Rows for the database to select from, as it reads them fastest: an array a column. Out of JSON it makes a table of names for each row first, which takes
// four times as long.
import { booleanArray, int8Array, textArray } from './binary-arrays.ts';

interface Column {
  readonly name: string;
  /** PostgreSQL's name of it. */
  readonly type: string;
}

interface Recordset {
  /** To stand behind `from`, under the name `r`; its columns are bound as $1, $2, ... */
  readonly from: string;
  readonly parameters: readonly (Buffer | string)[];
}

type Row = Readonly<Record<string, unknown>>;
type Encode = (values: readonly unknown[]) => Buffer | undefined;

const INTEGERS: Encode = (values) =>
  values.every((value) => value === null || Number.isSafeInteger(value)) ? int8Array(values as (number | null)[]) : undefined;
const TEXTS: Encode = (values) => (values.every((value) => value === null || typeof value === 'string') ? textArray(values as (string | null)[]) : undefined);
const BOOLEANS: Encode = (values) =>
  values.every((value) => value === null || typeof value === 'boolean') ? booleanArray(values as (boolean | null)[]) : undefined;
/** An array of arrays is a matrix to PostgreSQL, all rows of one length: so each is sent as its literal. */
const LISTS: Encode = (values) => {
  const literals = values.map((value) =>
    value === null ? null : Array.isArray(value) && value.every((one) => typeof one === 'string') ? literal(value) : undefined,
  );
  return literals.every((one) => one !== undefined) ? textArray(literals) : undefined;
};

/** By a column's type: what it is sent as, and whether it is cast to its own where it is read. An integer that fits no int4 is refused where it is written. */
const ENCODED: Readonly<Record<string, { readonly as: string; readonly encode: Encode; readonly cast?: true }>> = {
  text: { as: 'text', encode: TEXTS },
  integer: { as: 'bigint', encode: INTEGERS },
  bigint: { as: 'bigint', encode: INTEGERS },
  boolean: { as: 'boolean', encode: BOOLEANS },
  'text[]': { as: 'text', encode: LISTS, cast: true },
};

/** An array of texts as PostgreSQL writes it. */
function literal(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

/**
 * Rows of these columns: as arrays where all are texts, integers, booleans, lists of texts and nulls, else as JSON by `encode`.
 */
export function recordset(rows: readonly Row[], columns: readonly Column[], encode: (rows: readonly Row[]) => string = JSON.stringify): Recordset {
  const arrays = columns.map(({ name, type }) => ENCODED[type]?.encode(rows.map((row) => row[name])));
  if (arrays.every((array) => array !== undefined)) {
    const sources = columns.map(({ type }, index) => `$${index + 1}::${ENCODED[type]?.as}[]`);
    const from = `unnest(${sources.join(', ')}) r (${columns.map(({ name }) => `"${name}"`).join(', ')})`;
    if (columns.every(({ type }) => ENCODED[type]?.cast !== true)) return { from, parameters: arrays };
    const read = columns.map(({ name, type }) => (ENCODED[type]?.cast === true ? `"${name}"::${type}` : `"${name}"`));
    return { from: `(select ${read.join(', ')} from ${from}) r`, parameters: arrays };
  }
  const sent = rows.map((row) => Object.fromEntries(columns.map(({ name }) => [name, row[name]])));
  return { from: `json_to_recordset($1::json) r (${columns.map(({ name, type }) => `"${name}" ${type}`).join(', ')})`, parameters: [encode(sent)] };
}

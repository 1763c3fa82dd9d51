// PostgreSQL's binary form of one-dimensional arrays. The driver sends a Buffer as it is, where it would write an array as text, quoted element by
// element, for the server to parse again: half of what a group's parameters cost on both sides.

import { endianness } from 'node:os';

const INT4 = { oid: 23, bytes: 4 };
const INT8 = { oid: 20, bytes: 8 };
const BOOLEAN_OID = 16;
const TEXT_OID = 25;
const WORD = 4;
/** Words before the elements: dimensions (none when empty), whether there are nulls, the elements' type; and of the one dimension its length and lower bound. */
const HEADER = 5;
const EMPTY_HEADER = 3;
const TWO_32 = 2 ** 32;
/** The length of an element that is null. */
const NULL = -1;

// By index: between the calls that optimise them, an iterator's result for each number is most of what these functions allocate.

/** An `int4[]` of each list of integers that fit one, by name: all in one allocation, for that is what many short ones cost. */
export function int4Arrays<Name extends string>(lists: Readonly<Record<Name, readonly number[]>>): Record<Name, Buffer> {
  const named = Object.entries<readonly number[]>(lists);
  const words = new Int32Array(named.reduce((total, [, values]) => total + wordsOf(values.length, INT4.bytes), 0));
  let at = 0;
  for (const [, values] of named) {
    at = start(words, at, INT4.oid, values.length);
    for (let index = 0; index < values.length; index += 1) {
      words[at] = INT4.bytes;
      words[at + 1] = values[index] as number;
      at += 2;
    }
  }
  const bytes = bigEndian(words);
  let from = 0;
  const arrays = named.map(([name, values]): [string, Buffer] => {
    const to = from + wordsOf(values.length, INT4.bytes) * WORD;
    const array = bytes.subarray(from, to);
    from = to;
    return [name, array];
  });
  return Object.fromEntries(arrays) as Record<Name, Buffer>;
}

/** An `int8[]` of safe integers and nulls. */
export function int8Array(values: readonly (number | null)[]): Buffer {
  let nulls = 0;
  for (let index = 0; index < values.length; index += 1) if (values[index] === null) nulls += 1;
  const words = new Int32Array(wordsOf(values.length, INT8.bytes) - (nulls * INT8.bytes) / WORD);
  let at = start(words, 0, INT8.oid, values.length, nulls);
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number | null;
    if (value === null) {
      words[at] = NULL;
      at += 1;
      continue;
    }
    words[at] = INT8.bytes;
    words[at + 1] = Math.floor(value / TWO_32);
    words[at + 2] = value; // the lower 32 bits
    at += 3;
  }
  return bigEndian(words);
}

/** A `bool[]` of booleans and nulls. */
export function booleanArray(values: readonly (boolean | null)[]): Buffer {
  const nulls = values.filter((value) => value === null).length;
  const words = new Int32Array(wordsOf(values.length, -WORD)); // the header alone
  start(words, 0, BOOLEAN_OID, values.length, nulls);
  const header = bigEndian(words);
  const array = Buffer.alloc(header.length + values.length * (WORD + 1) - nulls);
  header.copy(array);
  let at = header.length;
  for (const value of values) {
    at = array.writeInt32BE(value === null ? NULL : 1, at);
    if (value !== null) at = array.writeUInt8(value ? 1 : 0, at);
  }
  return array;
}

/** A `text[]`, in UTF-8, of texts and nulls. */
export function textArray(values: readonly (string | null)[]): Buffer {
  const words = new Int32Array(wordsOf(values.length, -WORD)); // the header alone
  let bytes = 0;
  let nulls = 0;
  for (const value of values) {
    if (value === null) nulls += 1;
    else bytes += Buffer.byteLength(value);
  }
  start(words, 0, TEXT_OID, values.length, nulls);
  const header = bigEndian(words);
  const array = Buffer.allocUnsafe(header.length + values.length * WORD + bytes);
  header.copy(array);
  let at = header.length;
  let previous: string | undefined;
  let previousAt = 0;
  for (const value of values) {
    if (value === null) {
      at = array.writeInt32BE(NULL, at);
      previous = undefined;
      continue;
    }
    // One vendor, one shop, one type again and again: copying is cheaper than encoding.
    const length: number = value === previous ? at - previousAt - WORD : array.write(value, at + WORD);
    if (value === previous) array.copyWithin(at, previousAt, at);
    else array.writeInt32BE(length, at);
    previous = value;
    previousAt = at;
    at += WORD + length;
  }
  return array;
}

/** How many words an array takes, its elements' lengths among them. */
function wordsOf(length: number, elementBytes: number): number {
  return length === 0 ? EMPTY_HEADER : HEADER + length * (1 + elementBytes / WORD);
}

/** Writes an array's header, the words being zero so far; answers where its elements begin. */
function start(words: Int32Array, at: number, oid: number, length: number, nulls = 0): number {
  words[at + 1] = nulls === 0 ? 0 : 1;
  words[at + 2] = oid;
  if (length === 0) return at + EMPTY_HEADER;
  words[at] = 1;
  words[at + 3] = length;
  words[at + 4] = 1;
  return at + HEADER;
}

/** The words as bytes, turned around at once: a call for each would cost more than all the rest. */
function bigEndian(words: Int32Array): Buffer {
  const bytes = Buffer.from(words.buffer, words.byteOffset, words.byteLength);
  return endianness() === 'LE' ? bytes.swap32() : bytes;
}

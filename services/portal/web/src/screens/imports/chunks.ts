// Cuts a file into the import's chunks: whole lines, at most 500 of them and 1 MB. A line that is longer travels alone, to be refused by number.
export const MAX_LINES = 500;
export const MAX_BYTES = 1_048_576;
const READ_BYTES = 4 * MAX_BYTES;

export interface Chunk {
  firstLine: number; // number of its first line in the file, from 1
  lines: number;
  bytes: Uint8Array<ArrayBuffer>;
  through: number; // bytes of the file behind it, this chunk included
}

const NEWLINE = 10;

/** The chunks of a file in order; the file is read a few megabytes at a time. */
export async function* chunksOf(file: Blob, maxLines = MAX_LINES, maxBytes = MAX_BYTES, readBytes = READ_BYTES): AsyncGenerator<Chunk> {
  let rest: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  let offset = 0; // of the file: what stands before `rest`
  let line = 1;
  let read = 0;
  while (read < file.size || rest.length > 0) {
    if (read < file.size) {
      const next = new Uint8Array(await file.slice(read, read + readBytes).arrayBuffer());
      read += next.length;
      rest = joined(rest, next);
    }
    const atEnd = read >= file.size;
    for (;;) {
      const cut = cutOf(rest, maxLines, maxBytes, atEnd);
      if (cut === undefined) break;
      offset += cut.length;
      yield { firstLine: line, lines: cut.lines, bytes: rest.slice(0, cut.length), through: offset };
      line += cut.lines;
      rest = rest.slice(cut.length);
    }
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

/** How much of the bytes is the next full chunk; undefined when more must be read to know. */
function cutOf(bytes: Uint8Array, maxLines: number, maxBytes: number, atEnd: boolean): { length: number; lines: number } | undefined {
  let lines = 0;
  let length = 0;
  while (lines < maxLines) {
    const newline = bytes.indexOf(NEWLINE, length);
    const end = newline >= 0 ? newline + 1 : atEnd ? bytes.length : -1;
    if (end <= length) return atEnd && lines > 0 ? { length, lines } : undefined;
    if (end > maxBytes && lines > 0) return { length, lines };
    lines += 1;
    length = end;
    if (length > maxBytes) break;
  }
  return { length, lines };
}

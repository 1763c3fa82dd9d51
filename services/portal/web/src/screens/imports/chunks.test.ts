import { expect, test } from 'vitest';
import { type Chunk, chunksOf } from './chunks.ts';

async function cut(text: string, maxLines: number, maxBytes: number, readBytes: number) {
  const chunks: Chunk[] = [];
  for await (const chunk of chunksOf(new Blob([text]), maxLines, maxBytes, readBytes)) chunks.push(chunk);
  return chunks;
}

const textOf = (chunk: Chunk) => new TextDecoder().decode(chunk.bytes);

test('chunks hold whole lines and name the number of their first', async () => {
  const chunks = await cut('a\nb\nc\nd\ne', 2, 100, 100);
  expect(chunks.map((chunk) => [chunk.firstLine, chunk.lines, textOf(chunk)])).toEqual([
    [1, 2, 'a\nb\n'],
    [3, 2, 'c\nd\n'],
    [5, 1, 'e'],
  ]);
});

test('however the file is read, every byte goes in once and in order', async () => {
  const text = Array.from({ length: 57 }, (_, index) => `第${index}行 ${'x'.repeat(index % 13)}`).join('\n');
  for (const readBytes of [1, 7, 64, 4096]) {
    const chunks = await cut(text, 5, 60, readBytes);
    const bytes = chunks.flatMap((chunk) => [...chunk.bytes]);
    expect(new TextDecoder().decode(new Uint8Array(bytes))).toBe(text);
    expect(chunks.every((chunk) => chunk.lines <= 5 && (chunk.bytes.length <= 60 || chunk.lines === 1))).toBe(true);
    for (const [index, chunk] of chunks.entries()) expect(chunk.firstLine).toBe(1 + chunks.slice(0, index).reduce((sum, before) => sum + before.lines, 0));
    expect(chunks.reduce((sum, chunk) => sum + chunk.lines, 0)).toBe(57);
  }
});

test('a line longer than a chunk travels alone', async () => {
  const chunks = await cut(`a\n${'x'.repeat(50)}\nb\n`, 500, 10, 4);
  expect(chunks.map((chunk) => [chunk.firstLine, chunk.bytes.length])).toEqual([
    [1, 2],
    [2, 51],
    [3, 2],
  ]);
});

test('an empty file has no chunks', async () => expect(await cut('', 500, 10, 4)).toEqual([]));

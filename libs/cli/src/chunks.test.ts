// A file cut into chunks loses no line and no line's number.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { chunksOf, linesOf } from './chunks.ts';

const folder = mkdtempSync(join(tmpdir(), 'deskfleet-chunks-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string): string {
  const path = join(folder, `${Math.random()}.ndjson`);
  writeFileSync(path, content);
  return path;
}

test('501 lines make a chunk of 500 and one of 1, numbered from 1', async () => {
  const chunks = await Array.fromAsync(chunksOf(file('{}\n'.repeat(501))));
  expect(chunks.map(({ firstLine, lines }) => [firstLine, lines])).toEqual([
    [1, 500],
    [501, 1],
  ]);
});

test('a last line without a line end is a line', async () => {
  expect((await Array.fromAsync(linesOf(file('a\nb')))).map(({ bytes }) => bytes.toString())).toEqual(['a', 'b']);
});

test('a blank line keeps its number', async () => {
  expect((await Array.fromAsync(linesOf(file('a\n\nc\n')))).map(({ number, length }) => [number, length])).toEqual([
    [1, 1],
    [2, 0],
    [3, 1],
  ]);
});

test('a 5 MB line leaves a blank and its length; its neighbours go in', async () => {
  const [chunk, ...others] = await Array.fromAsync(chunksOf(file(`{"a":1}\n${'x'.repeat(5_000_000)}\n{"b":2}\n`)));
  expect(others).toEqual([]);
  expect(chunk).toMatchObject({ firstLine: 1, lines: 3, overlong: ['2:5000000'] });
  expect(chunk?.ndjson.toString()).toBe('{"a":1}\n\n{"b":2}\n');
});

test('no chunk is larger than 1 MB', async () => {
  const chunks = await Array.fromAsync(chunksOf(file(`${'x'.repeat(100_000)}\n`.repeat(25))));
  expect(Math.max(...chunks.map(({ ndjson }) => ndjson.length))).toBeLessThanOrEqual(1_000_000);
  expect(chunks.reduce((sum, { lines }) => sum + lines, 0)).toBe(25);
});

test('a chunk ends with a conversation where one ends near its end', async () => {
  const line = (conversation: string): string => `${JSON.stringify({ shop: 'a', conversation_id: conversation, text: '"conversation_id":"x"' })}\n`;
  const cut = async (...lengths: number[]) => {
    const chunks = await Array.fromAsync(chunksOf(file(lengths.map((length, index) => line(`c${index}`).repeat(length)).join(''))));
    return chunks.map(({ firstLine, lines }) => [firstLine, lines]);
  };
  expect(await cut(300, 140, 100)).toEqual([
    [1, 440],
    [441, 100],
  ]);
  expect(await cut(300, 99, 200)).toEqual([
    [1, 500],
    [501, 99],
  ]);
});

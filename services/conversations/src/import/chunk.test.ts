// A file's lines: good ones are messages, bad ones are named by number, field, found and expected, and none stops another.
import { expect, test } from 'vitest';
import { countLines, parseChunk } from './chunk.ts';

const now = Date.UTC(2026, 10, 11, 12);
const line = (fields: Record<string, unknown> = {}) =>
  JSON.stringify({
    conversation_id: 'c1',
    message_id: 'c1-1',
    shop: 'DemoShop',
    channel: 'tmall',
    sent_at: '2026-11-11T11:00:00Z',
    sender: 'customer',
    sender_id: 'buyer-1',
    text: 'hello',
    ...fields,
  });
const parse = (...lines: string[]) => parseChunk(Buffer.from(lines.join('\n')), 101, [], now);

test('bad lines are named by their number in the file, and the good ones go in', () => {
  const parsed = parse(line(), '{"conversation_id": "c1", ', '', line({ message_id: 'c1-2' }), '[1]', line({ shop: undefined }));
  expect(parsed.lines).toBe(5);
  expect(parsed.good.map((good) => [good.line, good.message.messageId])).toEqual([
    [101, 'c1-1'],
    [104, 'c1-2'],
  ]);
  expect(parsed.bad).toEqual([
    { line: 102, field: '', found: 'JSON that breaks at character 27', expected: 'a JSON object' },
    { line: 105, field: '', found: 'a list', expected: 'a JSON object' },
    { line: 106, field: 'shop', found: 'nothing', expected: 'a string of 1 to 200 characters' },
  ]);
});

test('a line that is not JSON is named without telling what was written in it', () => {
  const [bad] = parse('my phone number is 13800000000').bad;
  expect(bad?.found).not.toContain('138');
  expect(bad?.expected).toBe('a JSON object');
});

test('a line of 128 KB and one byte is named by its size', () =>
  expect(parse(`${' '.repeat(128 * 1024 + 1 - line().length)}${line()}`, line()).bad).toEqual([
    { line: 101, field: '', found: 'a line of 131073 bytes', expected: 'a line of at most 131072 bytes' },
  ]));

test('a 5 MB line that was not sent is named by the number and size of what stood there', () => {
  const parsed = parseChunk(Buffer.from(`${line()}\n\n${line({ message_id: 'c1-2' })}\n`), 1, [{ line: 2, bytes: 5 * 1024 * 1024 }], now);
  expect(parsed.good.map((good) => good.line)).toEqual([1, 3]);
  expect(parsed.bad).toEqual([{ line: 2, field: '', found: 'a line of 5242880 bytes', expected: 'a line of at most 131072 bytes' }]);
  expect(parsed.lines).toBe(3);
});

test('a line that is not UTF-8 is named, its neighbours go in', () => {
  const parsed = parseChunk(Buffer.concat([Buffer.from(`${line()}\n`), Buffer.from([0x7b, 0xff, 0x7d, 10]), Buffer.from(line())]), 1, [], now);
  expect(parsed.good.map((good) => good.line)).toEqual([1, 3]);
  expect(parsed.bad).toMatchObject([{ line: 2, found: 'bytes that are not UTF-8' }]);
});

test('line ends of Windows and a missing last one make no difference', () => {
  expect(parseChunk(Buffer.from(`${line()}\r\n\r\n${line()}`), 1, [], now).good).toHaveLength(2);
  expect(countLines(Buffer.from('a\n\nb'))).toBe(3);
  expect(countLines(Buffer.from('a\nb\n'))).toBe(2);
});

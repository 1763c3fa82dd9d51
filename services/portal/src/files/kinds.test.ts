// A file is what its first bytes say, and its name is only a name.
import { expect, test } from 'vitest';
import { CONTENT_TYPES, keptName, problemOfFile } from './kinds.ts';

const pdf = Buffer.from('%PDF-1.7\n');
const html = Buffer.from('<script>alert(1)</script>');

test('a document that is one is kept', () => expect(problemOfFile('application/pdf', pdf)).toBeUndefined());
test('a page that calls itself a document is not', () => expect(problemOfFile('application/pdf', html)).toBe('file-content-differs'));
test('what a browser would run is not kept at all', () => {
  for (const type of ['text/html', 'image/svg+xml', 'application/javascript', '']) expect(problemOfFile(type, html)).toBe('file-type-not-kept');
});
test('an empty file shows nothing', () => expect(problemOfFile('text/plain', Buffer.alloc(0))).toBe('file-empty'));
test('a text is UTF-8 without zeros', () => {
  expect(problemOfFile('text/csv', Buffer.from('店铺,日期\n'))).toBeUndefined();
  expect(problemOfFile('text/csv', Buffer.from([0xff, 0xfe, 0x41, 0x00]))).toBe('file-content-differs');
});
test('of random bytes no kind is one', () => {
  for (const type of CONTENT_TYPES) expect(problemOfFile(type, Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]))).toBe('file-content-differs');
});
test.each([
  ['C:\\fakepath\\合同.pdf', '合同.pdf'],
  ['../../etc/passwd', 'passwd'],
  ['a\r\nSet-Cookie: x', 'aSet-Cookie: x'],
  ['\u202Efdp.exe', 'fdp.exe'],
  [`${'长'.repeat(300)}`, '长'.repeat(200)],
  ['/', ''],
])('%j is kept as %j', (name, kept) => expect(keptName(name)).toBe(kept));

// What a file is sent as decides whether it is kept.
import { expect, test } from 'vitest';
import { typeOf } from './file-field.tsx';

test.each([
  ['合同.pdf', 'application/pdf', 'application/pdf'],
  ['清单.CSV', 'application/vnd.ms-excel', 'text/csv'],
  ['电话.m4a', 'audio/x-m4a', 'audio/mp4'],
  ['资料.zip', 'application/x-zip-compressed', 'application/zip'],
  ['noending', '', 'application/octet-stream'],
])('%s, which the platform calls %j, goes as %s', (name, type, sent) => expect(typeOf({ name, type })).toBe(sent));

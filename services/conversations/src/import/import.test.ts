// An import's life: started, then chunks, finished once.
import { fold } from '@deskfleet/event-store';
import { ImportFinished, ImportStarted, SealedText } from '@deskfleet/protocol/conversations';
import { expect, test } from 'vitest';
import { imports, isIdle } from './import.ts';

const fileName = SealedText.create({ subjectId: 'su_1', ciphertext: Buffer.from('a.ndjson') });
const started = ImportStarted.create({ importId: 'im_1', sealedFileName: fileName });
const counts = { messages: 3, conversations: 2, inserted: 2, duplicates: 1, rejected: 0 };
const finished = ImportFinished.create({ importId: 'im_1', ...counts, by: 'command' });
const finish = { kind: 'finish', importId: 'im_1', counts, by: 'command' } as const;

test('an import starts once', () => {
  expect(imports.decide(imports.initial, { kind: 'start', importId: 'im_1', fileName })).toEqual({ accepted: true, events: [started] });
  expect(imports.decide(fold(imports, [started]), { kind: 'start', importId: 'im_1', fileName })).toEqual({ accepted: true, events: [] });
});

test('an import is finished once, with its counts', () => {
  expect(imports.decide(fold(imports, [started]), finish)).toEqual({ accepted: true, events: [finished] });
  expect(imports.decide(fold(imports, [started, finished]), finish)).toEqual({ accepted: true, events: [] });
});

test('a finished import takes no chunk, nor one that never started', () => {
  expect(imports.decide(fold(imports, [started]), { kind: 'take-chunk' })).toMatchObject({ accepted: true });
  expect(imports.decide(fold(imports, [started, finished]), { kind: 'take-chunk' })).toMatchObject({ code: 'import-finished' });
  expect(imports.decide(imports.initial, { kind: 'take-chunk' })).toMatchObject({ code: 'import-unknown' });
});

test('an import is idle after 10 minutes without a chunk', () => {
  expect(isIdle(0, 599_999)).toBe(false);
  expect(isIdle(0, 600_000)).toBe(true);
});

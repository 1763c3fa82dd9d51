// Sealed texts on the real key database.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSealed, type Sealed } from '../src/sealed.ts';
import { startOnboarding } from './ground.ts';

let sealed: Sealed;
let close: () => Promise<void>;
beforeAll(async () => {
  const service = await startOnboarding();
  const opened = await openSealed(service.kit);
  sealed = opened.sealed;
  close = async () => {
    await opened.listener.close();
    await service.remove();
  };
});
afterAll(() => close?.());

const lead = { kind: 'lead', id: 'ld_1' };
const contact = { of: 'ld_1', field: 'contact' };

test('a text opens where it was sealed and nowhere else', async () => {
  const [text] = await sealed.seal('v1', lead, [{ ...contact, text: '店主，手机 138' }]);
  if (text === undefined) throw new Error('nothing was sealed');
  expect(text.bytes.toString('utf8')).not.toContain('138');
  expect(await sealed.open('v1', [{ ...contact, ...text }])).toEqual(['店主，手机 138']);
  await expect(sealed.open('v1', [{ ...contact, of: 'ld_2', ...text }])).rejects.toThrow();
  expect(await sealed.open('v1', [{ ...contact, subjectId: '', bytes: Buffer.alloc(0) }])).toEqual(['']);
});

test('destroying a subject makes its texts unreadable and leaves the others', async () => {
  const [gone] = await sealed.seal('v1', { kind: 'lead', id: 'ld_gone' }, [{ ...contact, text: 'one' }]);
  const [kept] = await sealed.seal('v1', lead, [{ ...contact, text: 'two' }]);
  if (gone === undefined || kept === undefined) throw new Error('nothing was sealed');
  await sealed.destroy('v1', { kind: 'lead', id: 'ld_gone' }, 'er_1');
  expect(
    await sealed.open(
      'v1',
      [gone, kept].map((text) => ({ ...contact, ...text })),
    ),
  ).toEqual([undefined, 'two']);
});

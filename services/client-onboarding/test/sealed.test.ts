// Sealed texts on the real key database.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSealed, type Sealed, subjects } from '../src/sealed.ts';
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

const lead = subjects.lead('ld_1');
const contact = { of: 'ld_1', field: 'contact' };

test('a text opens where it was sealed and nowhere else', async () => {
  const text = await sealed.sealOne('v1', { subject: lead, ...contact, text: '店主，手机 138' });
  expect(text.bytes.toString('utf8')).not.toContain('138');
  expect(await sealed.open('v1', [{ ...contact, ...text }])).toEqual(['店主，手机 138']);
  await expect(sealed.open('v1', [{ ...contact, of: 'ld_2', ...text }])).rejects.toThrow();
  expect(await sealed.open('v1', [{ ...contact, subjectId: '', bytes: Buffer.alloc(0) }])).toEqual(['']);
});

test('destroying a subject makes its texts unreadable and leaves the others', async () => {
  const gone = subjects.lead('ld_gone');
  const texts = await sealed.seal('v1', [
    { subject: gone, ...contact, text: 'one' },
    { subject: lead, ...contact, text: 'two' },
  ]);
  await sealed.destroy('v1', [gone, subjects.lead('ld_unknown')], 'er_1');
  expect(
    await sealed.open(
      'v1',
      texts.map((text) => ({ ...contact, ...text })),
    ),
  ).toEqual([undefined, 'two']);
});

test('what was written before it was sealed is read as it stands', async () => {
  expect(await sealed.open('v1', [{ ...contact, subjectId: '', bytes: Buffer.from('太贵') }])).toEqual(['太贵']);
});

// Every fault of a message is named by field, found and expected, and never tells what was written.
import { Sender, ServiceType } from '@deskfleet/protocol/conversations';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkMessage, ordinalOf } from './incoming.ts';
import { parseInstant } from './instant.ts';

const now = Date.UTC(2026, 10, 11, 12);
const good = {
  conversation_id: 'c1',
  message_id: 'c1-7',
  sent_at: '2026-11-11T19:59:30.250+08:00',
  sender: 'customer',
  sender_id: 'buyer-1',
  text: '在吗',
};
const faultOf = (fields: Record<string, unknown>) => {
  const checked = checkMessage({ ...good, ...fields }, now);
  if (checked.ok) throw new Error('the message was taken');
  return checked.fault;
};

test('a message with all its fields is taken', () =>
  expect(checkMessage({ ...good, service_type: 'pre_sale', customer_name: '小红' }, now)).toEqual({
    ok: true,
    value: {
      externalConversationId: 'c1',
      messageId: 'c1-7',
      sentAt: Date.UTC(2026, 10, 11, 11, 59, 30, 250),
      sender: Sender.SENDER_CUSTOMER,
      senderId: 'buyer-1',
      text: '在吗',
      serviceType: ServiceType.SERVICE_TYPE_PRE_SALE,
      customerName: '小红',
    },
  }));

test.each(['conversation_id', 'message_id', 'sent_at', 'sender', 'sender_id', 'text'])('a message without %s is named', (field) =>
  expect(faultOf({ [field]: undefined })).toMatchObject({ field, found: 'nothing' }),
);

test.each(['2026-11-11T12:00:00', '2026-11-11', '2026-02-30T12:00:00Z', '11/11/2026 12:00', '2026-11-11T24:00:00Z', '2026-11-11 12:00:00Z'])(
  'a date without zone, or that is none, is named: %s',
  (sentAt) => expect(faultOf({ sent_at: sentAt })).toMatchObject({ field: 'sent_at', found: sentAt, expected: expect.stringContaining('with a zone') }),
);

test('a date more than 5 minutes ahead is named; exactly 5 minutes ahead is taken', () => {
  expect(checkMessage({ ...good, sent_at: '2026-11-11T12:05:00.000Z' }, now).ok).toBe(true);
  expect(faultOf({ sent_at: '2026-11-11T12:05:00.001Z' })).toMatchObject({ field: 'sent_at', expected: expect.stringContaining('5 minutes ahead') });
});

test('a sender outside the closed set is named', () =>
  expect(faultOf({ sender: 'robot' })).toEqual({ field: 'sender', found: 'robot', expected: 'customer | agent | bot | system' }));

test('a service type outside the closed set is named', () => expect(faultOf({ service_type: 'presale' })).toMatchObject({ field: 'service_type' }));

test('a text of 16 KB is taken, one byte more is named without telling the text', () => {
  expect(checkMessage({ ...good, text: `${'字'.repeat(5461)}a` }, now).ok).toBe(true);
  expect(faultOf({ text: `${'字'.repeat(5461)}ab` })).toEqual({ field: 'text', found: '16385 bytes', expected: 'a string of at most 16384 bytes' });
  expect(faultOf({ text: 42 })).toMatchObject({ field: 'text', found: 'a number' });
});

test('an id with a control character, too long or empty is named', () => {
  expect(faultOf({ message_id: 'a\u0000b' })).toMatchObject({ field: 'message_id' });
  expect(faultOf({ sender_id: 'x'.repeat(201) })).toMatchObject({ field: 'sender_id', found: '201 characters' });
  expect(faultOf({ conversation_id: '' })).toMatchObject({ field: 'conversation_id', found: 'an empty string' });
});

test('an instant counts its zone', () => {
  expect(parseInstant('2026-11-11T20:00:00+08:00')).toBe(now);
  expect(parseInstant('2026-11-11t07:00:00.000999-05:00')).toBe(now);
  expect(parseInstant('2018-05-02T16:14:43.000Z')).toBe(Date.parse('2018-05-02T16:14:43.000Z'));
});

test('an instant has up to nine digits after its second, of which three count', () => {
  expect(['.2', '.25', '.250', '.250999999', '.2509999999', '.'].map((fraction) => parseInstant(`2026-11-11T12:00:00${fraction}Z`))).toEqual([
    ...[now + 200, now + 250, now + 250, now + 250],
    ...[undefined, undefined],
  ]);
});

test.each([
  '0099-01-01T00:00:00Z',
  '2026-11-11T12:00:60Z',
  '2026-11-11T12:00:00+24:00',
  '2026-11-11T12:00:00+0800',
  '2026-11-11T12:00:00Z ',
  '2026-1a-11T12:00:00Z',
])('is no instant: %s', (text) => expect(parseInstant(text)).toBeUndefined());

test('an instant written in any zone is read as itself', () => {
  const dates = fc.date({ min: new Date('0100-01-02'), max: new Date('9999-12-30'), noInvalidDate: true });
  const offsets = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 }); // in minutes
  fc.assert(
    fc.property(dates, offsets, (date, offset) => {
      const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
      const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) => String(part).padStart(2, '0'));
      expect(parseInstant(`${local}${offset < 0 ? '-' : '+'}${hours}:${minutes}`)).toBe(date.getTime());
    }),
  );
});

test('the order within an instant is the number the message id ends in', () => {
  expect(ordinalOf('C06Oz46FjuiF6JkmNE1A-12')).toBe(12);
  expect(ordinalOf('no-number')).toBe(0);
  expect(Number.isSafeInteger(ordinalOf('9'.repeat(40)))).toBe(true);
});

test('what stands in the wrong column is told by its length: it may be what a customer wrote', () => {
  const words = '张先生 13800138000 北京路 1 号';
  const found = `a string of ${words.length} characters`;
  for (const field of ['sender', 'sent_at', 'service_type']) expect(faultOf({ [field]: words }), field).toMatchObject({ field, found });
  expect(faultOf({ sender: '13800138000' })).toMatchObject({ found: 'a string of 11 characters' });
  expect(faultOf({ sent_at: '2026/03/05 10:00' })).toMatchObject({ found: '2026/03/05 10:00' });
  expect(faultOf({ service_type: 'after-sales' })).toMatchObject({ found: 'after-sales' });
});

// The same bytes as the protobuf runtime's own reader and writer, whatever stands in them.
import * as runtime from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HeadResponse } from './feed.ts';
import { BinaryReader, BinaryWriter } from './wire.ts';

interface Message {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly number: number;
  readonly small: number;
  readonly yes: boolean;
  readonly inner: Message | undefined;
}

const integers = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: 0, max: 300 }),
  fc.constantFrom(...[7, 14, 21, 28, 31, 32, 35, 42, 49, 52, 53].flatMap((bits) => [2 ** bits - 1, 1 - 2 ** bits, 2 ** (bits - 1), -(2 ** (bits - 1))])),
);
const texts = fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: 'grapheme', maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 100 }));
const messages = fc.letrec<{ message: Message; inner: Message | undefined }>((tie) => ({
  inner: fc.option(tie('message'), { nil: undefined, depthSize: 'small' }),
  message: fc.record({
    text: texts,
    bytes: fc.uint8Array({ maxLength: 300 }),
    number: integers,
    small: fc.integer(),
    yes: fc.boolean(),
    inner: tie('inner'),
  }),
})).message;

function write({ text, bytes, number, small, yes, inner }: Message, writer: BinaryWriter | runtime.BinaryWriter): void {
  writer.uint32(10).string(text);
  writer.uint32(18).bytes(bytes);
  writer.uint32(24).int64(number);
  writer.uint32(32).int32(small);
  writer.uint32(40).bool(yes);
  if (inner === undefined) return;
  writer.uint32(50).fork();
  write(inner, writer);
  writer.join();
}

function read(reader: BinaryReader, end: number): Message {
  const fields: { -readonly [Name in keyof Message]: Message[Name] } = { text: '', bytes: new Uint8Array(), number: 0, small: 0, yes: false, inner: undefined };
  while (reader.pos < end) {
    const tag = reader.uint32() >>> 3;
    if (tag === 1) fields.text = reader.string();
    else if (tag === 2) fields.bytes = new Uint8Array(reader.bytes());
    else if (tag === 3) fields.number = reader.int64();
    else if (tag === 4) fields.small = reader.int32();
    else if (tag === 5) fields.yes = reader.bool();
    else fields.inner = read(reader, reader.uint32() + reader.pos);
  }
  return fields;
}

test('what it writes are the bytes the runtime writes, and what it reads is what was written', () =>
  fc.assert(
    fc.property(messages, (message) => {
      const [ours, theirs] = [new BinaryWriter(), new runtime.BinaryWriter()];
      write(message, ours);
      write(message, theirs);
      const bytes = ours.finish();
      expect(new Uint8Array(bytes)).toEqual(theirs.finish());
      const reader = new BinaryReader(bytes);
      expect(read(reader, reader.len)).toEqual({ ...message, text: message.text.toWellFormed(), inner: wellFormed(message.inner) });
    }),
  ));

function wellFormed(message: Message | undefined): Message | undefined {
  return message && { ...message, text: message.text.toWellFormed(), inner: wellFormed(message.inner) };
}

test('a map of integers is written and read', () => {
  const head = HeadResponse.create({ source: 'conversations/0/a', position: 2 ** 40, buckets: { 0: 5, 1: 2 ** 40, 63: 1 } });
  expect(HeadResponse.decode(HeadResponse.encode(head).finish())).toEqual(head);
});

test('a message written while another is being written disturbs neither', () => {
  const outer = new BinaryWriter();
  outer.uint32(10).string('outer');
  const within = new BinaryWriter().uint32(10).string('within').finish();
  expect(outer.uint32(10).string('more').finish().toString()).toBe('\n\u0005outer\n\u0004more');
  expect(within.toString()).toBe('\n\u0006within');
});

test('what was finished does not change with what is written next', () => {
  const first = new BinaryWriter().string('first').finish();
  new BinaryWriter().string('other').finish();
  expect(first.toString()).toBe('\u0005first');
});

test.each([0, 1, 2, 5])('passes over a field of wire type %i it does not know', (type) => {
  const field = [[0x96, 0x01], Array(8).fill(1), [2, 1, 1], [], [], Array(4).fill(1)][type] ?? [];
  const reader = new BinaryReader(Uint8Array.from([...field, 7]));
  reader.skip(type);
  expect(reader.uint32()).toBe(7);
});

test('bytes that end early, and integers beyond what a number holds, are refused', () => {
  const whole = new BinaryWriter().string('0123456789').finish();
  expect(() => new BinaryReader(whole.subarray(0, 5)).string()).toThrow(RangeError);
  expect(() => new BinaryReader(Uint8Array.from([0x80])).uint32()).toThrow(RangeError);
  expect(() => new BinaryReader(Uint8Array.from([0x80])).int64()).toThrow(RangeError);
  for (const value of [2n ** 53n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)]) {
    expect(() => new BinaryReader(new runtime.BinaryWriter().int64(value).finish()).int64()).toThrow('beyond 2^53');
  }
  expect(() => new BinaryWriter().int64(2 ** 53)).toThrow('invalid int64');
  expect(() => new BinaryWriter().int32(2 ** 31)).toThrow('invalid int32');
});

// The one mapping between protocol messages and the portal's HTTP JSON: camelCase fields, enums as kebab-case words, money as decimal
// strings, instants as epoch milliseconds. `schema.ts` says the same as JSON schemas.
import { formatAmount, fromProto, parseMoney, toProto } from '@deskfleet/money';
import type { UnknownMessage } from '@deskfleet/protocol';
import { type DescEnum, type DescField, type DescMessage, messageNamed, ScalarType } from '@deskfleet/protocol/descriptors';
import { enumWord, isMoney } from './schema.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type Fields = Record<string, unknown>;

/** Bad input that a schema alone does not see, e.g. an amount with more digits than its currency has. */
export class BadField extends Error {
  readonly field: string;
  readonly found: string;
  readonly expected: string;

  constructor(field: string, found: string, expected: string) {
    super(`${field}: found ${found}, expected ${expected}`);
    this.field = field;
    this.found = found;
    this.expected = expected;
  }
}

/** What stands for a message of some kind instead of its fields; undefined: its fields do. */
export type InsteadOf = (described: DescMessage, fields: Fields) => { readonly [key: string]: Json } | undefined;

/** A message as HTTP JSON. Absent messages are left out; every other field is there. */
export function toHttp(message: UnknownMessage, insteadOf: InsteadOf = () => undefined): { readonly [key: string]: Json } {
  return objectToHttp(messageNamed(message.$type), message as UnknownMessage & Fields, insteadOf);
}

function objectToHttp(described: DescMessage, fields: Fields, insteadOf: InsteadOf): { readonly [key: string]: Json } {
  const other = insteadOf(described, fields);
  if (other !== undefined) return other;
  if (isMoney(described)) {
    const currency = String(fields['currency']);
    return { currency, amount: currency === '' ? '0' : formatAmount(fromProto({ currency, minor: Number(fields['minor']) })) };
  }
  const out: Record<string, Json> = {};
  for (const field of described.fields) {
    const value = fields[field.localName];
    if (value !== undefined) out[field.localName] = fieldToHttp(field, value, insteadOf);
  }
  return out;
}

function fieldToHttp(field: DescField, value: unknown, insteadOf: InsteadOf): Json {
  if (field.fieldKind === 'list') return (value as readonly unknown[]).map((item) => itemToHttp(field, item, insteadOf));
  if (field.fieldKind === 'map') {
    return Object.fromEntries(Object.entries(value as Fields).map(([key, item]) => [key, itemToHttp(field, item, insteadOf)]));
  }
  return itemToHttp(field, value, insteadOf);
}

function itemToHttp(field: DescField, value: unknown, insteadOf: InsteadOf): Json {
  if (field.message !== undefined) return objectToHttp(field.message, value as Fields, insteadOf);
  if (field.enum !== undefined) return enumWord(field.enum, Number(value));
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return value as string | number | boolean;
}

/** HTTP JSON as the fields of a message, for its codec's `fromPartial`. The JSON has passed the message's schema. */
export function fromHttp(type: string, json: Fields): Fields {
  return objectFromHttp(messageNamed(type), json, '');
}

function objectFromHttp(described: DescMessage, json: Fields, path: string): Fields {
  if (isMoney(described)) {
    const { currency, amount } = json;
    try {
      return { ...toProto(parseMoney(String(currency), String(amount))) };
    } catch {
      throw new BadField(path, `${String(amount)} ${String(currency)}`, 'an amount in a known currency with no more digits than it has');
    }
  }
  const out: Fields = {};
  for (const field of described.fields) {
    const value = json[field.localName];
    if (value !== undefined && value !== null) out[field.localName] = fieldFromHttp(field, value, path === '' ? field.localName : `${path}.${field.localName}`);
  }
  return out;
}

function fieldFromHttp(field: DescField, value: unknown, path: string): unknown {
  if (field.fieldKind === 'list') return (value as readonly unknown[]).map((item, index) => itemFromHttp(field, item, `${path}.${index}`));
  if (field.fieldKind === 'map') {
    return Object.fromEntries(Object.entries(value as Fields).map(([key, item]) => [key, itemFromHttp(field, item, `${path}.${key}`)]));
  }
  return itemFromHttp(field, value, path);
}

function itemFromHttp(field: DescField, value: unknown, path: string): unknown {
  if (field.message !== undefined) return objectFromHttp(field.message, value as Fields, path);
  if (field.enum !== undefined) return enumNumber(field.enum, String(value), path);
  if (field.scalar === ScalarType.BYTES && typeof value === 'string') return Buffer.from(value, 'base64');
  return value;
}

function enumNumber(described: DescEnum, word: string, path: string): number {
  const found = described.values.find((value) => enumWord(described, value.number) === word);
  if (found === undefined) throw new BadField(path, word, described.values.map((value) => enumWord(described, value.number)).join(', '));
  return found.number;
}

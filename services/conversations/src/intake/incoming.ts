// A message as a channel or a file says it, checked field by field. What is wrong is named: field, found, expected; never with a message's text.
import type { EpochMs } from '@deskfleet/event-store';
import { Sender, ServiceType } from '@deskfleet/protocol/conversations';
import { parseInstant } from './instant.ts';

/** A text in bytes of UTF-8. */
export const MAX_TEXT_BYTES = 16 * 1024;
const MAX_ID_CHARACTERS = 200;
const MAX_FOUND_CHARACTERS = 200;
/** How far ahead of our clock a channel's clock may run. */
export const MAX_AHEAD_MS = 5 * 60_000;

export interface IncomingMessage {
  readonly externalConversationId: string;
  readonly messageId: string;
  readonly sentAt: EpochMs;
  readonly sender: Sender;
  /** The platform's id of who wrote: a buyer, or an account. */
  readonly senderId: string;
  readonly text: string;
  readonly serviceType: ServiceType;
  /** Empty where the channel gave none. */
  readonly customerName: string;
}

export interface Fault {
  readonly field: string;
  readonly found: string;
  readonly expected: string;
}

export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

const SENDERS = new Map([
  ['customer', Sender.SENDER_CUSTOMER],
  ['agent', Sender.SENDER_AGENT],
  ['bot', Sender.SENDER_BOT],
  ['system', Sender.SENDER_SYSTEM],
]);

const SERVICE_TYPES = new Map([
  ['pre_sale', ServiceType.SERVICE_TYPE_PRE_SALE],
  ['after_sale', ServiceType.SERVICE_TYPE_AFTER_SALE],
]);

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for; PostgreSQL's text cannot hold NUL
const CONTROL = /[\u0000-\u001f\u007f]/;

export type Fields = Readonly<Record<string, unknown>>;

/** The object a JSON value is, or what it is instead. */
export function asFields(value: unknown): Checked<Fields> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ok: true, value: value as Fields };
  return { ok: false, fault: { field: '', found: kindOf(value), expected: 'a JSON object' } };
}

/** A required id: 1 to 200 characters, none of them a control character. */
export function idField(fields: Fields, field: string): Checked<string> {
  const value = fields[field];
  const expected = `a string of 1 to ${MAX_ID_CHARACTERS} characters`;
  if (typeof value !== 'string') return { ok: false, fault: { field, found: kindOf(value), expected } };
  if (value.length === 0) return { ok: false, fault: { field, found: 'an empty string', expected } };
  if (value.length > MAX_ID_CHARACTERS) return { ok: false, fault: { field, found: `${value.length} characters`, expected } };
  if (CONTROL.test(value) || !value.isWellFormed()) {
    return { ok: false, fault: { field, found: 'a control character or half a character', expected: `${expected}, none of them a control character` } };
  }
  return { ok: true, value };
}

/** Checks what every message has, whoever brings it. The first fault found is the answer. */
export function checkMessage(fields: Fields, now: EpochMs): Checked<IncomingMessage> {
  const conversationId = idField(fields, 'conversation_id');
  if (!conversationId.ok) return conversationId;
  const messageId = idField(fields, 'message_id');
  if (!messageId.ok) return messageId;
  const sentAt = checkSentAt(fields.sent_at, now);
  if (!sentAt.ok) return sentAt;
  const sender = checkWord(fields.sender, 'sender', SENDERS);
  if (!sender.ok) return sender;
  const senderId = idField(fields, 'sender_id');
  if (!senderId.ok) return senderId;
  const text = checkText(fields.text);
  if (!text.ok) return text;
  const serviceType = absent(fields.service_type)
    ? { ok: true as const, value: ServiceType.SERVICE_TYPE_UNSPECIFIED }
    : checkWord(fields.service_type, 'service_type', SERVICE_TYPES);
  if (!serviceType.ok) return serviceType;
  const customerName = absent(fields.customer_name) || fields.customer_name === '' ? { ok: true as const, value: '' } : idField(fields, 'customer_name');
  if (!customerName.ok) return customerName;
  return {
    ok: true,
    value: {
      externalConversationId: conversationId.value,
      messageId: messageId.value,
      sentAt: sentAt.value,
      sender: sender.value,
      senderId: senderId.value,
      text: text.value,
      serviceType: serviceType.value,
      customerName: sender.value === Sender.SENDER_CUSTOMER ? customerName.value : '',
    },
  };
}

function checkSentAt(value: unknown, now: EpochMs): Checked<EpochMs> {
  const expected = 'an RFC 3339 date and time with a zone, e.g. 2026-11-11T20:15:00.000+08:00';
  if (typeof value !== 'string') return { ok: false, fault: { field: 'sent_at', found: kindOf(value), expected } };
  const instant = parseInstant(value);
  if (instant === undefined) return { ok: false, fault: { field: 'sent_at', found: toldIf(LIKE_AN_INSTANT, value), expected } };
  if (instant > now + MAX_AHEAD_MS) {
    return {
      ok: false,
      fault: { field: 'sent_at', found: cut(value), expected: `not after ${new Date(now + MAX_AHEAD_MS).toISOString()}: at most 5 minutes ahead` },
    };
  }
  return { ok: true, value: instant };
}

function checkWord<T>(value: unknown, field: string, words: ReadonlyMap<string, T>): Checked<T> {
  const known = typeof value === 'string' ? words.get(value) : undefined;
  if (known !== undefined) return { ok: true, value: known };
  return {
    ok: false,
    fault: { field, found: typeof value === 'string' ? toldIf(LIKE_A_WORD, value) : kindOf(value), expected: [...words.keys()].join(' | ') },
  };
}

function checkText(value: unknown): Checked<string> {
  const expected = `a string of at most ${MAX_TEXT_BYTES} bytes`;
  if (typeof value !== 'string') return { ok: false, fault: { field: 'text', found: kindOf(value), expected } };
  // A UTF-16 unit is at least one byte and at most three, so most texts need no counting.
  if (value.length * 3 > MAX_TEXT_BYTES && Buffer.byteLength(value) > MAX_TEXT_BYTES) {
    return { ok: false, fault: { field: 'text', found: `${Buffer.byteLength(value)} bytes`, expected } };
  }
  return { ok: true, value };
}

function absent(value: unknown): boolean {
  return value === undefined || value === null;
}

/** What a JSON value is, without saying what is in it. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return `a string of ${value.length} characters`;
  return `a ${typeof value}`;
}

// Where a file's columns are mixed up, a customer's words stand in a field of ours. What was found is kept for good beside the line's number, so it is
// told only where it looks like what was asked for.
const LIKE_A_WORD = /^[A-Za-z_-]{1,20}$/;
const LIKE_AN_INSTANT = /^[0-9A-Za-z:.+/ -]{1,40}$/;

function toldIf(alike: RegExp, value: string): string {
  return alike.test(value) ? value : kindOf(value);
}

export function cut(text: string): string {
  return text.length <= MAX_FOUND_CHARACTERS ? text : `${text.slice(0, MAX_FOUND_CHARACTERS - 1)}…`;
}

/** The number a message id ends in, 0 where it ends in none; of a longer number its last 15 digits, so that it stays exact. */
export function ordinalOf(messageId: string): number {
  return Number(/\d{1,15}$/.exec(messageId)?.[0] ?? 0);
}

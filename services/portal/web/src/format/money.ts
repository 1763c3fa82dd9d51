// Money as the reader's country writes it, from exact decimal strings; never through a float. zh ¥1,234.50, en CNY 1,234.50.
import type { Locale } from '../words/words.ts';

export interface Money {
  currency: string;
  amount: string;
}

const symbols: Record<string, string> = { CNY: '¥', USD: 'US$', EUR: '€', HKD: 'HK$', JPY: 'JP¥', GBP: '£' };

const grouped = (digits: string) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** ¥1,234.50 or CNY 1,234.50, with a true minus sign; — for an unknown amount. */
export function money(value: Money | undefined, locale: Locale): string {
  if (value === undefined) return '—';
  const negative = value.amount.startsWith('-');
  const [whole = '0', fraction] = value.amount.replace('-', '').split('.');
  const number = fraction === undefined ? grouped(whole) : `${grouped(whole)}.${fraction}`;
  const symbol = locale === 'zh' ? (symbols[value.currency] ?? `${value.currency} `) : `${value.currency} `;
  return `${negative ? '−' : ''}${symbol}${number}`;
}

/** A decimal string as an integer of 10^-scale; exact. */
export function scaled(amount: string, scale: number): bigint {
  const negative = amount.startsWith('-');
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.');
  const value = BigInt(whole + fraction.padEnd(scale, '0').slice(0, scale));
  return negative ? -value : value;
}

const decimalsOf = (amount: string) => amount.split('.')[1]?.length ?? 0;

/** The exact sum of amounts of one currency. */
export function sum(values: readonly Money[], currency: string): Money {
  const scale = Math.max(0, ...values.map((value) => decimalsOf(value.amount)));
  const total = values.reduce((running, value) => running + scaled(value.amount, scale), 0n);
  const digits = (total < 0n ? -total : total).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return { currency, amount: total < 0n ? `-${text}` : text };
}

/** Whether two amounts are the same, however many zeros they are written with. */
export const sameAmount = (one: Money, other: Money): boolean => one.currency === other.currency && scaled(one.amount, 6) === scaled(other.amount, 6);

/** For chart heights only: a picture may round, a figure may not. */
export const height = (value: Money): number => Number(value.amount);

/** A count or an exact decimal with thousands grouped. */
export function count(value: number | string): string {
  const [whole = '0', fraction] = String(value).replace('-', '').split('.');
  const sign = String(value).startsWith('-') ? '−' : '';
  return `${sign}${grouped(whole)}${fraction === undefined ? '' : `.${fraction}`}`;
}

// What an invoice asked for when it was issued: its total less what the deposit and the client's credit took off.
import type { Invoice } from '../../api/types.ts';

type Money = NonNullable<Invoice['total']>;

export function dueOf({ total, settlements }: Invoice): Money | undefined {
  if (total === undefined) return undefined;
  const taken = settlements.filter(({ by }) => by !== 'payment').reduce((sum, { amount }) => sum + minorOf(amount), 0n);
  return { ...total, amount: decimal(minorOf(total) - taken, digitsOf(total)) };
}

const digitsOf = ({ amount }: Money): number => amount.split('.')[1]?.length ?? 0;

const minorOf = (money: Money | undefined): bigint => BigInt((money?.amount ?? '0').replace('.', ''));

function decimal(minor: bigint, digits: number): string {
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0');
  const whole = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return minor < 0n ? `-${whole}` : whole;
}

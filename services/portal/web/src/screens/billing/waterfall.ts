// The waterfall's arithmetic: each line stands on the running sum of those before it, the total on zero.
import { height } from '../../format/money.ts';

export interface Step {
  label: string;
  base: number; // invisible, below the bar
  bar: number; // its height
  minus: boolean;
}

export function waterfall(parts: readonly { label: string; amount: { currency: string; amount: string } }[], totalLabel: string): Step[] {
  let running = 0;
  const steps = parts.map(({ label, amount }) => {
    const change = height(amount);
    const before = running;
    running += change;
    return { label, base: Math.min(before, running), bar: Math.abs(change), minus: change < 0 };
  });
  return [...steps, { label: totalLabel, base: Math.min(0, running), bar: Math.abs(running), minus: running < 0 }];
}

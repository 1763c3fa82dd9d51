// What deposits, payments and credit expect of their input, in Chinese. See said.ts.

export const DEPOSIT_EXPECTED: readonly (readonly [english: string, chinese: string])[] = [
  ['more than 0', '大于 0'],
  ['a day that has begun', '已经开始的日期'],
  ['an amount', '金额'],
];

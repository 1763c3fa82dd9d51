// What the way from a signed contract to its end expects of its input, in Chinese. See said.ts.

export const LAUNCH_EXPECTED: readonly (readonly [english: string, chinese: string])[] = [
  ['client or vendor', 'client 或 vendor'],
  ['shops of the contract', '合同里的店铺'],
  ['1 to {n} minutes', '1 至 {n} 分钟'],
  ['1 to {n} agents', '1 至 {n} 名客服'],
  ['each agent once', '每名客服一次'],
  ['a text or a file', '文字或文件'],
  ['lower-case letters, digits and hyphens', '小写字母、数字和连字符'],
  ['after {x}', '{x} 之后'],
  ['product, shop or rules', 'product、shop 或 rules'],
  ['passed or failed', 'passed 或 failed'],
  ['now or later', '现在或更晚'],
  ['within {n} days', '{n} 天以内'],
  ['0 to {n}', '0 至 {n}'],
];

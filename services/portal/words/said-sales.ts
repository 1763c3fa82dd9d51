// What the way from a lead to a signed contract expects of its input, in Chinese. See said.ts.

export const SALES_EXPECTED: readonly (readonly [english: string, chinese: string])[] = [
  ["a file that shows the client's agreement", '客户同意的凭据文件'],
  ['ids of at most {n} uploaded files, each once', '不超过 {n} 个已上传文件的编号，各一次'],
  ['online or telesales', 'online 或 telesales'],
  ['together, pre-sale-first or after-sale-first', 'together、pre-sale-first 或 after-sale-first'],
  ['long, short or temporary', 'long、short 或 temporary'],
  ['{n} to {n}', '{n} 至 {n}'],
  ['the profile of at least one shop', '至少一个店铺的情况'],
  ['what the shop sells', '店铺卖什么'],
  ["the shop's own agents today", '店铺现有的客服人数'],
  ['inquiries a day on average', '平均每天的咨询量'],
  ['how often the shop runs campaigns', '店铺多久做一次活动'],
  ['a plan: what is outsourced, and for how long', '方案：外包什么、多久'],
  ['a decimal such as {x}', '小数，如 {x}'],
  ['a shop of the lead', '这条线索的店铺'],
  ['a unit price for what is counted', '计数的单价'],
  ['steps of the monthly fee, or a unit price', '月费的步骤，或单价'],
  ['a day that is not over', '还没有过去的日期'],
];

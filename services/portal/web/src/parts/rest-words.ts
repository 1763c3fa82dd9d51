// What is said of the rows that are not listed: how many, and where to find them.
import { dictionary } from '../words/words.ts';

export const restWords = dictionary(
  {
    contracts: (n: string, counted: string, total: string) => `其余 ${n} 份合同：计费 ${counted}，金额 ${total}。用范围或搜索查看，导出是全部。`,
    plan: (n: string, held: string) => `另有 ${n} 份没有列出；全部中不能关的有 ${held} 份`,
    shops: (n: string) => `其余 ${n} 家：输入名称、编码、拼音或首字母查找`,
    clauses: (n: string, kept: string) => `其余 ${n} 条：达标或没有到期 ${kept}`,
    find: '查找：名称、编码、拼音或首字母',
  },
  {
    contracts: (n, counted, total) => `${n} other contracts: ${counted} charged, ${total}. Choose shops or search to see them; the export has all.`,
    plan: (n, held) => `${n} more are not listed; ${held} of all are held`,
    shops: (n) => `${n} others: type a name, a code, pinyin or initials to find them`,
    clauses: (n, kept) => `${n} others: ${kept} kept or with nothing due`,
    find: 'Find: name, code, pinyin or initials',
  },
);

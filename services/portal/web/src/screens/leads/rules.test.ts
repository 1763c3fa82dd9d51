import { expect, test } from 'vitest';
import { type Basis, ruleOf } from './rules.ts';
import { leadWords } from './words.ts';

const shop = { code: 'a', name: 'A', platform: 'tmall', category: '母婴', agentHeadcount: 5, averageInquiries: 1_300, campaigns: 'quarterly' } as const;
const basis: Basis = {
  profiles: [
    { ...shop, shopId: 'sh_1' },
    { ...shop, shopId: 'sh_2', category: '', agentHeadcount: 0, campaigns: 'weekly' },
  ],
  engagement: 'temporary',
};
const step = (key: string, shopId = '', rule = '') => ({ key, shopId, rule, suggested: rule === '' });

test('BR-002: how a suggested quantity came about is said to each reader in their language, from the facts of its shop', () => {
  expect(ruleOf(leadWords.zh, step('agents'), basis)).toBe('店铺现有客服 5 人（母婴），每人每月');
  expect(ruleOf(leadWords.en, step('agents', 'sh_2'), basis)).toBe('the shop’s 0 agents today (not said), each a month');
  expect(ruleOf(leadWords.en, step('inquiries', 'sh_1'), basis)).toBe('1,300 inquiries a day × 30 days');
  expect(ruleOf(leadWords.zh, step('campaigns', 'sh_2'), basis)).toBe('每周一次活动，每月按 4 次');
  expect(ruleOf(leadWords.en, step('campaigns', 'sh_1'), basis)).toBe('4 campaigns a year: 4 ÷ 12 a month, to two digits');
  expect(ruleOf(leadWords.zh, step('separate-teams'), basis)).toBe('售前售后由不同客服接待');
  expect(ruleOf(leadWords.en, step('short-engagement'), basis)).toBe('temporary cooperation');
});

test('what the vendor wrote stays as it was written', () => expect(ruleOf(leadWords.en, step('discount', '', '老客户优惠'), basis)).toBe('老客户优惠'));

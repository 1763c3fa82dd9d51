import { expect, test } from 'vitest';
import type { ContractTerms } from '../../api/types.ts';
import { basisPoints, emptyDraft, missingIn, termsOf } from './draft.ts';
import { clauseSentence, termSentences } from './sentences.ts';

const draft = { ...emptyDraft(), effectiveOn: '2026-03-01', unitPrice: '0.60', monthlyFee: '5000.00' };

test('a percentage is typed as people write it and kept exactly', () => {
  expect(basisPoints('90')).toBe(9000);
  expect(basisPoints('99.5')).toBe(9950);
  expect(basisPoints('0.07')).toBe(7);
  expect(basisPoints('ninety')).toBeNaN();
});

test('a contract without service hours or a first day names both as missing', () =>
  expect(missingIn({ ...emptyDraft(), windows: [] })).toEqual(['effectiveOn', 'windows']));

test('a unit price without a counting unit is missing its unit', () => expect(missingIn({ ...draft, unit: 'unspecified' })).toEqual(['unit'])); // BR-213

test('no exclusion chosen is stated as none, never left out', () => expect(termsOf(draft).usage?.exclusions).toEqual(['none']));

test('an empty amount is no amount', () => {
  expect(termsOf(draft).deposit).toBeUndefined();
  expect(termsOf(draft).monthlyFee).toEqual({ currency: 'CNY', amount: '5000.00' });
});

test('terms read as sentences in both languages', () => {
  const terms = termsOf(draft) as ContractTerms;
  expect(termSentences(terms, 'zh')).toContain('每天 08:00 到 23:00 在服务时间内；节假日照常。');
  expect(termSentences(terms, 'en')).toContain('CNY 0.60 per conversation; nothing excluded.');
  const clause = terms.clauses[0];
  expect(clause === undefined ? '' : clauseSentence(clause, 'zh')).toBe('首响：每月至少 90% 在 30秒 内（只计服务时间）；未达标抵扣当月用量费的 5%。');
});

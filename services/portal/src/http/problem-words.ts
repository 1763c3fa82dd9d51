// Problems in words, Chinese and English: what is not so, the fact, the next step. A code without words of its own is shown by its code.

import { formatAmount, fromProto } from '@deskfleet/money';
import { ITEM_NAMES, TRAINING_NAMES } from '../../words/information.ts';
import { expectedInChinese, foundInChinese } from '../../words/said.ts';
import { DEPOSIT_WAYS, HOLDING, ROLES, TEXTS, VERDICTS } from './problem-texts.ts';

export type Language = 'zh' | 'en';
type Facts = Readonly<Record<string, unknown>>;

interface Words {
  readonly title: string;
  readonly detail: string;
}

/** The reader's language by Accept-Language: Chinese when they prefer it, else English. */
export function languageOf(accept: string | undefined): Language {
  const preferred = (accept ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', quality = ''] = part.trim().split(/;\s*q=/);
      return { tag: tag.toLowerCase(), q: quality === '' ? 1 : Number(quality) };
    })
    .filter(({ tag, q }) => q > 0 && /^(zh|en)\b/.test(tag))
    .sort((a, b) => b.q - a.q)[0];
  return preferred?.tag.startsWith('zh') ? 'zh' : 'en';
}

/**
 * Title and detail. In a text `{name}` is the fact of that name, and what stands in `[...]` is said only where its facts are there. The detail
 * says what was found and expected where the facts name it, each problem of several by its own code, and what holds a month.
 */
export function words(code: string, facts: Facts, language: Language): Words {
  return {
    title: said(code, facts, language) ?? code.replaceAll('-', ' '),
    detail: [
      ...problemsIn(facts).map((problem) => sentence(problem, code, language)),
      ...missing(facts, language),
      ...turn(facts, language),
      ...holding(facts, language),
    ].join(language === 'zh' ? '' : ' '),
  };
}

function said(code: string, facts: Facts, language: Language): string | undefined {
  const text = TEXTS[code]?.[language];
  const known = (part: string): boolean => namesIn(part).every((name) => present(facts[name]));
  return text
    ?.replaceAll(/\[([^\]]*)\]/g, (_, part: string) => (known(part) ? part : ''))
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => factNamed(name, facts, language));
}

/** The facts a text speaks of. */
export function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
}

function fact(value: unknown, language: Language): string {
  return Array.isArray(value) ? value.map((item) => fact(item, language)).join(language === 'zh' ? '、' : ', ') : String(value ?? '');
}

/** Facts that are words of ours, by the names they have in each language; items of a contract's own keep the title they were given. */
const NAMED: Readonly<Record<string, typeof ROLES>> = {
  allowed: ROLES,
  actedBy: ROLES,
  training: TRAINING_NAMES,
  items: ITEM_NAMES,
  item: ITEM_NAMES,
  verdict: VERDICTS,
  by: DEPOSIT_WAYS,
};

/** A fact as a text says it: ours by their names, amounts as money, everything else as it is. */
function factNamed(name: string, facts: Facts, language: Language): string {
  const value = facts[name];
  const names = NAMED[name];
  if (names !== undefined) {
    const named = (word: unknown) => names[String(word)]?.[language] ?? word;
    return fact(Array.isArray(value) ? value.map(named) : named(value), language);
  }
  return isAmount(value) ? amountInWords(value, language) : fact(value, language);
}

interface Amount {
  readonly currency: string;
  readonly minor: number;
}

function isAmount(value: unknown): value is Amount {
  return typeof value === 'object' && value !== null && 'currency' in value && 'minor' in value;
}

/** As the screens write it: ¥6,000.00, CNY 6,000.00. */
function amountInWords(value: Amount, language: Language): string {
  const [whole = '', digits] = formatAmount(fromProto(value)).split('.');
  const amount = [whole.replace(/\B(?=(\d{3})+$)/g, ','), ...(digits === undefined ? [] : [digits])].join('.');
  return language === 'zh' && value.currency === 'CNY' ? `¥${amount}` : `${value.currency} ${amount}`;
}

function present(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

function problemsIn(facts: Facts): readonly Facts[] {
  const problems = listed(facts['problems']);
  return problems.length === 0 && 'field' in facts ? [facts] : problems;
}

function listed(value: unknown): readonly Facts[] {
  return Array.isArray(value) ? value.filter((item): item is Facts => typeof item === 'object' && item !== null) : [];
}

/** One problem: what its code says, unless that is the title already, where, what was found and what was expected. */
function sentence(problem: Facts, titleCode: string, language: Language): string {
  const { code, field, found, expected } = problem;
  const own = code === undefined || code === titleCode ? undefined : said(String(code), problem, language);
  const where = present(field) ? String(field) : '';
  if (language === 'zh') {
    const parts = [
      present(found) ? `${where === '' ? '读到' : ''}${foundInChinese(String(found)) ?? `“${String(found)}”`}` : '',
      present(expected) ? expectation(expected) : '',
    ].filter((part) => part !== '');
    const head = own === undefined ? where : `${own.replace(/。$/, '')}${where === '' ? '' : `（${where}）`}`;
    return `${[head, parts.join('，')].filter((part) => part !== '').join('：')}。`;
  }
  const quoted = present(found) ? ` "${fact(found, 'en')}"` : '';
  const wanted = present(expected) ? fact(expected, 'en') : '';
  const tail = wanted === '' ? '' : wanted.startsWith('must ') ? ` ${wanted}` : `: expected ${wanted}`;
  return own === undefined ? `${where}${quoted}${tail}.`.trimStart() : `${own.replace(/\.$/, '')} (${where}${quoted}${tail}).`;
}

function expectation(expected: unknown): string {
  const text = fact(expected, 'zh');
  const chinese = expectedInChinese(Array.isArray(expected) ? expected.join(', ') : String(expected)) ?? text;
  return /^(须|缺少|不)/.test(chinese) ? chinese : `应为${/^[\w“]/.test(chinese) ? ' ' : ''}${chinese}`;
}

/** What a go-live lacks: each thing by its own code, with whose turn it is. */
function missing(facts: Facts, language: Language): readonly string[] {
  return listed(facts['missing']).map((lacking) => {
    const text = said(String(lacking['code']), lacking, language) ?? String(lacking['code']);
    return [text.charAt(0).toUpperCase() + text.slice(1), ...turn(lacking, language)].join(language === 'zh' ? '' : ' ');
  });
}

/** Whose turn it is, where the facts say it. */
function turn(facts: Facts, language: Language): readonly string[] {
  const role = ROLES[String(facts['waitsFor'])]?.[language];
  return role === undefined ? [] : [language === 'zh' ? `等${role}。` : `It's the turn of ${role === 'client' ? 'the client' : role}.`];
}

/** What holds a close: each contract's month with its reason. */
function holding(facts: Facts, language: Language): readonly string[] {
  return listed(facts['held']).map((held) => {
    const reason = HOLDING[String(held['heldBy'])]?.[language] ?? String(held['heldBy']);
    const count = Number(held['count']) > 0 ? (language === 'zh' ? `（${String(held['count'])} 个）` : ` (${String(held['count'])})`) : '';
    const whose = `${fact(held['contract'], language)} ${fact(held['month'], language)}`;
    return language === 'zh' ? `${whose}：${reason}${count}。` : `${whose}: ${reason}${count}.`;
  });
}

// Problems in words, Chinese and English: what is not so, the fact, the next step. A code without words of its own is shown by its code.

import { TEXTS } from './problem-texts.ts';

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

/** Title and detail. The detail lists what was found and expected, where the facts name it. */
export function words(code: string, facts: Facts, language: Language): Words {
  const text = TEXTS[code]?.[language] ?? code.replaceAll('-', ' ');
  return {
    title: text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? '')),
    detail: problemsIn(facts)
      .map((problem) => sentence(problem, language))
      .join(' '),
  };
}

function problemsIn(facts: Facts): readonly Facts[] {
  if (Array.isArray(facts['problems'])) return facts['problems'].filter((item): item is Facts => typeof item === 'object' && item !== null);
  return 'field' in facts ? [facts] : [];
}

function sentence({ field, found, expected }: Facts, language: Language): string {
  const has = (value: unknown): boolean => value !== undefined && value !== '';
  if (language === 'zh') return `${String(field ?? '')}${has(found) ? `“${String(found)}”` : ''}${has(expected) ? `，应为 ${said(expected)}` : ''}。`;
  return `${String(field ?? '')}${has(found) ? ` "${String(found)}"` : ''}${has(expected) ? `: expected ${said(expected)}` : ''}.`;
}

function said(expected: unknown): string {
  return Array.isArray(expected) ? expected.join(', ') : String(expected);
}

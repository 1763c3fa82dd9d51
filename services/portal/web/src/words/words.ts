// Two languages, one shape: a key that one of them lacks does not compile. Each screen keeps its own words beside it.
import { createContext, use } from 'react';

export type Locale = 'zh' | 'en';

type Word = string | ((...facts: never[]) => string) | readonly (readonly string[])[];
interface Words {
  [key: string]: Word | Words;
}

export interface Dictionary<W> {
  zh: W;
  en: W;
}

/** Both languages of one screen. The Chinese words give the shape, the English ones must have it. */
export function dictionary<W extends Words>(zh: W, en: NoInfer<W>): Dictionary<W> {
  return { zh, en };
}

export const LocaleContext = createContext<Locale>('zh');

export const useLocale = (): Locale => use(LocaleContext);

/** The words of a screen in the reader's language. */
export const useWords = <W>(words: Dictionary<W>): W => words[useLocale()];

export const languageTag: Record<Locale, string> = { zh: 'zh-CN', en: 'en' };

// How names are found: as written, by pinyin, by initials. Source: screens.md 2, Search.
import { createRequire } from 'node:module';

/** Spellings of one name at most; characters with several readings multiply. */
const MOST_SPELLINGS = 8;
const CHINESE = /\p{Script=Han}/u;

type Pinyin = typeof import('pinyin-pro');

let loaded: Pinyin | undefined;

/** The dictionary is loaded with the first Chinese name, not with the process. */
function pinyinPro(): Pinyin {
  loaded ??= createRequire(import.meta.url)('pinyin-pro') as Pinyin;
  return loaded;
}

/** What was typed, as spellings are written: lower case, no blanks. */
export function normalized(query: string): string {
  return query.normalize('NFKC').toLowerCase().replaceAll(/\s+/gu, '');
}

/** One line to search in: the parts as written, then the pinyin and the initials of the first, the likeliest reading first. */
export function spellingsOf(name: string, ...others: readonly string[]): string {
  return [name, ...others]
    .map(normalized)
    .concat(pinyinOf(normalized(name)))
    .filter(Boolean)
    .join(' ');
}

function pinyinOf(name: string): string[] {
  if (!CHINESE.test(name)) return [];
  const { pinyin } = pinyinPro();
  const options = { toneType: 'none', v: true } as const;
  // The reading within the word first, then the character's others.
  const readings = pinyin(name, { ...options, type: 'all' }).map(({ origin, pinyin: likeliest, isZh }) =>
    isZh ? [...new Set([likeliest, ...pinyin(origin, { ...options, type: 'array', multiple: true })])] : [origin],
  );
  const ways = readings.reduce<string[][]>(
    (sofar, syllables) => syllables.flatMap((syllable) => sofar.map((way) => [...way, syllable])).slice(0, MOST_SPELLINGS),
    [[]],
  );
  const characters = [...name];
  const initials = (way: readonly string[]) => way.map((syllable, at) => (CHINESE.test(characters[at] ?? '') ? syllable.slice(0, 1) : syllable));
  return [...new Set(ways.flatMap((way) => [way.join(''), initials(way).join('')]))];
}

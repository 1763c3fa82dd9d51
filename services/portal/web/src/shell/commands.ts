// What the search can do beside finding: pages by name in both languages or by pinyin, and commands. A command that is not the role's to give
// is listed with who may, so that nobody looks for it in vain.
import type { Role } from '../api/session.ts';
import { shellWords } from '../words/shell.ts';
import type { Locale } from '../words/words.ts';
import { type NavKey, navigation, paths } from './navigation.ts';
import { frameWords } from './words.ts';

/** Pinyin and initials of the pages' Chinese names. */
const spelled: Partial<Record<NavKey, string>> = {
  floor: 'zhishou zs',
  home: 'gailan gl',
  shops: 'dianpu dp',
  imports: 'daoru dr',
  conversations: 'huihua hh',
  samples: 'chouyang cy',
  next: 'daijian dj',
  findings: 'wenti wt',
  inspections: 'zhijianjilu zjjl',
  billing: 'zhangwu zw',
  invoices: 'zhangdan zd',
  close: 'yuejie yj',
  staffing: 'renyuan ry',
  questions: 'dayi dy',
  accounts: 'zhanghao zh',
  members: 'chengyuan cy',
  personalData: 'gerenxinxi grxx',
  system: 'xitong xt',
};

const OPERATIONS: readonly Role[] = ['vendor-operations'];

/** Commands that open the page where they are given. */
const goes = {
  newContract: { path: '/contracts/new', roles: OPERATIONS, spelled: 'xiehetong xht' },
  importFile: { path: '/imports', roles: OPERATIONS, spelled: 'daoruwenjian drwj' },
  erase: { path: '/personal-data', roles: OPERATIONS, spelled: 'shanchukehuxinxi sckhxx' },
  invite: { path: '/members', roles: OPERATIONS, spelled: 'yaoqing yq' },
  drawSample: { path: '/samples', roles: ['vendor-operations', 'team-lead', 'qa-inspector'], spelled: 'chouyang cy' },
  score: { path: '/next', roles: ['team-lead', 'qa-inspector'], spelled: 'dafen df' },
  closeMonth: { path: '/close', roles: ['vendor-operations', 'finance'], spelled: 'yuejie yj' },
} satisfies Record<string, { path: string; roles: readonly Role[]; spelled: string }>;

type Does = 'copyLink' | 'language' | 'mode' | 'keys' | 'wall' | 'signOut';
const does: Record<Does, string> = {
  copyLink: 'fuzhilianjie fzlj',
  language: 'yuyan yy english zhongwen',
  mode: 'shense qianse ss qs',
  keys: 'jianpan jp',
  wall: 'daping dp',
  signOut: 'tuichu tc',
};

export interface Entry {
  key: string;
  kind: 'page' | 'command' | 'found';
  name: string;
  about: string;
  path?: string;
  run?: () => void;
  /** Roles that may: set where the reader's is not among them. */
  refusedFor?: readonly Role[];
}

type Said = (typeof frameWords)['zh'];

const matches = (wanted: string, ...texts: readonly string[]): boolean => texts.some((text) => text.toLowerCase().replaceAll(/\s+/g, '').includes(wanted));

/** What was typed, as names are compared. */
export const typedAs = (query: string): string => query.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, '');

/** The pages and commands a query names; all of them for none. */
export function localEntries(query: string, role: Role, locale: Locale, run: Record<Does, () => void>): Entry[] {
  const said: Said = frameWords[locale];
  const { nav } = shellWords[locale];
  const wanted = typedAs(query);
  const pages = navigation[role]
    .filter((key) => matches(wanted, shellWords.zh.nav[key], shellWords.en.nav[key], ...(spelled[key] ?? '').split(' ')))
    .map((key): Entry => ({ key: `page ${key}`, kind: 'page', name: nav[key], about: '', path: paths[key] }));
  const opened = Object.entries(goes)
    .filter(([key, one]) => matches(wanted, wordOf(frameWords.zh, key), wordOf(frameWords.en, key), ...one.spelled.split(' ')))
    .map(([key, one]): Entry => {
      const roles: readonly Role[] = one.roles;
      const entry: Entry = { key: `command ${key}`, kind: 'command', name: wordOf(said, key), about: '' };
      return roles.includes(role) ? { ...entry, path: one.path } : { ...entry, refusedFor: roles };
    });
  const done = (Object.keys(does) as Does[])
    .filter((key) => key !== 'wall' || navigation[role].includes('floor'))
    .filter((key) => matches(wanted, frameWords.zh.commands[key], frameWords.en.commands[key], ...does[key].split(' ')))
    .map((key): Entry => ({ key: `command ${key}`, kind: 'command', name: said.commands[key], about: '', run: run[key] }));
  return [...pages, ...opened, ...done];
}

const wordOf = (said: Said, key: string): string => (key in said.commands ? said.commands[key as keyof Said['commands']] : key);

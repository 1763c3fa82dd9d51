// Which pages a role is offered, in the order it asks its questions. Roles remove items, never change an address.
import type { Role } from '../api/session.ts';

export type NavKey =
  | 'floor'
  | 'home'
  | 'leads'
  | 'shops'
  | 'imports'
  | 'conversations'
  | 'sla'
  | 'samples'
  | 'next'
  | 'findings'
  | 'inspections'
  | 'billing'
  | 'invoices'
  | 'close'
  | 'staffing'
  | 'questions'
  | 'accounts'
  | 'members'
  | 'personalData'
  | 'system';

export const paths: Record<NavKey, string> = {
  floor: '/floor',
  home: '/',
  leads: '/leads',
  shops: '/shops',
  imports: '/imports',
  conversations: '/conversations',
  sla: '/sla',
  samples: '/samples',
  next: '/next',
  findings: '/findings',
  inspections: '/inspections',
  billing: '/billing',
  invoices: '/invoices',
  close: '/close',
  staffing: '/staffing',
  questions: '/questions',
  accounts: '/accounts',
  members: '/members',
  personalData: '/personal-data',
  system: '/system',
};

export const navigation: Record<Role, readonly NavKey[]> = {
  'vendor-operations': [
    'floor',
    'leads',
    'shops',
    'conversations',
    'sla',
    'samples',
    'findings',
    'inspections',
    'billing',
    'invoices',
    'close',
    'staffing',
    'questions',
    'accounts',
    'imports',
    'members',
    'personalData',
    'system',
  ],
  'team-lead': ['floor', 'conversations', 'staffing', 'questions', 'accounts', 'sla', 'samples', 'next', 'findings', 'inspections'],
  'qa-inspector': ['next', 'samples', 'findings', 'inspections', 'conversations', 'questions'],
  finance: ['close', 'invoices', 'billing', 'sla', 'conversations'],
  client: ['home', 'questions', 'sla', 'staffing', 'conversations', 'inspections', 'billing', 'invoices'],
};

/** Where a role begins its day. */
export const homeOf: Record<Role, NavKey> = { 'vendor-operations': 'floor', 'team-lead': 'floor', 'qa-inspector': 'next', finance: 'close', client: 'home' };

/** What `g` and a letter open; only what the role has. */
export const jumps: Record<string, readonly NavKey[]> = {
  h: ['home'],
  f: ['floor', 'home'],
  c: ['conversations'],
  s: ['sla'],
  q: ['next', 'samples', 'inspections'],
  b: ['billing', 'close'],
};

// Which pages a role is offered, in the order it asks its questions. Roles remove items, never change an address.
import type { Role } from '../api/session.ts';

export type NavKey =
  | 'floor'
  | 'onboarding'
  | 'tasks'
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
  | 'system';

export const paths: Record<NavKey, string> = {
  floor: '/floor',
  onboarding: '/onboarding',
  tasks: '/tasks',
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
  system: '/system',
};

export const navigation: Record<Role, readonly NavKey[]> = {
  'vendor-operations': [
    'floor',
    'onboarding',
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
    'system',
  ],
  'team-lead': ['floor', 'conversations', 'staffing', 'questions', 'accounts', 'sla', 'samples', 'next', 'findings', 'inspections'],
  'qa-inspector': ['next', 'samples', 'findings', 'inspections', 'conversations', 'questions'],
  finance: ['close', 'invoices', 'billing', 'sla', 'conversations'],
  client: ['home', 'tasks', 'questions', 'sla', 'staffing', 'conversations', 'inspections', 'billing', 'invoices'],
};

/** Where a role begins its day. */
export const homeOf: Record<Role, NavKey> = {
  'vendor-operations': 'onboarding',
  'team-lead': 'floor',
  'qa-inspector': 'next',
  finance: 'close',
  client: 'home',
};

/** What `g` and a letter open; only what the role has. */
export const jumps: Record<string, readonly NavKey[]> = {
  h: ['home'],
  f: ['floor', 'home'],
  o: ['onboarding', 'tasks'],
  c: ['conversations'],
  s: ['sla'],
  q: ['next', 'samples', 'inspections'],
  b: ['billing', 'close'],
};

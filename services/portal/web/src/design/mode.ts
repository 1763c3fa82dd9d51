// Light or dark: the reader's choice, else the system's. Kept on this machine.
import { createContext, use } from 'react';
import type { Mode } from './tokens.ts';

export const ModeContext = createContext<Mode>('light');
export const useMode = (): Mode => use(ModeContext);

export function preferredMode(): Mode {
  const kept = localStorage.getItem('deskfleet.mode');
  if (kept === 'light' || kept === 'dark') return kept;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

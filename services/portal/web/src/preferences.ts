// The reader's switches: language, and light or dark.
import { createContext, use } from 'react';

export interface Preferences {
  switchLocale: () => void;
  switchMode: () => void;
}

export const PreferencesContext = createContext<Preferences>({ switchLocale: () => undefined, switchMode: () => undefined });
export const usePreferences = (): Preferences => use(PreferencesContext);

// Keys that act only where they were meant: dead in fields, under modifiers and while an input method composes.
import { useEffect, useRef } from 'react';

const FIELDS = 'input, textarea, select, [contenteditable="true"], [role="combobox"], [role="listbox"], [role="dialog"]';

/** Whether a key press belongs to an input method that composes a character: its Enter chooses a word, it submits nothing. */
export const composing = (event: { isComposing: boolean; keyCode: number }): boolean => event.isComposing || event.keyCode === 229;

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(FIELDS) !== null;
}

export const ENTER = 'Enter';
export const ESCAPE = 'Escape';

/** An action may answer false: not meant, leave the key to others. */
export type KeyMap = Record<string, () => unknown>;

/** Letters of `keys` act on the whole page while the component is there; `Ctrl+Enter` acts in fields too. */
export function useKeys(keys: KeyMap): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (composing(event) || event.altKey || event.defaultPrevented) return;
      const withControl = event.ctrlKey || event.metaKey;
      const name = withControl ? `Ctrl+${event.key}` : event.key;
      const action = latest.current[name];
      if (action === undefined || (!withControl && isTyping(event.target))) return;
      if (action() !== false) event.preventDefault();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}

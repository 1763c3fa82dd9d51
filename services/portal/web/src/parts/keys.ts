// Keys that act only where they were meant: dead in fields, under modifiers and while an input method composes. Single characters can be switched
// off or moved to other keys (WCAG 2.1.4); both are kept on this machine.
import { useLayoutEffect, useRef, useSyncExternalStore } from 'react';

const FIELDS = 'input, textarea, select, dialog, [contenteditable="true"], [role="combobox"], [role="listbox"], [role="dialog"]';
const KEPT = 'deskfleet.keys';

/** Whether a key press belongs to an input method that composes a character: its Enter chooses a word, it submits nothing. */
export const composing = (event: { isComposing: boolean; keyCode: number }): boolean => event.isComposing || event.keyCode === 229;

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(FIELDS) !== null;
}

export const ESCAPE = 'Escape';

export interface KeySettings {
  /** Whether single characters act at all. */
  characters: boolean;
  /** The key that was pressed -> the key it stands for. Always an exchange: no key is ever without a meaning or with two. */
  moved: Readonly<Record<string, string>>;
}

const PLAIN: KeySettings = { characters: true, moved: {} };

function read(): KeySettings {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? '');
    if (typeof kept === 'object' && kept !== null && 'characters' in kept && 'moved' in kept) {
      const { characters, moved } = kept as { characters: unknown; moved: unknown };
      const pairs = Object.entries(moved ?? {}).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
      return { characters: characters !== false, moved: Object.fromEntries(pairs) };
    }
  } catch {
    // nothing kept, or nothing that can be read
  }
  return PLAIN;
}

let settings: KeySettings | undefined;
const listeners = new Set<() => void>();
const current = (): KeySettings => {
  settings ??= read();
  return settings;
};

export function setKeySettings(next: KeySettings): void {
  settings = next;
  localStorage.setItem(KEPT, JSON.stringify(next));
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useKeySettings = (): KeySettings => useSyncExternalStore(subscribe, current);

/** The key that is pressed for what `meant` does. */
export const pressedFor = ({ moved }: KeySettings, meant: string): string => Object.keys(moved).find((pressed) => moved[pressed] === meant) ?? meant;

/** `meant` is now done by `pressed`; what that key did before is done by the key that becomes free. */
export function exchanged(before: KeySettings, meant: string, pressed: string): KeySettings {
  const free = pressedFor(before, meant);
  const displaced = before.moved[pressed] ?? pressed;
  const moved = Object.entries({ ...before.moved, [pressed]: meant, [free]: displaced }).filter(([from, to]) => from !== to);
  return { ...before, moved: Object.fromEntries(moved) };
}

/** An action may answer false: not meant, leave the key to others. */
export type KeyMap = Record<string, () => unknown>;

const isCharacter = (key: string): boolean => [...key].length === 1;

/** Keys of `keys` act on the whole page while the component is there; `Ctrl+Enter` acts in fields too. */
export function useKeys(keys: KeyMap): void {
  const latest = useRef(keys);
  latest.current = keys;
  // Before the page is painted: an effect after it leaves a moment in which the page stands there and a key that is pressed is lost.
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (composing(event) || event.altKey || event.defaultPrevented) return;
      const withControl = event.ctrlKey || event.metaKey;
      const { characters, moved } = current();
      if (!withControl && isCharacter(event.key) && !characters) return;
      const name = withControl ? `Ctrl+${event.key}` : (moved[event.key] ?? event.key);
      const action = latest.current[name];
      if (action === undefined || (!withControl && isTyping(event.target))) return;
      if (action() !== false) event.preventDefault();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}

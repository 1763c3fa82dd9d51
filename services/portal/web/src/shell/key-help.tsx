// The keyboard map, and the reader's own keys: single characters off, or moved to others (WCAG 2.1.4). A modal dialog of the platform.
import { useEffect, useRef, useState } from 'react';
import { exchanged, pressedFor, setKeySettings, useKeySettings } from '../parts/keys.ts';
import { common } from '../words/common.ts';
import { useWords } from '../words/words.ts';
import { keyWords } from './key-words.ts';

const isCharacter = (key: string): boolean => [...key].length === 1;

export function KeyHelp({ close }: { close: () => void }) {
  const words = useWords(keyWords);
  const shared = useWords(common);
  const settings = useKeySettings();
  const dialog = useRef<HTMLDialogElement>(null);
  const [changing, setChanging] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="keys-title" onClose={close}>
      <h2 id="keys-title">{words.keysTitle}</h2>
      <table className="data">
        <tbody>
          {words.keyMap.map(([keys = '', meaning]) => (
            <tr key={keys}>
              <th scope="row">
                {keys.split(' ').map((key) =>
                  changing && isCharacter(key) ? (
                    <input
                      key={key}
                      className="native key-field"
                      maxLength={1}
                      value={pressedFor(settings, key)}
                      aria-label={`${words.keyFor} ${key}`}
                      onFocus={(event) => event.target.select()}
                      onChange={(event) => {
                        const pressed = event.target.value.trim();
                        if (isCharacter(pressed)) setKeySettings(exchanged(settings, key, pressed));
                      }}
                    />
                  ) : (
                    <kbd key={key} className={isCharacter(key) && !settings.characters ? 'struck' : undefined}>
                      {isCharacter(key) ? pressedFor(settings, key) : key}
                    </kbd>
                  ),
                )}
              </th>
              <td>{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="checks">
        <label>
          <input type="checkbox" checked={settings.characters} onChange={(event) => setKeySettings({ ...settings, characters: event.target.checked })} />
          {words.lettersOn}
        </label>
      </p>
      <p className="hint">{words.lettersHint}</p>
      <form method="dialog" className="actions">
        <button type="submit" className="plain plain-framed">
          {shared.close}
        </button>
        <button type="button" className="plain" aria-pressed={changing} onClick={() => setChanging(!changing)}>
          {words.changeKeys}
        </button>
        {Object.keys(settings.moved).length === 0 ? null : (
          <button type="button" className="plain" onClick={() => setKeySettings({ ...settings, moved: {} })}>
            {words.plainKeys}
          </button>
        )}
      </form>
    </dialog>
  );
}

// The keyboard map. A modal dialog of the platform: it traps focus and Escape closes it.
import { useEffect, useRef } from 'react';
import { common } from '../words/common.ts';
import { shellWords } from '../words/shell.ts';
import { useWords } from '../words/words.ts';

export function KeyHelp({ close }: { close: () => void }) {
  const words = useWords(shellWords);
  const shared = useWords(common);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="keys-title" onClose={close}>
      <h2 id="keys-title">{words.keysTitle}</h2>
      <table className="data">
        <tbody>
          {words.keyMap.map(([keys, meaning]) => (
            <tr key={keys}>
              <th scope="row">
                <kbd>{keys}</kbd>
              </th>
              <td>{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <form method="dialog">
        <button type="submit" className="plain">
          {shared.close}
        </button>
      </form>
    </dialog>
  );
}

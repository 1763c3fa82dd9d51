// Ctrl K: pages, commands, shops and agents by name, pinyin or initials, and whatever was pasted. A list under a field: arrows move, Enter opens.
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useRef, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { api, ask } from '../api/http.ts';
import { useSession } from '../api/session.ts';
import { composing } from '../parts/keys.ts';
import { scopedSearch } from '../scope/scope.ts';
import { common } from '../words/common.ts';
import { useLocale, useWords } from '../words/words.ts';
import { type Entry, localEntries, typedAs } from './commands.ts';
import { frameWords } from './words.ts';

type Run = Parameters<typeof localEntries>[3];

export function Search({ run, close }: { run: Run; close: () => void }) {
  const said = useWords(frameWords);
  const locale = useLocale();
  const roles = useWords(common).roles;
  const session = useSession();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const wanted = useDeferredValue(typed.trim());
  useEffect(() => dialog.current?.showModal(), []);
  const query = useQuery({
    queryKey: ['search', wanted],
    queryFn: () => ask(api.GET('/search', { params: { query: { q: wanted } } })),
    enabled: typedAs(wanted) !== '',
    staleTime: 30_000,
    placeholderData: (before) => before,
  });
  const found = typedAs(wanted) === '' ? [] : (query.data?.found ?? []);
  const entries: Entry[] = [
    ...found.map(
      (one): Entry => ({
        key: `${one.kind} ${one.id}`,
        kind: 'found',
        name: one.name,
        about: `${said.found[one.kind] ?? one.kind} · ${one.about}`.replace(/ · $/, ''),
        path: one.path,
      }),
    ),
    ...localEntries(wanted, session.role, locale, run),
  ];
  const chosen = entries[Math.min(at, entries.length - 1)];
  const open = (entry: Entry | undefined) => {
    if (entry === undefined || entry.refusedFor !== undefined) return;
    dialog.current?.close();
    if (entry.run !== undefined) entry.run();
    else if (entry.path !== undefined) {
      const [path = '', own = ''] = entry.path.split('?');
      void navigate(path + scopedSearch(params, Object.fromEntries(new URLSearchParams(own))));
    }
  };
  const press = (event: KeyboardEvent) => {
    if (composing(event.nativeEvent)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = (Math.min(at, entries.length - 1) + step + entries.length) % Math.max(1, entries.length);
      setAt(next);
      list.current?.children[next]?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      open(chosen);
    }
  };
  const settled = typedAs(typed) === '' || (wanted === typed.trim() && !query.isFetching);
  return (
    <dialog ref={dialog} className="dialog palette" aria-label={said.search} onClose={close}>
      <input
        className="native"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-label={said.search}
        {...(chosen === undefined ? {} : { 'aria-activedescendant': `${id}-${entries.indexOf(chosen)}` })}
        placeholder={said.searchHint}
        maxLength={80}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div ref={list} id={`${id}-list`} role="listbox" aria-label={said.search} className="palette-list" tabIndex={-1}>
        {entries.map((entry, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys, as a combobox does
          // biome-ignore lint/a11y/useFocusableInteractive: options are pointed at by aria-activedescendant
          <div
            key={entry.key}
            id={`${id}-${index}`}
            role="option"
            aria-selected={entry === chosen}
            aria-disabled={entry.refusedFor !== undefined}
            className="palette-entry"
            onClick={() => open(entry)}
            onPointerMove={() => setAt(index)}
          >
            <span>{entry.name}</span>{' '}
            <span className="quiet">
              {entry.refusedFor === undefined
                ? entry.about || said.entryKinds[entry.kind]
                : said.refused(entry.refusedFor.map((role) => roles[role]).join('、'))}
            </span>
          </div>
        ))}
      </div>
      <p className="quiet" role="status">
        {!settled
          ? said.searching
          : query.isError || query.data?.away === true
            ? said.searchAway
            : entries.length === 0
              ? said.nothingFound
              : said.searchCount(String(entries.length))}
      </p>
    </dialog>
  );
}

// Which shops the pages are about: searched, ticked, or a saved set. What is chosen goes into the address, a set is kept with the person.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { api, ask } from '../api/http.ts';
import { useShopNames } from '../api/queries.ts';
import { ShopChecks } from '../parts/chooser.tsx';
import { Refusal } from '../parts/problem.tsx';
import { frameWords } from '../shell/words.ts';
import { common } from '../words/common.ts';
import { shellWords } from '../words/shell.ts';
import { useWords } from '../words/words.ts';

/** They stand in the address: more would not fit it. */
const MOST = 50;

export function ShopDialog({ chosen, apply, close }: { chosen: readonly string[]; apply: (shopIds: readonly string[]) => void; close: () => void }) {
  const said = useWords(frameWords);
  const shell = useWords(shellWords);
  const shared = useWords(common);
  const shopName = useShopNames();
  const dialog = useRef<HTMLDialogElement>(null);
  const [ticked, setTicked] = useState<readonly string[]>(chosen);
  useEffect(() => dialog.current?.showModal(), []);
  const take = (shopIds: readonly string[]) => {
    apply(shopIds);
    dialog.current?.close();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    take(ticked);
  };
  return (
    <dialog ref={dialog} className="dialog shop-choice" aria-labelledby="shops-title" onClose={close}>
      <h2 id="shops-title">{said.chooseShops}</h2>
      <Sets ticked={ticked} take={take} />
      <form onSubmit={submit} className="stack">
        <ShopChecks chosen={ticked} onChange={setTicked} />
        {ticked.length === 0 ? null : <p className="quiet">{said.chosen(String(ticked.length), ticked.slice(0, 6).map(shopName).join('、'))}</p>}
        <p className="status-risk" role="status">
          {ticked.length > MOST ? said.tooManyShops(String(MOST)) : ''}
        </p>
        <p className="actions">
          <button type="submit" className="plain plain-framed" disabled={ticked.length > MOST}>
            {said.showThese}
          </button>
          <button type="button" className="plain" onClick={() => take([])}>
            {shell.allShops}
          </button>
          <button type="button" className="plain" onClick={() => dialog.current?.close()}>
            {shared.cancel}
          </button>
        </p>
      </form>
    </dialog>
  );
}

function Sets({ ticked, take }: { ticked: readonly string[]; take: (shopIds: readonly string[]) => void }) {
  const said = useWords(frameWords);
  const shared = useWords(common);
  const cache = useQueryClient();
  const [name, setName] = useState('');
  const sets = useQuery({ queryKey: ['shop-sets'], queryFn: () => ask(api.GET('/shop-sets')) });
  const renew = () => cache.invalidateQueries({ queryKey: ['shop-sets'] });
  const save = useMutation({
    mutationFn: () => ask(api.POST('/shop-sets', { body: { name: name.trim(), shopIds: [...ticked] } })),
    onSuccess: () => {
      setName('');
      return renew();
    },
  });
  const remove = useMutation({ mutationFn: (setId: string) => ask(api.DELETE('/shop-sets/{setId}', { params: { path: { setId } } })), onSuccess: renew });
  const keep = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <section aria-label={said.savedSets}>
      <h3>{said.savedSets}</h3>
      {(sets.data?.sets ?? []).length === 0 ? <p className="quiet">{said.noSets}</p> : null}
      <ul className="sets">
        {(sets.data?.sets ?? []).map((set) => (
          <li key={set.setId}>
            <button type="button" className="plain plain-framed" onClick={() => take(set.shopIds)}>
              {set.name} <span className="quiet">{set.shopIds.length}</span>
            </button>
            <button type="button" className="plain" aria-label={`${shared.remove}: ${set.name}`} onClick={() => remove.mutate(set.setId)}>
              ✕
            </button>
          </li>
        ))}
      </ul>
      {ticked.length === 0 || ticked.length > MOST ? null : (
        <form onSubmit={keep} className="actions">
          <input
            className="native"
            required
            maxLength={60}
            value={name}
            aria-label={said.setName}
            placeholder={said.setName}
            onChange={(event) => setName(event.target.value)}
          />
          <button type="submit" className="plain plain-framed">
            {said.saveSet(String(ticked.length))}
          </button>
        </form>
      )}
      <Refusal error={save.error ?? remove.error} />
    </section>
  );
}

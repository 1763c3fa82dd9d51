// A choice of clients or shops that stays usable with thousands: as many as fit a screen are offered, typing finds the others by name, code,
// pinyin or initials.
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useDeferredValue, useState } from 'react';
import { CHOICES, clientsQuery, shopsQuery } from '../api/queries.ts';
import type { Shop } from '../api/types.ts';
import { dictionary, useWords } from '../words/words.ts';

const words = dictionary(
  {
    find: '查找：名称、编码、拼音或首字母',
    more: (n: string) => `另有 ${n} 个，输入名称、编码、拼音或首字母查找。`,
    none: '没有找到。',
  },
  {
    find: 'Find: name, code, pinyin or initials',
    more: (n) => `${n} more: type a name, a code, pinyin or initials to find them.`,
    none: 'Nothing found.',
  },
);

interface Described {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
}

/** Typing finds what is not offered; shown only where there is more than fits. */
function Find({ typed, onChange }: { typed: string; onChange: (typed: string) => void }) {
  const said = useWords(words);
  return (
    <input type="search" className="native" value={typed} placeholder={said.find} aria-label={said.find} onChange={(event) => onChange(event.target.value)} />
  );
}

interface OneProps {
  described: Described;
  value: string;
  empty: string;
  /** Choosing none is an answer too. */
  optional?: boolean;
}

function One({
  described,
  value,
  empty,
  optional = false,
  options,
  many,
  find,
  choose,
}: OneProps & { options: readonly (readonly [id: string, name: string])[]; many: boolean; find: ReactNode; choose: (id: string) => void }) {
  return (
    <>
      {many ? find : null}
      <select {...described} className="native" required={!optional} value={value} onChange={(event) => choose(event.target.value)}>
        <option value="">{empty}</option>
        {options.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </>
  );
}

/** One client. A search field appears with more clients than fit a choice. */
export function ClientChoice({ onChange, ...one }: OneProps & { onChange: (clientId: string) => void }) {
  const [typed, setTyped] = useState('');
  const all = useQuery(clientsQuery());
  const found = useQuery(clientsQuery(useDeferredValue(typed)));
  const options = (found.data?.clients ?? []).map(({ clientId, name }) => [clientId, name] as const);
  return <One {...one} options={options} many={(all.data?.total ?? 0) > CHOICES} find={<Find typed={typed} onChange={setTyped} />} choose={onChange} />;
}

/** One shop. */
export function ShopChoice({ onChange, ...one }: OneProps & { onChange: (shop: Shop | undefined) => void }) {
  const [typed, setTyped] = useState('');
  const all = useQuery(shopsQuery());
  const shops = useQuery(shopsQuery(useDeferredValue(typed))).data?.shops ?? [];
  const options = shops.map((shop) => [shop.shopId, shop.name === '' ? shop.code : shop.name] as const);
  const choose = (id: string) => onChange(shops.find(({ shopId }) => shopId === id));
  return <One {...one} options={options} many={(all.data?.total ?? 0) > CHOICES} find={<Find typed={typed} onChange={setTyped} />} choose={choose} />;
}

/** Any number of shops, ticked: of one client, or of all. */
export function ShopChecks({
  chosen,
  onChange,
  clientId = '',
  empty = '',
}: {
  chosen: readonly string[];
  onChange: (shopIds: string[]) => void;
  clientId?: string;
  empty?: string;
}) {
  const said = useWords(words);
  const [typed, setTyped] = useState('');
  const search = useDeferredValue(typed);
  const found = useQuery(shopsQuery(search, clientId));
  const total = found.data?.total ?? 0;
  const shops = found.data?.shops ?? [];
  const hidden = Math.max(0, total - shops.length);
  return (
    <>
      {total > CHOICES || typed !== '' ? <Find typed={typed} onChange={setTyped} /> : null}
      <div className="checks">
        {shops.map((shop) => (
          <label key={shop.shopId}>
            <input
              type="checkbox"
              checked={chosen.includes(shop.shopId)}
              onChange={(event) => onChange(event.target.checked ? [...chosen, shop.shopId] : chosen.filter((id) => id !== shop.shopId))}
            />
            {shop.name === '' ? shop.code : shop.name}
          </label>
        ))}
        {shops.length === 0 && !found.isPending ? <span className="quiet">{typed === '' ? empty : said.none}</span> : null}
      </div>
      {hidden === 0 ? null : <p className="hint">{said.more(hidden.toLocaleString('en-US'))}</p>}
    </>
  );
}

// Shops and days of the page, kept in the URL and along every link. Names can be searched by what they contain.
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { shopsQuery, useShopNames } from '../api/queries.ts';
import { addMonths, dateOf } from '../format/dates.ts';
import { useFormat } from '../format/use-format.ts';
import { frameWords } from '../shell/words.ts';
import { shellWords } from '../words/shell.ts';
import { useWords } from '../words/words.ts';
import { absolute, browserZone, useScope } from './scope.ts';

const DateInput = lazy(async () => ({ default: (await import('../parts/date-input.tsx')).DateInput }));

const ShopDialog = lazy(async () => ({ default: (await import('./shop-choice.tsx')).ShopDialog }));

export function ScopeBar() {
  const words = useWords(shellWords);
  const frame = useWords(frameWords);
  const format = useFormat();
  const scope = useScope();
  const shops = useQuery(shopsQuery());
  const shopName = useShopNames();
  const [choosing, setChoosing] = useState(false);
  const [custom, setCustom] = useState(scope.rangeToken.includes('..'));
  const thisMonth = dateOf(Date.now(), browserZone).slice(0, 7);
  const months = Array.from({ length: 12 }, (_, index) => addMonths(thisMonth, -index));
  const known = ['last-7d', 'last-30d', ...months];
  const total = shops.data?.total ?? 0;
  return (
    <fieldset className="scope">
      <legend className="sr-only">{words.scope}</legend>
      {total < 2 ? null : (
        <button type="button" className="native scope-shops" data-scope aria-haspopup="dialog" onClick={() => setChoosing(true)}>
          <span className="sr-only">{words.shops}: </span>
          {scope.shopIds.length === 0
            ? `${words.allShops} (${format.count(total)})`
            : scope.shopIds.length === 1
              ? shopName(scope.shopIds[0] ?? '')
              : frame.someShops(format.count(scope.shopIds.length))}
        </button>
      )}
      {choosing ? (
        <Suspense>
          <ShopDialog chosen={scope.shopIds} apply={(shops) => scope.set({ shops })} close={() => setChoosing(false)} />
        </Suspense>
      ) : null}
      <label>
        <span className="sr-only">{words.range}</span>
        <select
          className="native"
          value={custom ? 'custom' : scope.rangeToken}
          onChange={(event) => {
            setCustom(event.target.value === 'custom');
            scope.set({ range: event.target.value === 'custom' ? absolute(scope.range) : event.target.value });
          }}
        >
          <option value="last-7d">{words.last7}</option>
          <option value="last-30d">{words.last30}</option>
          {months.map((month) => (
            <option key={month} value={month}>
              {format.month(month)}
            </option>
          ))}
          {known.includes(scope.rangeToken) || custom ? null : <option value={scope.rangeToken}>{scope.rangeToken}</option>}
          <option value="custom">{words.customRange}</option>
        </select>
      </label>
      {custom ? (
        <Suspense>
          <DateInput
            required
            label={words.from}
            value={scope.range.from}
            max={scope.range.to}
            onChange={(from) => scope.set({ range: absolute({ from, to: scope.range.to }) })}
          />
          <DateInput
            required
            label={words.to}
            value={scope.range.to}
            min={scope.range.from}
            onChange={(to) => scope.set({ range: absolute({ from: scope.range.from, to }) })}
          />
        </Suspense>
      ) : null}
    </fieldset>
  );
}

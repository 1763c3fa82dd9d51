// Shops and days of the page, kept in the URL and along every link. Names can be searched by what they contain.
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { shopsQuery } from '../api/queries.ts';
import { addMonths, dateOf } from '../format/dates.ts';
import { useFormat } from '../format/use-format.ts';
import { shellWords } from '../words/shell.ts';
import { useWords } from '../words/words.ts';
import { absolute, browserZone, useScope } from './scope.ts';

const DateInput = lazy(async () => ({ default: (await import('../parts/date-input.tsx')).DateInput }));

export function ScopeBar() {
  const words = useWords(shellWords);
  const format = useFormat();
  const scope = useScope();
  const shops = useQuery(shopsQuery);
  const [custom, setCustom] = useState(scope.rangeToken.includes('..'));
  const thisMonth = dateOf(Date.now(), browserZone).slice(0, 7);
  const months = Array.from({ length: 12 }, (_, index) => addMonths(thisMonth, -index));
  const known = ['last-7d', 'last-30d', ...months];
  const list = shops.data?.shops ?? [];
  const one = scope.shopIds.length === 1 ? scope.shopIds[0] : '';
  return (
    <fieldset className="scope">
      <legend className="sr-only">{words.scope}</legend>
      {list.length < 2 ? null : (
        <label>
          <span className="sr-only">{words.shops}</span>
          <select className="native" value={one} onChange={(event) => scope.set({ shops: event.target.value === '' ? [] : [event.target.value] })}>
            <option value="">
              {words.allShops} ({list.length})
            </option>
            {list.map((shop) => (
              <option key={shop.shopId} value={shop.shopId}>
                {shop.name === '' ? shop.code : shop.name}
              </option>
            ))}
          </select>
        </label>
      )}
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

// Takes a list along as it is filtered and sorted: a workbook that says what it is, or CSV. The portal writes both; `e` takes the workbook. A refusal
// is told in place, in words: a browser's own download would keep it as a broken file.
import { useMutation } from '@tanstack/react-query';
import { type MouseEvent, useRef } from 'react';
import { ProblemError } from '../api/http.ts';
import { dictionary, languageTag, useLocale, useWords } from '../words/words.ts';
import { useKeys } from './keys.ts';
import { Refusal } from './problem.tsx';

const words = dictionary(
  { export: '导出', asCsv: '导出为 CSV', writing: '正在写文件', written: (name: string) => `已存为 ${name}` },
  { export: 'Export', asCsv: 'Export as CSV', writing: 'Writing the file', written: (name) => `Saved as ${name}` },
);

type Format = 'xlsx' | 'csv';

/** `path`: the list's own under /exports; `query`: the filter the screen asks with. */
export function Export({ path, query = {} }: { path: string; query?: Readonly<Record<string, string | number | readonly string[]>> }) {
  const said = useWords(words);
  const locale = useLocale();
  const link = useRef<HTMLAnchorElement>(null);
  useKeys({ e: () => link.current?.click() });
  const address = (format: Format) => {
    const params = new URLSearchParams({ format, lang: locale, address: window.location.pathname + window.location.search });
    for (const [key, value] of Object.entries(query)) {
      for (const one of [value].flat()) if (String(one) !== '') params.append(key, String(one));
    }
    return `/api/v1/exports/${path}?${params}`;
  };
  const take = useMutation({
    mutationFn: async (format: Format) => {
      const response = await fetch(address(format), { headers: { 'accept-language': languageTag[locale] } });
      if (!response.ok) throw new ProblemError(response.status, await response.json().catch(() => ({})));
      const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? `${path.split('/').at(-1)}.${format}`;
      save(await response.blob(), name);
      return name;
    },
  });
  const onClick = (format: Format) => (event: MouseEvent) => {
    event.preventDefault();
    if (!take.isPending) take.mutate(format);
  };
  return (
    <div className="exports">
      <a ref={link} href={address('xlsx')} onClick={onClick('xlsx')}>
        {said.export} XLSX <kbd>e</kbd>
      </a>
      <a href={address('csv')} aria-label={said.asCsv} onClick={onClick('csv')}>
        CSV
      </a>
      <span role="status" className="quiet">
        {take.isPending ? said.writing : take.data === undefined ? '' : said.written(take.data)}
      </span>
      <Refusal error={take.error} />
    </div>
  );
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has the file by then; without this it would keep it in memory until the page goes.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

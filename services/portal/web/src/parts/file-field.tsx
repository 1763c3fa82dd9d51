// Files that go with a command: chosen, sent at once with their progress, named by id in the command. And links to files that are there.
import { useQuery } from '@tanstack/react-query';
import { type ChangeEvent, useEffect, useRef, useState } from 'react';
import { api, ask, COMMAND_ID, ProblemError } from '../api/http.ts';
import type { components } from '../api/schema.d.ts';
import { useFormat } from '../format/use-format.ts';
import { common } from '../words/common.ts';
import { dictionary, useWords } from '../words/words.ts';
import { Field } from './field.tsx';
import { problemText } from './problem.tsx';

export type StoredFile = components['schemas']['StoredFile'];

const MAX_BYTES = 10 * 1_048_576;
const ACCEPTED = '.pdf,.png,.jpg,.jpeg,.webp,.docx,.xlsx,.zip,.mp3,.m4a,.mp4,.wav,.txt,.csv';
/** Platforms differ in these: Windows calls a CSV a spreadsheet. */
const TYPES: Readonly<Record<string, string>> = { csv: 'text/csv', m4a: 'audio/mp4', mp3: 'audio/mpeg', wav: 'audio/wav', zip: 'application/zip' };

const words = dictionary(
  {
    hint: 'PDF、图片、录音、Word、Excel、压缩包或文本，每个不超过 10 MB。传上去后不再改动，双方都能打开。文件和文件名里不要有买家的姓名、电话或地址：不会随买家删除。',
    sending: (name: string, percent: string) => `正在上传 ${name}，${percent}`,
    sent: (name: string) => `已上传 ${name}`,
    tooLarge: (name: string) => `${name} 超过 10 MB。`,
    failed: (name: string, why: string) => `${name} 没有传上去：${why}`,
    away: '连接中断，请再选一次。',
    removeOne: (name: string) => `不附上 ${name}`,
    files: '附件',
    kb: (n: string) => `${n} KB`,
  },
  {
    hint: 'PDF, pictures, recordings, Word, Excel, archives or text, at most 10 MB each. Once uploaded a file never changes, and both sides can open it. Show no buyer in it or its name: it stays when a buyer is erased.',
    sending: (name, percent) => `Uploading ${name}, ${percent}`,
    sent: (name) => `Uploaded ${name}`,
    tooLarge: (name) => `${name} is larger than 10 MB.`,
    failed: (name, why) => `${name} was not uploaded: ${why}`,
    away: 'The connection broke; choose it once more.',
    removeOne: (name) => `Leave out ${name}`,
    files: 'Files',
    kb: (n) => `${n} KB`,
  },
);

interface Sending {
  name: string;
  sent: number;
  total: number;
}

/** `shopIds` or `contractId` say whose files they are. `onChange` gets the files that are there, each time one comes or goes. */
export function FileField({
  label,
  hint,
  shopIds = [],
  contractId = '',
  files,
  onChange,
  max = 10,
}: {
  label: string;
  hint?: string;
  shopIds?: readonly string[];
  contractId?: string;
  files: readonly StoredFile[];
  onChange: (files: readonly StoredFile[]) => void;
  max?: number;
}) {
  const said = useWords(words);
  const format = useFormat();
  const [sending, setSending] = useState<Sending>();
  const [error, setError] = useState<string>();
  const stop = useRef(new AbortController());
  useEffect(() => {
    const leaving = new AbortController();
    stop.current = leaving;
    return () => leaving.abort();
  }, []);

  const choose = async (event: ChangeEvent<HTMLInputElement>) => {
    const { target } = event;
    const chosen = [...(target.files ?? [])].slice(0, max - files.length);
    setError(undefined);
    let kept = files;
    for (const file of chosen) {
      try {
        if (file.size > MAX_BYTES) throw new Error(said.tooLarge(file.name));
        const stored = await upload(file, shopIds, contractId, (sent) => setSending({ name: file.name, sent, total: file.size }), stop.current.signal);
        kept = [...kept.filter(({ fileId }) => fileId !== stored.fileId), stored];
        onChange(kept);
      } catch (failure) {
        if (stop.current.signal.aborted) return;
        const why = failure instanceof ProblemError ? problemText(failure, said.away) : failure instanceof Error ? failure.message : said.away;
        setError(failure instanceof ProblemError || why === '' ? said.failed(file.name, why || said.away) : why);
      }
    }
    setSending(undefined);
    target.value = ''; // so that the same file can be chosen again
  };

  const last = files.at(-1);
  return (
    <div className="file-field">
      <Field label={label} hint={hint ?? said.hint} error={error}>
        {(described) => (
          <input
            {...described}
            type="file"
            multiple={max > 1}
            accept={ACCEPTED}
            disabled={sending !== undefined || files.length >= max}
            onChange={(event) => void choose(event)}
          />
        )}
      </Field>
      {sending === undefined ? null : <progress aria-label={sending.name} value={sending.sent} max={Math.max(1, sending.total)} />}
      <p className="sr-only" role="status">
        {sending === undefined
          ? last === undefined
            ? ''
            : said.sent(last.name)
          : said.sending(sending.name, format.percent(sending.sent, Math.max(1, sending.total)))}
      </p>
      <FileList files={files} remove={(fileId) => onChange(files.filter((file) => file.fileId !== fileId))} />
    </div>
  );
}

/** The files of these ids, each a download; those one may not see are not there. */
export function FileLinks({ fileIds }: { fileIds: readonly string[] }) {
  const query = useQuery({
    queryKey: ['files', [...fileIds].sort()],
    queryFn: () => ask(api.GET('/files', { params: { query: { fileIds: [...fileIds] } } })),
    enabled: fileIds.length > 0,
    staleTime: Number.POSITIVE_INFINITY, // a file never changes
  });
  return <FileList files={query.data?.files ?? []} />;
}

function FileList({ files, remove }: { files: readonly StoredFile[]; remove?: (fileId: string) => void }) {
  const said = useWords(words);
  const actions = useWords(common);
  const format = useFormat();
  if (files.length === 0) return null;
  return (
    <ul className="file-list" aria-label={said.files}>
      {files.map(({ fileId, name, size }) => (
        <li key={fileId}>
          <a href={`/api/v1/files/${fileId}`} download>
            {name}
          </a>{' '}
          <span className="quiet">{said.kb(format.count(Math.max(1, Math.ceil(size / 1024))))}</span>
          {remove === undefined ? null : (
            <button type="button" className="plain" aria-label={said.removeOne(name)} onClick={() => remove(fileId)}>
              {actions.remove}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What a file is sent as: by its ending where that is surer than what the platform says. */
export const typeOf = ({ name, type }: Pick<File, 'name' | 'type'>): string =>
  TYPES[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? (type || 'application/octet-stream');

/** By XMLHttpRequest: fetch does not say how much was sent. */
function upload(file: File, shopIds: readonly string[], contractId: string, onSent: (bytes: number) => void, signal: AbortSignal): Promise<StoredFile> {
  const query = new URLSearchParams({ name: file.name });
  for (const shopId of shopIds) query.append('shopIds', shopId);
  if (contractId !== '') query.set('contractId', contractId);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/v1/files?${query}`);
    request.setRequestHeader('content-type', typeOf(file));
    request.setRequestHeader('accept-language', document.documentElement.lang);
    request.setRequestHeader(COMMAND_ID, crypto.randomUUID());
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded }) => onSent(loaded);
    request.onload = () => {
      const answer: unknown = request.response;
      if (request.status === 200) resolve(answer as StoredFile);
      else reject(new ProblemError(request.status, typeof answer === 'object' && answer !== null ? answer : {}));
    };
    request.onerror = () => reject(new Error(''));
    request.onabort = () => reject(new Error(''));
    signal.addEventListener('abort', () => request.abort());
    onSent(0);
    request.send(file);
  });
}

// Imports: a file goes in by chunks with its progress, rate and what was rejected; below it the earlier ones.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useRef, useState } from 'react';
import { Link } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Empty, Facts, Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { browserZone, useScope } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/words.ts';
import { RejectedTable } from './rejected.tsx';
import { type Progress, upload } from './upload.ts';
import { importWords } from './words.ts';

export function Screen() {
  const said = useWords(importWords);
  const scope = useScope();
  const format = useFormat();
  const query = useQuery({ queryKey: ['conversations', 'imports'], queryFn: () => ask(api.GET('/imports', { params: { query: { size: 50 } } })) });
  return (
    <Page title={said.title} about={said.about}>
      <div className="stack">
        <Upload />
        <Panel title={said.earlier}>
          <Loaded query={query} what={said.title}>
            {(data) =>
              data.imports.length === 0 ? (
                <Empty>{said.none}</Empty>
              ) : (
                <DataTable
                  caption={said.earlier}
                  rows={data.imports}
                  rowKey={(one) => one.importId}
                  to={(one) => `/imports/${one.importId}${scope.search()}`}
                  columns={[
                    { key: 'file', title: said.file, cell: (one) => <Link to={`/imports/${one.importId}${scope.search()}`}>{one.fileName}</Link> },
                    {
                      key: 'state',
                      title: said.state,
                      cell: (one) =>
                        one.finishedAt === 0 ? (
                          <StatusMark status="risk">{said.running}</StatusMark>
                        ) : (
                          <StatusMark status={one.rejectedTotal > 0 ? 'risk' : 'met'}>{one.rejectedTotal > 0 ? said.withRejected : said.complete}</StatusMark>
                        ),
                    },
                    { key: 'messages', title: said.messages, number: true, hideNarrow: true, cell: (one) => format.count(one.messages) },
                    { key: 'inserted', title: said.inserted, number: true, hideNarrow: true, cell: (one) => format.count(one.inserted) },
                    { key: 'duplicates', title: said.duplicates, number: true, hideNarrow: true, cell: (one) => format.count(one.duplicates) },
                    { key: 'rejected', title: said.rejected, number: true, cell: (one) => format.count(one.rejectedTotal) },
                    { key: 'at', title: said.startedAt, number: true, hideNarrow: true, cell: (one) => format.instant(one.startedAt, browserZone) },
                  ]}
                />
              )
            }
          </Loaded>
        </Panel>
      </div>
    </Page>
  );
}

function Upload() {
  const said = useWords(importWords);
  const shared = useWords(common);
  const cache = useQueryClient();
  const chooser = useRef<HTMLInputElement>(null);
  const stop = useRef<AbortController>(undefined);
  const [progress, setProgress] = useState<Progress>();
  const [error, setError] = useState<unknown>();
  const [running, setRunning] = useState(false);

  const start = async (file: File) => {
    setError(undefined);
    setRunning(true);
    stop.current = new AbortController();
    try {
      await upload(file, setProgress, stop.current.signal);
    } catch (failure) {
      if (!stop.current.signal.aborted) setError(failure);
    } finally {
      setRunning(false);
      void cache.invalidateQueries({ queryKey: ['conversations', 'imports'] });
    }
  };
  return (
    <Panel title={said.upload} about={said.uploadAbout}>
      <input
        ref={chooser}
        type="file"
        className="sr-only"
        tabIndex={-1}
        aria-label={said.choose}
        accept=".ndjson,.jsonl,application/x-ndjson"
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file !== undefined) void start(file);
        }}
      />
      <p className="actions">
        <Button type="primary" disabled={running} onClick={() => chooser.current?.click()}>
          {said.choose}
        </Button>
        {running ? <Button onClick={() => stop.current?.abort()}>{shared.cancel}</Button> : null}
      </p>
      <Refusal error={error} />
      {progress === undefined ? null : <ProgressFacts progress={progress} />}
    </Panel>
  );
}

function ProgressFacts({ progress }: { progress: Progress }) {
  const said = useWords(importWords);
  const format = useFormat();
  const seconds = Math.max(0.001, progress.elapsedMs / 1000);
  return (
    <div className="stack" style={{ marginTop: 12 }}>
      <div>
        <p id="import-progress">
          {progress.done ? said.sentAll(progress.fileName) : said.sending(progress.fileName, format.percent(progress.sentBytes, progress.totalBytes))}
        </p>
        <progress aria-labelledby="import-progress" value={progress.sentBytes} max={Math.max(1, progress.totalBytes)} />
      </div>
      <div role="status">
        <Facts
          facts={[
            [said.lines, format.count(progress.lines)],
            [said.inserted, format.count(progress.inserted)],
            [said.duplicates, format.count(progress.duplicates)],
            [said.rejected, format.count(progress.rejectedTotal)],
            [said.rate, said.perSecond(format.count(Math.round(progress.lines / seconds)))],
            [
              '',
              progress.importId === '' ? (
                ''
              ) : (
                <Link to={`/imports/${progress.importId}`} key="open">
                  {said.openImport}
                </Link>
              ),
            ],
          ]}
        />
      </div>
      {progress.rejected.length === 0 ? null : <RejectedTable rejected={progress.rejected} total={progress.rejectedTotal} importId={progress.importId} />}
    </div>
  );
}

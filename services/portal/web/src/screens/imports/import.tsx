// One import: how far it is, what went in, what was rejected.
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useFormat } from '../../format/use-format.ts';
import { Empty, Facts, Loaded, Page, Panel } from '../../parts/page.tsx';
import { browserZone } from '../../scope/scope.ts';
import { useWords } from '../../words/words.ts';
import { RejectedTable } from './rejected.tsx';
import { importWords } from './words.ts';

export function Screen() {
  const { importId = '' } = useParams();
  const said = useWords(importWords);
  const format = useFormat();
  const query = useQuery({
    queryKey: ['conversations', 'import', importId],
    queryFn: () => ask(api.GET('/imports/{importId}', { params: { path: { importId } } })),
    refetchInterval: ({ state }) => (state.data?.finishedAt === 0 ? 2000 : false),
  });
  return (
    <Loaded page query={query} what={said.title}>
      {(one) => (
        <Page title={one.fileName} about={one.finishedAt === 0 ? said.running : said.complete}>
          <div className="stack">
            <Panel title={said.state}>
              <Facts
                facts={[
                  [said.startedAt, format.instant(one.startedAt, browserZone)],
                  [said.finishedAt, format.instant(one.finishedAt, browserZone)],
                  [said.messages, format.count(one.messages)],
                  [said.conversations, format.count(one.conversations)],
                  [said.inserted, format.count(one.inserted)],
                  [said.duplicates, format.count(one.duplicates)],
                  [said.rejected, format.count(one.rejectedTotal)],
                ]}
              />
            </Panel>
            <Panel title={said.rejected}>
              {one.rejectedTotal === 0 ? (
                <Empty>{said.noRejected}</Empty>
              ) : (
                <RejectedTable rejected={one.rejected} total={one.rejectedTotal} importId={importId} />
              )}
            </Panel>
          </div>
        </Page>
      )}
    </Loaded>
  );
}

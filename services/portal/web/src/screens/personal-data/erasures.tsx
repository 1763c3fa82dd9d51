// What was erased: when, by whom, why, how much became blank; what runs says what it waits for.
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { api, ask } from '../../api/http.ts';
import { usePeopleNames } from '../../api/lookups.ts';
import type { Erasure } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Empty, Loaded, Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { browserZone } from '../../scope/scope.ts';
import { common } from '../../words/common.ts';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { personalDataWords } from './words.ts';

const ASK_AGAIN_MS = 5_000; // while one runs: its end is no event of the list's own

export function Erasures() {
  const said = useWords(personalDataWords);
  const shared = useWords(common);
  const format = useFormat();
  const decider = usePeopleNames();
  const query = useInfiniteQuery({
    queryKey: ['conversations', 'personal-data', 'erasures'],
    queryFn: ({ pageParam }) => ask(api.GET('/erasures', { params: { query: { size: 200, ...(pageParam === '' ? {} : { token: pageParam }) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => (page.nextToken === '' ? undefined : page.nextToken),
    refetchInterval: ({ state }) => (state.data?.pages.some(({ erasures }) => erasures.some((one) => one.state === 'running')) ? ASK_AGAIN_MS : false),
  });
  return (
    <Panel title={said.erasures} about={said.erasuresAbout}>
      <Loaded query={query} what={said.erasures}>
        {({ pages }) => {
          const rows = pages.flatMap(({ erasures }) => erasures);
          return rows.length === 0 ? (
            <Empty>{said.noErasures}</Empty>
          ) : (
            <>
              <DataTable
                caption={said.erasures}
                rows={rows}
                rowKey={(one) => one.erasureId}
                columns={[
                  { key: 'reason', title: said.reason, cell: (one) => (one.again ? said.again : one.reason) },
                  { key: 'state', title: said.state, cell: (one) => <State erasure={one} /> },
                  { key: 'became', title: said.became, number: true, cell: (one) => said.conversations(format.count(one.conversations)) },
                  { key: 'when', title: said.when, number: true, hideNarrow: true, cell: (one) => format.instant(one.requestedAt, browserZone) },
                  { key: 'who', title: said.who, hideNarrow: true, cell: (one) => (one.requestedBy === '' ? '—' : decider(one.requestedBy)) },
                ]}
              />
              {query.hasNextPage ? (
                <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {shared.more}
                </Button>
              ) : null}
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function State({ erasure }: { erasure: Erasure }) {
  const said = useWords(personalDataWords);
  const format = useFormat();
  if (erasure.state === 'done') {
    return (
      <>
        <StatusMark status="met">{said.done}</StatusMark> <span className="quiet nowrap">{format.instant(erasure.doneAt, browserZone)}</span>
      </>
    );
  }
  return (
    <>
      <StatusMark status="neutral">{said.running}</StatusMark>{' '}
      <span className="quiet">{said.waitsFor(erasure.waitsFor.map((one) => wordFor(said.waits, one)).join(said.and))}</span>
    </>
  );
}

// The inspector's home: what is next and how much is left. Taking the next conversation opens the desk.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Figure } from '../../parts/figure.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { WaitingList } from '../../parts/waiting-list.tsx';
import { useWords } from '../../words/words.ts';
import { shortId } from '../conversations/conversations.tsx';
import { samplesQuery } from './queries.ts';
import { qualityWords } from './words.ts';

export function Screen() {
  const said = useWords(qualityWords);
  const format = useFormat();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const sampleId = params.get('sample') ?? '';
  const samples = useQuery(samplesQuery);
  const [empty, setEmpty] = useState(false);
  const next = useMutation({
    mutationFn: (wanted: string) => ask(api.POST('/assignments/next', { body: { sampleId: wanted } })),
    onSuccess: ({ assignmentId }) => {
      if (assignmentId === '') setEmpty(true);
      else void navigate(`/assignments/${assignmentId}`);
    },
  });
  const open = (samples.data?.samples ?? []).filter(
    (sample) => sample.drawn > sample.scored + sample.skipped && (sampleId === '' || sample.sampleId === sampleId),
  );
  const left = open.reduce((sum, sample) => sum + sample.drawn - sample.scored - sample.skipped, 0);
  return (
    <Page
      title={said.next}
      about={said.nextAbout}
      actions={
        <Button type="primary" loading={next.isPending} onClick={() => next.mutate(sampleId)}>
          {said.startScoring}
        </Button>
      }
    >
      <Refusal error={next.error} />
      <p role="status">{empty ? said.nothingLeft : ''}</p>
      <div className="figures">
        <Figure label={said.next} value={samples.data === undefined ? '—' : format.count(left)} about={said.list} />
      </div>
      <div className="stack">
        <Panel title={said.list}>
          <Loaded query={samples} what={said.samples}>
            {() =>
              open.length === 0 ? (
                <Empty>{said.nothingLeft}</Empty>
              ) : (
                <DataTable
                  caption={said.list}
                  rows={open}
                  rowKey={(sample) => sample.sampleId}
                  columns={[
                    { key: 'sample', title: said.sample, cell: (sample) => <Link to={`/samples/${sample.sampleId}`}>{shortId(sample.sampleId)}</Link> },
                    { key: 'range', title: said.range, cell: (sample) => `${sample.range?.from ?? ''} – ${sample.range?.to ?? ''}` },
                    { key: 'done', title: said.done, number: true, cell: (sample) => `${sample.scored + sample.skipped} / ${sample.drawn}` },
                    {
                      key: 'go',
                      title: <span className="sr-only">{said.startScoring}</span>,
                      cell: (sample) => (
                        <button
                          type="button"
                          className="plain"
                          aria-label={`${said.startScoring} ${shortId(sample.sampleId)}`}
                          onClick={() => next.mutate(sample.sampleId)}
                        >
                          {said.startScoring}
                        </button>
                      ),
                    },
                  ]}
                />
              )
            }
          </Loaded>
        </Panel>
        <WaitingList waitsFor="qa-inspector" />
      </div>
    </Page>
  );
}

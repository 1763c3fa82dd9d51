// A sample: how it was drawn, whether it can be drawn again to the same set, and how far its inspection is.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { Link, useParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { agentsQuery } from '../../api/queries.ts';
import { useSession } from '../../api/session.ts';
import type { Sample } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Figure } from '../../parts/figure.tsx';
import { Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { shortId } from '../conversations/conversations.tsx';
import { points } from './scores.ts';
import { useStratumName } from './stratum.ts';
import { qualityWords } from './words.ts';

export function Screen() {
  const { sampleId = '' } = useParams();
  const said = useWords(qualityWords);
  const query = useQuery({ queryKey: ['qa', 'sample', sampleId], queryFn: () => ask(api.GET('/samples/{sampleId}', { params: { path: { sampleId } } })) });
  return (
    <Loaded page query={query} what={said.what} rows={8}>
      {(sample) => <SamplePage sample={sample} />}
    </Loaded>
  );
}

function SamplePage({ sample }: { sample: Sample }) {
  const said = useWords(qualityWords);
  const format = useFormat();
  const scope = useScope();
  const session = useSession();
  const agents = useQuery(agentsQuery);
  const stratum = useStratumName(agents.data?.agents ?? []);
  const redraw = useMutation({ mutationFn: () => ask(api.POST('/samples/{sampleId}/redraw', { params: { path: { sampleId: sample.sampleId } } })) });
  const scorer = session.role === 'qa-inspector' || session.role === 'team-lead';
  const left = sample.drawn - sample.scored - sample.skipped;
  return (
    <Page
      title={said.sampleTitle(shortId(sample.sampleId))}
      about={`${sample.range?.from ?? ''} – ${sample.range?.to ?? ''} · ${said.sampleAbout(format.count(sample.frameSize), format.targetPercent(sample.ratioBp), String(sample.seed), format.count(sample.drawn))}`}
      actions={
        <>
          <span role="status">
            {redraw.data === undefined ? null : (
              <StatusMark status={redraw.data.same ? 'met' : 'breach'}>
                {redraw.data.same ? said.same : said.notSame}
                {redraw.data.sameFrame ? '' : ` · ${said.frameMoved}`}
              </StatusMark>
            )}
          </span>
          <Button loading={redraw.isPending} onClick={() => redraw.mutate()}>
            {said.redraw}
          </Button>
          {scorer && left > 0 ? <Link to={`/next?sample=${sample.sampleId}`}>{said.startScoring}</Link> : null}
        </>
      }
    >
      <Refusal error={redraw.error} />
      <div className="figures">
        <Figure
          label={said.done}
          value={`${format.count(sample.scored + sample.skipped)} / ${format.count(sample.drawn)}`}
          about={said.left(format.count(left))}
        />
        <Figure
          label={said.mean}
          value={sample.scored === 0 ? '—' : points(sample.meanTenths)}
          {...(sample.scored === 0 ? {} : { counts: `[${points(sample.lowTenths)}, ${points(sample.highTenths)}]` })}
          about={said.interval(format.count(sample.scored))}
        />
        <Figure label={said.frame} value={format.count(sample.frameSize)} about={`@ ${format.count(sample.framePosition)}`} />
      </div>
      <div className="columns">
        <Panel title={said.rows} about={said.rowsAbout}>
          <DataTable
            caption={said.rows}
            rows={sample.rows.map((row, index) => ({ ...row, number: index + 1 }))}
            rowKey={(row) => row.assignmentId}
            columns={[
              { key: 'number', title: said.number, number: true, cell: (row) => row.number },
              {
                key: 'state',
                title: said.state,
                cell: (row) => <StatusMark status={row.state === 'scored' ? 'met' : 'neutral'}>{wordFor(said.states, row.state)}</StatusMark>,
              },
              {
                key: 'score',
                title: said.score,
                number: true,
                cell: (row) =>
                  row.state === 'scored' ? (
                    <Link to={`/inspections/${row.assignmentId}${scope.search()}`}>{`${points(row.totalTenths)} / ${points(row.maxTenths)}`}</Link>
                  ) : (
                    '—'
                  ),
              },
              {
                key: 'conversation',
                title: said.conversation,
                cell: (row) =>
                  row.conversationId === '' ? '—' : <Link to={`/conversations/${row.conversationId}${scope.search()}`}>{shortId(row.conversationId)}</Link>,
              },
              { key: 'stratum', title: said.stratum, hideNarrow: true, cell: (row) => (row.stratum === '' ? '—' : stratum(row.stratum)) },
            ]}
          />
        </Panel>
        <Panel title={said.strata}>
          <DataTable
            caption={said.strata}
            rows={sample.strata}
            rowKey={(one) => one.key}
            columns={[
              { key: 'key', title: said.stratum, cell: (one) => stratum(one.key) },
              { key: 'size', title: said.size, number: true, cell: (one) => format.count(one.size) },
              { key: 'drawn', title: said.drawn, number: true, cell: (one) => format.count(one.drawn) },
            ]}
          />
        </Panel>
      </div>
    </Page>
  );
}

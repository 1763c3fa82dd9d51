// One submitted inspection: items and grades, findings with their messages, corrections with what they changed.
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { agentsQuery, useShopNames, useZones } from '../../api/queries.ts';
import { isVendor, useSession } from '../../api/session.ts';
import type { Inspection, Scorecard } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Figure } from '../../parts/figure.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { useScope } from '../../scope/scope.ts';
import { domain, wordFor } from '../../words/domain.ts';
import { useLocale, useWords } from '../../words/words.ts';
import { shortId } from '../conversations/conversations.tsx';
import { points } from './scores.ts';
import { useStratumName } from './stratum.ts';
import { qualityWords } from './words.ts';

export function Screen() {
  const { assignmentId = '' } = useParams();
  const said = useWords(qualityWords);
  const inspection = useQuery({
    queryKey: ['qa', 'inspection', assignmentId],
    queryFn: () => ask(api.GET('/inspections/{assignmentId}', { params: { path: { assignmentId } } })),
  });
  const version = inspection.data?.scorecardVersion;
  const card = useQuery({
    queryKey: ['qa', 'scorecard', version],
    queryFn: () => ask(api.GET('/scorecard', { params: { query: { version: version ?? 0 } } })),
    enabled: version !== undefined,
  });
  return (
    <Loaded page query={inspection} what={said.what} rows={8}>
      {(data) => <InspectionPage inspection={data} card={card.data} />}
    </Loaded>
  );
}

function InspectionPage({ inspection, card }: { inspection: Inspection; card: Scorecard | undefined }) {
  const said = useWords(qualityWords);
  const terms = useWords(domain);
  const locale = useLocale();
  const format = useFormat();
  const scope = useScope();
  const session = useSession();
  const shopName = useShopNames();
  const zone = useZones()(inspection.shopId);
  const agents = useQuery({ ...agentsQuery, enabled: isVendor(session.role) });
  const stratum = useStratumName(agents.data?.agents ?? []);
  const item = (key: string) => card?.items.find((one) => one.key === key);
  return (
    <Page
      title={said.inspectionTitle(shortId(inspection.assignmentId))}
      about={[shopName(inspection.shopId), ...(isVendor(session.role) ? [stratum(inspection.stratum)] : []), format.instant(inspection.scoredAt, zone)].join(
        ' · ',
      )}
      actions={<Link to={`/conversations/${inspection.conversationId}${scope.search()}`}>{said.conversation}</Link>}
    >
      <div className="figures">
        <Figure
          label={said.total}
          value={points(inspection.totalTenths)}
          counts={`/ ${points(inspection.maxTenths)}`}
          {...(inspection.fatal ? { status: 'breach' as const, verdict: said.fatalFailed } : {})}
          about={said.scorecard(String(inspection.scorecardVersion))}
        />
        <Figure label={said.findings} value={String(inspection.findings.length)} />
      </div>
      <div className="stack">
        <Panel title={said.scorecard(String(inspection.scorecardVersion))}>
          <DataTable
            caption={said.scorecard(String(inspection.scorecardVersion))}
            rows={inspection.items}
            rowKey={(score) => score.itemKey}
            columns={[
              {
                key: 'item',
                title: said.item,
                cell: (score) => (locale === 'zh' ? item(score.itemKey)?.nameZh : item(score.itemKey)?.nameEn) ?? score.itemKey,
              },
              { key: 'grade', title: said.grade, cell: (score) => wordFor(terms.grades, score.grade) },
              {
                key: 'points',
                title: said.score,
                number: true,
                cell: (score) => `${points(score.pointsTenths)} / ${points(item(score.itemKey)?.pointsTenths ?? 0)}`,
              },
            ]}
          />
        </Panel>
        <Panel title={said.findings}>
          {inspection.findings.length === 0 ? (
            <Empty>{said.noFindings}</Empty>
          ) : (
            <ul className="sentences">
              {inspection.findings.map((finding) => (
                <li key={finding.findingId}>
                  <Link to={`/conversations/${finding.conversationId}/messages/${encodeURIComponent(finding.messageId)}${scope.search()}`}>
                    {wordFor(terms.categories, finding.category)}
                  </Link>{' '}
                  · {wordFor(terms.severities, finding.severity)} {finding.note}
                </li>
              ))}
            </ul>
          )}
        </Panel>
        {inspection.corrections.length === 0 ? null : (
          <Panel title={said.corrected}>
            <DataTable
              caption={said.corrected}
              rows={inspection.corrections}
              rowKey={(correction) => String(correction.at)}
              columns={[
                { key: 'at', title: said.scoredAt, cell: (correction) => format.instant(correction.at, zone) },
                { key: 'before', title: said.before, number: true, cell: (correction) => points(correction.totalTenthsBefore) },
                { key: 'after', title: said.after, number: true, cell: (correction) => points(correction.totalTenthsAfter) },
                { key: 'reason', title: said.reason, cell: (correction) => correction.reason },
              ]}
            />
          </Panel>
        )}
      </div>
    </Page>
  );
}

// A breach as a chain of facts, each a link: why it is one, and what follows. Withdrawn, it stays, struck through, with its reason.
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { useClauseText } from '../../api/clauses.ts';
import { api, ask } from '../../api/http.ts';
import { useShopNames } from '../../api/queries.ts';
import type { Breach } from '../../api/types.ts';
import { exactInstant } from '../../format/dates.ts';
import { useFormat } from '../../format/use-format.ts';
import { Facts, Loaded, Page, Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { domain, wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { useAgentName } from './agent-name.ts';
import { slaWords } from './words.ts';

export function Screen() {
  const { breachId = '' } = useParams();
  const said = useWords(slaWords);
  const query = useQuery({ queryKey: ['sla', 'breach', breachId], queryFn: () => ask(api.GET('/breaches/{breachId}', { params: { path: { breachId } } })) });
  return (
    <Loaded page query={query} what={said.whatBreach} rows={8}>
      {(breach) => <BreachPage breach={breach} />}
    </Loaded>
  );
}

function BreachPage({ breach }: { breach: Breach }) {
  const said = useWords(slaWords);
  const terms = useWords(domain);
  const format = useFormat();
  const scope = useScope();
  const shopName = useShopNames();
  const clauseText = useClauseText();
  const agentName = useAgentName();
  const { clock, clause, zone } = breach;
  if (clock === undefined || clause === undefined) return null;
  const at = (ms: number) => exactInstant(ms, zone);
  const message = (id: string) => `/conversations/${clock.conversationId}/messages/${encodeURIComponent(id)}${scope.search()}`;
  const over = format.durationAgainst(breach.overtimeMs, 0);
  return (
    <Page
      title={said.breachTitle(String(breach.numberInMonth), clauseText(clause))}
      about={
        <StatusMark status={breach.withdrawn ? 'neutral' : 'breach'}>
          <span className={breach.withdrawn ? 'struck' : undefined}>{said.breachAbout(over, at(breach.breachedAt))}</span>
        </StatusMark>
      }
      actions={<Link to={`/conversations/${clock.conversationId}${scope.search()}`}>{said.conversation}</Link>}
    >
      {breach.withdrawn ? <p className="strip">{said.withdrawnText(wordFor(terms.reasons, breach.withdrawnReason))}</p> : null}
      <div className="stack">
        <Panel title={said.why}>
          <ol className="chain">
            <li>
              <time>{at(clock.startedAt)}</time>
              <span>
                {said.whyStart} · <Link to={message(breach.startMessageId)}>{said.seeStart}</Link>
              </span>
            </li>
            <li>
              <span className="quiet">{said.rule(String(clause.metricVersion))}</span>
              <Link to={`/contracts/${clock.contractId}${scope.search()}`}>
                {said.whyRule(wordFor(terms.metrics, clause.metric), String(clause.metricVersion), wordFor(terms.clocks, clause.clock))}
              </Link>
            </li>
            <li>
              <time>{at(clock.dueAt)}</time>
              <span>{said.whyDue(format.duration(clause.allowanceMs))}</span>
            </li>
            <li className="decides">
              <time>{at(breach.breachedAt)}</time>
              <span>
                <StatusMark status={breach.withdrawn ? 'neutral' : 'breach'}>{said.whyBreach}</StatusMark>
              </span>
            </li>
            <li>
              <time>{clock.stoppedAt === 0 ? '—' : at(clock.stoppedAt)}</time>
              {clock.stoppedAt === 0 ? (
                <span>{said.whyOpen}</span>
              ) : (
                <span>
                  {said.whyStop(format.durationAgainst(clock.elapsedMs, clause.allowanceMs))}
                  {agentName(clock.agent) === '' ? '' : ` · ${agentName(clock.agent)}`} · <Link to={message(breach.stopMessageId)}>{said.seeStop}</Link>
                </span>
              )}
            </li>
          </ol>
        </Panel>
        <Panel title={said.consequence}>
          <p>{said.consequenceText(format.count(breach.numberInMonth))}</p>
          <Facts
            facts={[
              [said.shop, shopName(clock.shopId)],
              [
                said.clause,
                <Link key="clause" to={`/contracts/${clock.contractId}/sla/${clause.key}${scope.search({ range: clock.date.slice(0, 7) })}`}>
                  {said.seeSla}
                </Link>,
              ],
              [said.known, at(breach.knownAt)],
              [said.seeEvent, <code key="event">{breach.event === undefined ? '—' : `${breach.event.source} · ${breach.event.position}`}</code>],
            ]}
          />
          <p className="quiet" style={{ marginTop: 12 }}>
            {said.sentence(shopName(clock.shopId), at(clock.startedAt), at(clock.dueAt), over)}
          </p>
        </Panel>
      </div>
    </Page>
  );
}

// The transcript: who said what at which second, whose clock stopped where, what came late, which finding hangs on which message.
import { Fragment, useEffect, useRef } from 'react';
import { Link } from 'react-router';
import { useClauseText } from '../../api/clauses.ts';
import type { Conversation, Finding, Message, Ribbon } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { StatusMark } from '../../parts/status.tsx';
import { useScope } from '../../scope/scope.ts';
import { domain, wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { clockStatus } from '../sla/clocks.tsx';
import { conversationWords } from './words.ts';

const GAP_SHOWN_MS = 600_000;
const LATE_MS = 300_000;

interface TranscriptProps {
  conversation: Conversation;
  ribbon: Ribbon | undefined;
  findings: readonly Finding[];
  zone: string;
  chosen: string | undefined;
  names: (account: string, at: number) => string;
}

/** The clock that this message stopped, if any. */
const stoppedBy = (message: Message, ribbon: Ribbon | undefined) =>
  message.sender === 'agent' ? ribbon?.rows.find((row) => row.clock?.stoppedAt === message.sentAt) : undefined;

/** Whether a clock was running and this message did not stop it: bots and auto replies never do. */
const runsOn = (message: Message, ribbon: Ribbon | undefined): boolean =>
  (message.sender === 'bot' || message.sender === 'system') &&
  (ribbon?.rows ?? []).some(
    ({ clock }) => clock !== undefined && clock.startedAt <= message.sentAt && (clock.stoppedAt === 0 || clock.stoppedAt > message.sentAt),
  );

export function Transcript({ conversation, ribbon, findings, zone, chosen, names }: TranscriptProps) {
  const said = useWords(conversationWords);
  const terms = useWords(domain);
  const format = useFormat();
  const scope = useScope();
  const clauseText = useClauseText();
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    if (chosen !== undefined) list.current?.querySelector(`[data-message="${CSS.escape(chosen)}"]`)?.scrollIntoView({ block: 'center' });
  }, [chosen]);
  return (
    <ol className="transcript" ref={list}>
      {conversation.messages.map((message, index) => {
        const previous = conversation.messages[index - 1];
        const gap = previous === undefined ? 0 : message.sentAt - previous.sentAt;
        const newDay = previous === undefined || format.instant(previous.sentAt, zone).slice(0, 10) !== format.instant(message.sentAt, zone).slice(0, 10);
        const row = stoppedBy(message, ribbon);
        const speaker = message.sender === 'agent' && message.account !== '' ? names(message.account, message.sentAt) : wordFor(terms.senders, message.sender);
        return (
          <Fragment key={message.messageId}>
            {newDay || gap > GAP_SHOWN_MS ? (
              <li className="gap-row">
                {newDay ? format.instant(message.sentAt, zone).slice(0, 10) : ''} {gap > GAP_SHOWN_MS ? said.gap(format.duration(gap)) : ''}
              </li>
            ) : null}
            <li
              className={`turn turn-${message.sender}${message.messageId === chosen ? ' turn-chosen' : ''}`}
              data-message={message.messageId}
              {...(message.messageId === chosen ? { 'aria-current': true } : {})}
            >
              <time dateTime={new Date(message.sentAt).toISOString()}>{format.clock(message.sentAt, zone)}</time>
              <span className="speaker">{speaker}</span>
              <p className={message.erased ? 'quiet' : undefined}>{message.erased ? said.erased : message.text}</p>
              {runsOn(message, ribbon) ? <span className="turn-note">{said.clockRunsOn}</span> : null}
              {row?.clock === undefined || row.clause === undefined ? null : (
                <span className="turn-note">
                  <StatusMark status={clockStatus[row.clock.state] ?? 'neutral'}>
                    {row.clock.breachId === '' ? (
                      said.stopsHere(clauseText(row.clause), format.durationAgainst(row.clock.elapsedMs, row.clause.allowanceMs))
                    ) : (
                      <Link to={`/breaches/${row.clock.breachId}${scope.search()}`}>
                        {said.stopsHere(clauseText(row.clause), format.durationAgainst(row.clock.elapsedMs, row.clause.allowanceMs))}
                      </Link>
                    )}
                  </StatusMark>
                </span>
              )}
              {message.recordedAt - message.sentAt > LATE_MS && previous !== undefined && message.recordedAt - previous.recordedAt > LATE_MS ? (
                <span className="turn-note">{said.late(format.instant(message.recordedAt, zone))}</span>
              ) : null}
              {findings
                .filter((finding) => finding.messageId === message.messageId)
                .map((finding) => (
                  <span className="turn-note" key={finding.findingId}>
                    <StatusMark status="neutral">
                      <Link to={`/inspections/${finding.assignmentId}${scope.search()}`}>{said.finding(wordFor(terms.categories, finding.category))}</Link> ·{' '}
                      {wordFor(terms.severities, finding.severity)} {finding.note}
                    </StatusMark>
                  </span>
                ))}
            </li>
          </Fragment>
        );
      })}
    </ol>
  );
}

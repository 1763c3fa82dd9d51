// Talks of both sides: whether managers talked this month, the months without, what each side does until when.
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { contractQuery } from '../../api/queries.ts';
import type { Contract } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { useStreamClock } from '../../live/stream.ts';
import { Figure } from '../../parts/figure.tsx';
import { Empty, Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { ContractTabs } from '../contracts/contract-tabs.tsx';
import { useAct, useActing } from './acting.ts';
import { type Meeting, meetingsQuery } from './queries.ts';
import { RecordMeeting } from './record-meeting.tsx';
import { careWords } from './words.ts';

const STATUS = { open: 'neutral', overdue: 'breach', done: 'met' } as const;

export function Screen() {
  const { contractId = '' } = useParams();
  const said = useWords(careWords);
  const query = useQuery(contractQuery(contractId));
  return (
    <Loaded page query={query} what={said.meetings}>
      {(contract) => <MeetingsPage contract={contract} />}
    </Loaded>
  );
}

function MeetingsPage({ contract }: { contract: Contract }) {
  const said = useWords(careWords);
  const format = useFormat();
  const { now } = useStreamClock();
  const { client, leads } = useActing();
  const query = useQuery(meetingsQuery(contract.contractId));
  const { data } = query;
  return (
    <Page title={said.meetingsTitle(contract.number)} about={said.meetingsAbout}>
      <ContractTabs contractId={contract.contractId} current="meetings" />
      {data === undefined ? null : (
        <div className="figures">
          <Figure
            label={said.thisMonth(format.month(data.month))}
            value={<StatusMark status={data.managerMet ? 'met' : 'risk'}>{data.managerMet ? said.met : said.notYet}</StatusMark>}
            about={data.managerMet ? '' : said.monthEnds(format.duration(Math.max(0, data.monthEndsAt - now)))}
          />
          <Figure
            label={said.missed}
            value={data.missedMonths.length === 0 ? said.missedNone : format.count(data.missedMonths.length)}
            about={data.missedMonths.slice(0, 6).map(format.month).join(' · ')}
          />
          <Figure
            label={said.overdueActions}
            value={format.count(data.actionsOverdue)}
            {...(data.actionsOverdue > 0 ? { status: 'breach' as const, verdict: said.pastDue } : {})}
          />
        </div>
      )}
      <div className="stack">
        <Panel title={said.meetings}>
          <Loaded query={query} what={said.meetings}>
            {({ meetings }) =>
              meetings.length === 0 ? (
                <Empty>{said.noMeetings}</Empty>
              ) : (
                <div className="asks">
                  {meetings.map((meeting) => (
                    <MeetingCard key={meeting.meetingId} contractId={contract.contractId} meeting={meeting} mayAct={client || leads} />
                  ))}
                </div>
              )
            }
          </Loaded>
        </Panel>
        {client || leads ? <RecordMeeting contract={contract} /> : null}
      </div>
    </Page>
  );
}

/** What was talked about and what follows of it, with what its reader can do. */
export function MeetingCard({ contractId, meeting, mayAct }: { contractId: string; meeting: Meeting; mayAct: boolean }) {
  const said = useWords(careWords);
  const format = useFormat();
  const done = useAct((actionKey: string) =>
    ask(
      api.POST('/contracts/{contractId}/meetings/{meetingId}/actions/{actionKey}/done', {
        params: { path: { contractId, meetingId: meeting.meetingId, actionKey } },
      }),
    ),
  );
  return (
    <article className="ask">
      <header className="ask-head">
        <span>{format.day(meeting.heldOn)}</span>
        <span>{meeting.levels.map((level) => wordFor(said.levelWords, level)).join(' · ')}</span>
      </header>
      <p className="ask-text">{meeting.topics}</p>
      {meeting.actions.length === 0 ? null : (
        <ul className="ask-actions" aria-label={said.actions}>
          {meeting.actions.map((action) => (
            <li key={action.key}>
              <StatusMark status={Object.entries(STATUS).find(([state]) => state === action.state)?.[1] ?? 'neutral'}>
                {wordFor(said.actionStates, action.state)}
              </StatusMark>{' '}
              {wordFor(said.by, action.owner)}：{action.text} <span className="quiet">{said.due(action.dueOn)}</span>
              {mayAct && action.state !== 'done' ? (
                <Button size="small" loading={done.isPending} aria-label={`${said.actionDone} ${action.text}`} onClick={() => done.mutate(action.key)}>
                  {said.actionDone}
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
      <Refusal error={done.error} />
    </article>
  );
}

// One stream that stands still: why, since when, what is queued behind it; tried again, or its first event skipped with a reason.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { Link, useParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useFormat } from '../../format/use-format.ts';
import { Field } from '../../parts/field.tsx';
import { Facts, Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { browserZone } from '../../scope/scope.ts';
import { useWords } from '../../words/words.ts';
import { EventTable } from './event-table.tsx';
import { eventPath, shortType } from './queries.ts';
import { systemWords } from './words.ts';

const MOST_CHARACTERS = 1000;

export function Screen() {
  const { heldId = '' } = useParams();
  const said = useWords(systemWords);
  const format = useFormat();
  const params = { path: { heldId } };
  const query = useQuery({ queryKey: ['system', 'held', heldId], queryFn: () => ask(api.GET('/system/parked/{heldId}', { params })) });
  return (
    <Loaded page query={query} what={said.held}>
      {({ stream, events, more }) => (
        <Page title={stream.streamId} about={<Link to="/system">{said.back}</Link>}>
          <div className="stack">
            <Panel title={said.facts} about={said.heldAbout}>
              <p>
                <StatusMark status={stream.state === 'parked' ? 'risk' : 'neutral'}>{stream.error === '' ? stream.waitKey : stream.error}</StatusMark>
              </p>
              <Facts
                facts={[
                  [said.service, stream.service],
                  [said.group, stream.group],
                  [said.source, <code key="source">{stream.source}</code>],
                  [
                    said.firstEvent,
                    <Link key="first" to={eventPath(stream.source, stream.firstPosition)}>
                      {`${shortType(stream.firstType)} · ${stream.firstPosition}`}
                    </Link>,
                  ],
                  [said.attempts, format.count(stream.attempts)],
                  [said.since, format.instant(stream.since, browserZone)],
                ]}
              />
            </Panel>
            <Decide heldId={heldId} position={stream.firstPosition} />
            <Panel title={said.queued} about={`${format.count(stream.events)}`}>
              <EventTable caption={said.queued} events={events} />
              {more ? <p className="quiet">{said.more}</p> : null}
            </Panel>
          </div>
        </Page>
      )}
    </Loaded>
  );
}

function Decide({ heldId, position }: { heldId: string; position: number }) {
  const said = useWords(systemWords);
  const cache = useQueryClient();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const params = { path: { heldId } };
  const onSettled = () => cache.invalidateQueries({ queryKey: ['system', 'operations'] });
  const retry = useMutation({ mutationFn: () => ask(api.POST('/system/parked/{heldId}/retry', { params })), onSettled });
  const skip = useMutation({
    mutationFn: () => ask(api.POST('/system/parked/{heldId}/skip', { params, body: { position, reason: reason.trim() } })),
    onSettled,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (reason.trim() !== '') skip.mutate();
  };
  return (
    <Panel
      title={said.retry}
      about={said.skipAbout}
      actions={
        <Button type="primary" loading={retry.isPending} onClick={() => retry.mutate()}>
          {said.retry}
        </Button>
      }
    >
      <Refusal error={retry.error} />
      <form className="form" onSubmit={submit}>
        <Field label={said.reason} error={tried && reason.trim() === '' ? said.reasonNeeded : undefined}>
          {(field) => (
            <textarea {...field} className="native" rows={2} maxLength={MOST_CHARACTERS} value={reason} onChange={(event) => setReason(event.target.value)} />
          )}
        </Field>
        <Refusal error={skip.error} />
        <p className="actions">
          <Button htmlType="submit" loading={skip.isPending}>
            {said.skip}
          </Button>
        </p>
      </form>
      <p role="status">{skip.isSuccess ? said.skipped : retry.isSuccess ? said.retried : ''}</p>
    </Panel>
  );
}

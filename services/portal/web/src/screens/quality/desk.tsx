// The scoring desk: a blind transcript and a scorecard, by keyboard. Drafts stay on this machine; nothing is known until it is submitted.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useZones } from '../../api/queries.ts';
import type { Assignment, Scorecard } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { Field } from '../../parts/field.tsx';
import { useKeys } from '../../parts/keys.ts';
import { Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { domain, wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { ScoreCard } from './card.tsx';
import { FindingForm } from './finding-form.tsx';
import { type Grade, gradeOfKey, itemsOf, type Marks, nextOpen, openCount } from './scores.ts';
import { qualityWords } from './words.ts';

export function Screen() {
  const { assignmentId = '' } = useParams();
  const said = useWords(qualityWords);
  const assignment = useQuery({
    queryKey: ['qa', 'assignment', assignmentId],
    queryFn: () => ask(api.GET('/assignments/{assignmentId}', { params: { path: { assignmentId } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const card = useQuery({ queryKey: ['qa', 'scorecard'], queryFn: () => ask(api.GET('/scorecard')), staleTime: Number.POSITIVE_INFINITY });
  return (
    <Loaded page query={assignment} what={said.whatDesk} rows={10}>
      {(data) => (
        <Loaded query={card} what={said.whatDesk}>
          {(scorecard) => <Desk key={assignmentId} assignment={data} card={scorecard} />}
        </Loaded>
      )}
    </Loaded>
  );
}

const draftKey = (assignmentId: string) => `deskfleet.draft.${assignmentId}`;

function draftOf(assignmentId: string): Marks {
  const kept = localStorage.getItem(draftKey(assignmentId));
  return kept === null ? {} : (JSON.parse(kept) as Marks);
}

function Desk({ assignment, card }: { assignment: Assignment; card: Scorecard }) {
  const said = useWords(qualityWords);
  const format = useFormat();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const { assignmentId, sampleId } = assignment;
  const submitted = assignment.state !== 'open';
  const [marks, setMarks] = useState<Marks>(() =>
    submitted ? Object.fromEntries((assignment.inspection?.items ?? []).map((item) => [item.itemKey, item.grade as Grade])) : draftOf(assignmentId),
  );
  const [at, setAt] = useState(() => Math.max(0, nextOpen(card, draftOf(assignmentId), -1)));
  const [message, setMessage] = useState<string>();
  const [raising, setRaising] = useState(false);
  const [hint, setHint] = useState('');
  const [skipReason, setSkipReason] = useState<string>();
  const [correction, setCorrection] = useState<string>();

  useEffect(() => {
    if (!submitted) localStorage.setItem(draftKey(assignmentId), JSON.stringify(marks));
  }, [marks, assignmentId, submitted]);

  const goOn = async () => {
    localStorage.removeItem(draftKey(assignmentId));
    await cache.invalidateQueries({ queryKey: ['qa', 'samples'] });
    const next = await ask(api.POST('/assignments/next', { body: { sampleId } }));
    await navigate(next.assignmentId === '' ? `/samples/${sampleId}` : `/assignments/${next.assignmentId}`, { replace: true });
  };
  const path = { path: { assignmentId } };
  const submit = useMutation({
    mutationFn: () =>
      ask(api.POST('/assignments/{assignmentId}/score', { params: path, body: { scorecardVersion: card.version, items: itemsOf(card, marks) } })),
    onSuccess: goOn,
  });
  const skip = useMutation({
    mutationFn: (reason: string) => ask(api.POST('/assignments/{assignmentId}/skip', { params: path, body: { reason } })),
    onSuccess: goOn,
  });
  const correct = useMutation({
    mutationFn: (reason: string) => ask(api.POST('/assignments/{assignmentId}/correct', { params: path, body: { items: itemsOf(card, marks), reason } })),
    onSuccess: async () => {
      setCorrection(undefined);
      await cache.invalidateQueries({ queryKey: ['qa'] });
    },
  });

  const editable = !submitted || correction !== undefined;
  const mark = (grade: Grade, index = at) => {
    const item = card.items[index];
    if (item === undefined || !editable) return;
    const next = { ...marks, [item.key]: grade };
    setMarks(next);
    const open = nextOpen(card, next, index);
    setAt(open < 0 ? index : open);
  };
  const trySubmit = () => {
    if (submitted || submit.isPending) return;
    const open = openCount(card, marks);
    if (open > 0) setHint(said.incomplete(String(open)));
    else submit.mutate();
  };
  const raise = () => {
    if (message === undefined) setHint(said.selectFirst);
    else setRaising(true);
  };
  const move = (step: number) => {
    const ids = assignment.messages.map((one) => one.messageId);
    const here = message === undefined ? -1 : ids.indexOf(message);
    setMessage(ids[Math.min(ids.length - 1, Math.max(0, here + step))]);
  };
  useKeys({
    ...Object.fromEntries(Object.entries(gradeOfKey).map(([key, grade]) => [key, () => mark(grade)])),
    f: raise,
    j: () => move(1),
    k: () => move(-1),
    'Ctrl+Enter': trySubmit,
  });

  return (
    <Page
      title={said.desk}
      about={`${said.progress(format.count(assignment.done), format.count(assignment.total))} · ${submitted ? said.submitted : said.blind}`}
      actions={
        submitted ? (
          assignment.state === 'scored' && correction === undefined ? (
            <Button onClick={() => setCorrection('')}>{said.correct}</Button>
          ) : null
        ) : (
          <Button onClick={() => setSkipReason('')}>{said.skip}</Button>
        )
      }
    >
      <p className="status-risk" role="status">
        {hint}
      </p>
      {skipReason === undefined ? null : <ReasonForm label={said.skipReason} button={said.skip} error={skip.error} send={(reason) => skip.mutate(reason)} />}
      {correction === undefined ? null : (
        <ReasonForm label={said.correctReason} button={said.saveCorrection} error={correct.error} send={(reason) => correct.mutate(reason)} />
      )}
      <div className="desk">
        <Panel title={said.transcript} about={said.blind}>
          <BlindTranscript assignment={assignment} chosen={message} choose={setMessage} />
        </Panel>
        <div className="desk-card stack">
          <Panel
            title={said.scorecard(String(card.version))}
            about={said.answered(String(card.items.length - openCount(card, marks)), String(card.items.length))}
          >
            <ScoreCard card={card} marks={marks} at={at} editable={editable} mark={mark} focus={setAt} />
            <p className="hint">{said.keysHint}</p>
            <Refusal error={submit.error} />
            <p className="actions" style={{ marginTop: 8 }}>
              {submitted ? null : (
                <Button type="primary" loading={submit.isPending} onClick={trySubmit}>
                  {said.submit}
                </Button>
              )}
              <Button onClick={raise}>{said.raise}</Button>
            </p>
          </Panel>
          {raising && message !== undefined ? <FindingForm assignmentId={assignmentId} messageId={message} done={() => setRaising(false)} /> : null}
          <Raised assignment={assignment} />
        </div>
      </div>
    </Page>
  );
}

function ReasonForm({ label, button, error, send }: { label: string; button: string; error: unknown; send: (reason: string) => void }) {
  const [reason, setReason] = useState('');
  return (
    <form
      className="form panel"
      onSubmit={(event) => {
        event.preventDefault();
        send(reason.trim());
      }}
    >
      <Field label={label}>
        {(field) => <Input {...field} autoFocus required maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <Refusal error={error} />
      <p>
        <Button htmlType="submit">{button}</Button>
      </p>
    </form>
  );
}

function Raised({ assignment }: { assignment: Assignment }) {
  const said = useWords(qualityWords);
  const terms = useWords(domain);
  if (assignment.findings.length === 0) return null;
  return (
    <Panel title={said.raised}>
      <ul className="sentences">
        {assignment.findings.map((finding) => (
          <li key={finding.findingId}>
            {wordFor(terms.categories, finding.category)} · {wordFor(terms.severities, finding.severity)} {finding.note}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function BlindTranscript({ assignment, chosen, choose }: { assignment: Assignment; chosen: string | undefined; choose: (messageId: string) => void }) {
  const said = useWords(qualityWords);
  const terms = useWords(domain);
  const format = useFormat();
  const zone = useZones()();
  const list = useRef<HTMLOListElement>(null);
  const speaker = (name: string) => (name.startsWith('agent-') ? terms.blindSpeaker(name.slice(6).toUpperCase()) : wordFor(terms.senders, name));
  useEffect(() => {
    list.current?.querySelector('[aria-pressed="true"]')?.scrollIntoView({ block: 'nearest' });
  });
  return (
    <ol className="transcript" ref={list}>
      {assignment.messages.map((message) => (
        <li key={message.messageId}>
          <button
            type="button"
            className={`turn turn-button turn-${message.speaker.startsWith('agent') ? 'agent' : message.speaker}${message.messageId === chosen ? ' turn-chosen' : ''}`}
            aria-pressed={message.messageId === chosen}
            onClick={() => choose(message.messageId)}
          >
            <time dateTime={new Date(message.sentAt).toISOString()}>{format.clock(message.sentAt, zone)}</time>
            <span className="speaker">{speaker(message.speaker)}</span>
            <span className={message.erased ? 'turn-text quiet' : 'turn-text'}>{message.erased ? said.erased : message.text}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

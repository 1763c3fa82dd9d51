// The client's verdict, and making the trial longer by one side's proposal and the other's agreement.
import { useState } from 'react';
import { api, ask } from '../../api/http.ts';
import { useSession } from '../../api/session.ts';
import { addDays, startOfDay } from '../../format/dates.ts';
import { DateInput } from '../../parts/date-input.tsx';
import { Choice, Field } from '../../parts/field.tsx';
import { useWords } from '../../words/words.ts';
import { Act } from './act.tsx';
import { ConsentFields, useGiven } from './consent.tsx';
import { Reason } from './information.tsx';
import type { LaunchTrial } from './queries.ts';
import { launchWords } from './words.ts';

type Verdict = 'passed' | 'failed';

export function VerdictForm({ contractId, zone }: { contractId: string; zone: string }) {
  const said = useWords(launchWords);
  const client = useSession().role === 'client';
  const [verdict, setVerdict] = useState<Verdict>('passed');
  const [reason, setReason] = useState('');
  const [lastDay, setLastDay] = useState('');
  const of = useGiven({ always: true });
  const failed = verdict === 'failed';
  const run = () => {
    // Service ends when that day is over where the contract's days are counted; none chosen = at once.
    const serviceEndsAt = failed && lastDay !== '' ? startOfDay(addDays(lastDay, 1), zone) : 0;
    return ask(api.POST('/contracts/{contractId}/trial/verdict', { params: { path: { contractId } }, body: { verdict, reason, serviceEndsAt, ...of.given } }));
  };
  return (
    <Act contractId={contractId} label={said.verdict} primary={client} run={run}>
      <div className="fields">
        <Field label={said.verdict}>
          {(field) => (
            <Choice
              described={field}
              value={verdict}
              onChange={setVerdict}
              options={[
                ['passed', said.pass],
                ['failed', said.fail],
              ]}
            />
          )}
        </Field>
        {failed ? (
          <Field label={said.endsOn} hint={said.endsNow}>
            {(field) => <DateInput {...field} value={lastDay} onChange={setLastDay} />}
          </Field>
        ) : null}
      </div>
      {failed ? <Reason label={said.failWhy} value={reason} onChange={setReason} /> : null}
      <ConsentFields of={of} contractId={contractId} file />
    </Act>
  );
}

/** The other side agrees to what is proposed; either side may propose another day. */
export function Extension({ contractId, trial }: { contractId: string; trial: LaunchTrial }) {
  const said = useWords(launchWords);
  const { role } = useSession();
  const [endsOn, setEndsOn] = useState('');
  const mine = role === 'client' ? 'client' : 'vendor';
  const proposed = trial.proposedEndsOn;
  const own = trial.proposedBy === mine;
  const propose = useGiven({ always: false });
  const agree = useGiven({ always: own });
  const params = { path: { contractId } };
  return (
    <>
      {proposed === '' || (own && role === 'client') ? null : (
        <Act
          contractId={contractId}
          label={said.agree}
          primary={!own}
          run={() => ask(api.POST('/contracts/{contractId}/trial/extension/agree', { params, body: { endsOn: proposed, ...agree.given } }))}
        >
          {own ? <ConsentFields of={agree} contractId={contractId} file={false} /> : undefined}
        </Act>
      )}
      <Act
        contractId={contractId}
        label={said.extend}
        run={() => ask(api.POST('/contracts/{contractId}/trial/extension', { params, body: { endsOn, ...propose.given } }))}
      >
        <Field label={said.extendTo}>{(field) => <DateInput {...field} value={endsOn} onChange={setEndsOn} min={addDays(trial.endsOn, 1)} required />}</Field>
        <ConsentFields of={propose} contractId={contractId} file={false} />
      </Act>
    </>
  );
}

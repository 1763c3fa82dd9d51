// The end: notice by either side, and what is handed back on a list that both sign (BR-228).
import { useState } from 'react';
import { api, ask } from '../../api/http.ts';
import { useSession } from '../../api/session.ts';
import { useFormat } from '../../format/use-format.ts';
import { DateInput } from '../../parts/date-input.tsx';
import { Field } from '../../parts/field.tsx';
import { Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { wordFor } from '../../words/domain.ts';
import { useLocale, useWords } from '../../words/words.ts';
import { Act } from './act.tsx';
import { ConsentFields, ConsentLine, useGiven } from './consent.tsx';
import { Reason } from './information.tsx';
import type { Launch } from './queries.ts';
import { itemName, launchWords } from './words.ts';

export function Ending({ launch }: { launch: Launch }) {
  const said = useWords(launchWords);
  const format = useFormat();
  const { role } = useSession();
  const { ending } = launch;
  const both = role === 'client' || role === 'vendor-operations';
  return (
    <Panel title={said.end}>
      {ending === undefined ? (
        <p className="quiet">{said.terminateAbout(format.count(launch.noticeDays), launch.earliestLastServiceOn)}</p>
      ) : (
        <>
          <p>
            {said.ending(wordFor(said.ended, ending.how), wordFor(said.parties, ending.by), ending.reason)} <ConsentLine consent={ending.consent} />
          </p>
          <p>
            <strong>{said.serviceEnds(format.instant(ending.serviceEndsAt, launch.zone))}</strong> {ending.beforeVerdict ? said.beforeVerdict : ''}
            {ending.beforeGoLive ? said.beforeGoLive : ''}
          </p>
        </>
      )}
      {both && ending === undefined ? <Terminate launch={launch} /> : null}
      {launch.handback === undefined ? null : <Handback launch={launch} handback={launch.handback} />}
    </Panel>
  );
}

function Terminate({ launch }: { launch: Launch }) {
  const said = useWords(launchWords);
  const { contractId, earliestLastServiceOn, endsOn } = launch;
  const [reason, setReason] = useState('');
  const [lastServiceOn, setLastServiceOn] = useState('');
  const of = useGiven({ always: false });
  const run = () => ask(api.POST('/contracts/{contractId}/termination', { params: { path: { contractId } }, body: { reason, lastServiceOn, ...of.given } }));
  return (
    <Act contractId={contractId} label={said.terminate} run={run}>
      <Reason value={reason} onChange={setReason} />
      <Field label={said.lastServiceOn}>
        {(field) => <DateInput {...field} value={lastServiceOn} onChange={setLastServiceOn} min={earliestLastServiceOn} max={endsOn} />}
      </Field>
      <ConsentFields of={of} contractId={contractId} file />
    </Act>
  );
}

/** What is handed back, item by item, and the two signatures under it. */
export function Handback({ launch, handback }: { launch: Launch; handback: NonNullable<Launch['handback']> }) {
  const said = useWords(launchWords);
  const locale = useLocale();
  const format = useFormat();
  const { role } = useSession();
  const { contractId, zone } = launch;
  const { items, signatures } = handback;
  const of = useGiven({ always: false });
  const signed = (party: string) => signatures.some((signature) => signature.party === party);
  const done = signatures.length === 2;
  const mine = role === 'client' ? 'client' : 'vendor';
  const both = role === 'client' || role === 'vendor-operations';
  return (
    <>
      <h3>{said.handback}</h3>
      <p className="quiet">{said.handbackAbout}</p>
      <ul className="things">
        {items.map((item) => (
          <li key={item.key} className="thing">
            <p className="thing-head">
              <strong>{itemName(item.key, item.title, locale)}</strong>
              <StatusMark status={item.returned ? 'met' : 'risk'}>{item.returned ? said.returned(item.note) : said.open}</StatusMark>
            </p>
            {done || role === 'client' || role === 'finance' ? null : <GiveBack contractId={contractId} itemKey={item.key} />}
          </li>
        ))}
      </ul>
      {signatures.map((signature) => (
        <p key={signature.party}>
          {said.signed(wordFor(said.parties, signature.party), format.instant(signature.at, zone))} <ConsentLine consent={signature.consent} />
        </p>
      ))}
      {done || !both ? null : (
        <div className="acts">
          {signed(mine) && (role === 'client' || signed('client')) ? null : (
            <Act
              contractId={contractId}
              label={said.sign}
              primary
              run={() => ask(api.POST('/contracts/{contractId}/handback/sign', { params: { path: { contractId } }, body: of.given }))}
            >
              {role === 'client' ? undefined : <ConsentFields of={of} contractId={contractId} file />}
            </Act>
          )}
          <AddHandback contractId={contractId} />
        </div>
      )}
    </>
  );
}

function GiveBack({ contractId, itemKey }: { contractId: string; itemKey: string }) {
  const said = useWords(launchWords);
  const [note, setNote] = useState('');
  const run = () => ask(api.POST('/contracts/{contractId}/handback/{key}/return', { params: { path: { contractId, key: itemKey } }, body: { note } }));
  return (
    <Act contractId={contractId} label={said.giveBack} run={run}>
      <Reason label={said.giveBackHow} value={note} onChange={setNote} />
    </Act>
  );
}

function AddHandback({ contractId }: { contractId: string }) {
  const said = useWords(launchWords);
  const [key, setKey] = useState('');
  const [title, setTitle] = useState('');
  const run = () => ask(api.POST('/contracts/{contractId}/handback', { params: { path: { contractId } }, body: { key, title } }));
  return (
    <Act contractId={contractId} label={said.addHandback} run={run}>
      <div className="fields">
        <Field label={said.itemTitle}>
          {(field) => <input {...field} className="native" required maxLength={100} value={title} onChange={(event) => setTitle(event.target.value)} />}
        </Field>
        <Field label={said.itemKey}>
          {(field) => <input {...field} className="native" required maxLength={64} value={key} onChange={(event) => setKey(event.target.value)} />}
        </Field>
      </div>
    </Act>
  );
}

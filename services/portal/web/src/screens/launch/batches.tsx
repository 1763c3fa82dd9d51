// Handover in batches: live work is judged by the client before the next batch follows (BR-012).
import { useState } from 'react';
import { api, ask } from '../../api/http.ts';
import { useShopNames } from '../../api/queries.ts';
import { useSession } from '../../api/session.ts';
import { useFormat } from '../../format/use-format.ts';
import { Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { Act } from './act.tsx';
import { ConsentFields, ConsentLine, useGiven } from './consent.tsx';
import { Reason } from './information.tsx';
import { Turn, useOver } from './parts.tsx';
import type { Launch, LaunchBatch } from './queries.ts';
import { launchWords } from './words.ts';

/** Whose turn it is carries the warning. */
const markOf = (status: string) => (status === 'accepted' ? 'met' : 'neutral');

export function Batches({ launch }: { launch: Launch }) {
  const said = useWords(launchWords);
  const format = useFormat();
  const products = (some: readonly LaunchBatch[]) => some.reduce((sum, batch) => sum + batch.products, 0);
  const all = products(launch.batches);
  const done = products(launch.batches.filter(({ status }) => status === 'accepted'));
  return (
    <Panel title={said.batches} {...(all === 0 ? {} : { about: said.accepted(format.count(done), format.count(all)) })}>
      <ul className="things">
        {launch.batches.map((batch) => (
          <BatchItem key={batch.batchKey} launch={launch} batch={batch} />
        ))}
      </ul>
    </Panel>
  );
}

/** One batch with what its reader can do about it. */
export function BatchItem({ launch, batch }: { launch: Launch; batch: LaunchBatch }) {
  const said = useWords(launchWords);
  const format = useFormat();
  const shopName = useShopNames();
  const over = useOver(launch);
  const { status, products, agentsTrained, agentsNeeded, liveAt } = batch;
  const facts = [
    batch.shopIds.map(shopName).join(' · '),
    ...(products === 0 ? [] : [said.products(format.count(products))]),
    said.agents(format.count(agentsTrained), format.count(agentsNeeded)),
    ...(liveAt === 0 ? [] : [said.liveAt(format.instant(liveAt, launch.zone))]),
  ];
  return (
    <li className="thing">
      <p className="thing-head">
        <strong>{said.batch(format.count(batch.batchNo), batch.name)}</strong>
        <StatusMark status={markOf(status)}>{wordFor(said.batchStates, status)}</StatusMark>
        {over ? null : <Turn waitsFor={batch.waitsFor} since={batch.since} />}
        <ConsentLine consent={batch.consent} />
      </p>
      <p className="quiet">{facts.join(' · ')}</p>
      {batch.reason === '' ? null : <p>{said.reworkNote(batch.reason)}</p>}
      {batch.note === '' ? null : <p>{said.reworkedNote(batch.note)}</p>}
      {over ? null : <BatchActs contractId={launch.contractId} batch={batch} />}
    </li>
  );
}

function BatchActs({ contractId, batch }: { contractId: string; batch: LaunchBatch }) {
  const said = useWords(launchWords);
  const { role } = useSession();
  const judge = useGiven({ always: true });
  const rework = useGiven({ always: true });
  const [reason, setReason] = useState('');
  const [note, setNote] = useState('');
  const path = { contractId, batchKey: batch.batchKey };
  const judged = batch.status === 'under-review' || batch.status === 'rework';
  const client = role === 'client';
  return (
    <div className="acts">
      {judged && (client || role === 'vendor-operations') ? (
        <Act
          contractId={contractId}
          label={said.accept}
          primary={client}
          run={() => ask(api.POST('/contracts/{contractId}/batches/{batchKey}/accept', { params: { path }, body: judge.given }))}
        >
          {client ? undefined : <ConsentFields of={judge} contractId={contractId} file={false} />}
        </Act>
      ) : null}
      {batch.status === 'under-review' && (client || role === 'vendor-operations') ? (
        <Act
          contractId={contractId}
          label={said.rework}
          run={() => ask(api.POST('/contracts/{contractId}/batches/{batchKey}/rework', { params: { path }, body: { reason, ...rework.given } }))}
        >
          <Reason label={said.reworkWhat} value={reason} onChange={setReason} />
          <ConsentFields of={rework} contractId={contractId} file={false} />
        </Act>
      ) : null}
      {batch.status === 'rework' && (role === 'vendor-operations' || role === 'team-lead') ? (
        <Act
          contractId={contractId}
          label={said.reworked}
          primary
          run={() => ask(api.POST('/contracts/{contractId}/batches/{batchKey}/reworked', { params: { path }, body: { note } }))}
        >
          <Reason label={said.reworkedHow} value={note} onChange={setNote} />
        </Act>
      ) : null}
    </div>
  );
}

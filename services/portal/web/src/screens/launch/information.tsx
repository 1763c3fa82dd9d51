// The information list: the client hands over item by item, on a phone if need be; secrets are shown on demand only, and every look is told.
import { useState } from 'react';
import { api, ask } from '../../api/http.ts';
import { usePeopleNames } from '../../api/lookups.ts';
import { useSession } from '../../api/session.ts';
import { useFormat } from '../../format/use-format.ts';
import { Field } from '../../parts/field.tsx';
import { FileField, FileLinks, type StoredFile } from '../../parts/file-field.tsx';
import { Panel } from '../../parts/page.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { common } from '../../words/common.ts';
import { wordFor } from '../../words/domain.ts';
import { useLocale, useWords } from '../../words/words.ts';
import { Act } from './act.tsx';
import { ConsentFields, ConsentLine, useGiven } from './consent.tsx';
import { Turn, useOver } from './parts.tsx';
import type { Launch, LaunchInformation } from './queries.ts';
import { itemName, launchWords } from './words.ts';

export function Information({ launch }: { launch: Launch }) {
  const said = useWords(launchWords);
  const format = useFormat();
  const { role } = useSession();
  const over = useOver(launch);
  const needed = launch.information.filter(({ required }) => required);
  const done = needed.filter(({ status }) => status === 'handed-over').length;
  // What waits comes first.
  const rank = (item: LaunchInformation) => (item.required ? (item.status === 'open' ? 0 : 1) : 2);
  const items = launch.information.toSorted((a, b) => rank(a) - rank(b));
  return (
    <Panel title={said.information} about={said.informationAbout(format.count(done), format.count(needed.length))}>
      <ul className="things">
        {items.map((item) => (
          <Item key={item.itemKey} launch={launch} item={item} />
        ))}
      </ul>
      {role === 'vendor-operations' && !over ? <AddItem contractId={launch.contractId} /> : null}
    </Panel>
  );
}

/** One item of the list with what its reader can do about it. */
export function Item({ launch, item }: { launch: Launch; item: LaunchInformation }) {
  const said = useWords(launchWords);
  const locale = useLocale();
  const over = useOver(launch);
  const { contractId } = launch;
  const { itemKey, required, status } = item;
  const open = status === 'open';
  return (
    <li className="thing">
      <p className="thing-head">
        <strong>{itemName(itemKey, item.title, locale)}</strong>
        {required ? (
          <StatusMark status={open ? 'neutral' : 'met'}>{wordFor(said.informationStates, status)}</StatusMark>
        ) : (
          <span className="quiet">{said.spared(item.reason)}</span>
        )}
        {required && open && launch.status === 'signed' && launch.ending === undefined ? <Turn waitsFor="client" since={item.since} /> : null}
        <ConsentLine consent={item.consent} />
      </p>
      {item.reopenedReason === '' ? null : <p>{said.reopened(wordFor(said.parties, item.reopenedBy), item.reopenedReason)}</p>}
      {item.erased ? <p className="quiet">{said.erased}</p> : null}
      {item.content === '' ? null : <p className="content">{item.content}</p>}
      {item.fileIds.length === 0 ? null : <FileLinks fileIds={item.fileIds} />}
      {item.secret ? <Secret contractId={contractId} item={item} zone={launch.zone} /> : null}
      {over ? null : <ItemActs contractId={contractId} item={item} />}
    </li>
  );
}

/** Masked until somebody asks; the look is recorded before anything is shown. */
function Secret({ contractId, item, zone }: { contractId: string; item: LaunchInformation; zone: string }) {
  const said = useWords(launchWords);
  const format = useFormat();
  const personName = usePeopleNames();
  const { role } = useSession();
  const [content, setContent] = useState<string>();
  const [last] = item.looks;
  const show = async () => {
    const { itemKey } = item;
    const revealed = await ask(api.POST('/contracts/{contractId}/information/{itemKey}/reveal', { params: { path: { contractId, itemKey } } }));
    setContent(revealed.erased ? said.erased : revealed.content);
  };
  return (
    <>
      <p className="content">
        <StatusMark status="neutral">{said.isSecret}</StatusMark> {content === undefined ? <span aria-hidden="true">••••••••</span> : <code>{content}</code>}
      </p>
      {content === undefined ? null : (
        <p className="quiet" role="status">
          {said.shown}
        </p>
      )}
      {last === undefined ? null : <p className="quiet">{said.looked(format.count(item.looked), personName(last.userId), format.instant(last.at, zone))}</p>}
      {content === undefined && role !== 'finance' ? <Act contractId={contractId} label={said.show} run={show} /> : null}
    </>
  );
}

function ItemActs({ contractId, item }: { contractId: string; item: LaunchInformation }) {
  const said = useWords(launchWords);
  const { role } = useSession();
  if (role === 'finance') return null;
  return (
    <div className="acts">
      {item.required && role !== 'team-lead' ? <HandOver contractId={contractId} item={item} /> : null}
      {item.status === 'handed-over' ? <Reopen contractId={contractId} itemKey={item.itemKey} /> : null}
      {role === 'vendor-operations' && item.status === 'open' ? (
        <Spare contractId={contractId} item={item} label={item.required ? said.spare : said.need} />
      ) : null}
    </div>
  );
}

const SECRET_BY_NATURE = new Set(['sub-accounts', 'backend-access']);

function HandOver({ contractId, item }: { contractId: string; item: LaunchInformation }) {
  const said = useWords(launchWords);
  const { role } = useSession();
  const { itemKey } = item;
  const [content, setContent] = useState('');
  const [secret, setSecret] = useState(item.secret || SECRET_BY_NATURE.has(itemKey));
  const [files, setFiles] = useState<readonly StoredFile[]>([]);
  const of = useGiven({ always: true });
  const again = item.status === 'handed-over';
  const run = async () => {
    const body = { content, secret, fileIds: files.map(({ fileId }) => fileId), ...of.given };
    await ask(api.POST('/contracts/{contractId}/information/{itemKey}', { params: { path: { contractId, itemKey } }, body }));
    setContent('');
  };
  return (
    <Act contractId={contractId} label={again ? said.handOverAgain : said.handOver} primary={!again && role === 'client'} run={run}>
      <Field label={said.content}>
        {(field) => <textarea {...field} className="native" rows={4} maxLength={4000} value={content} onChange={(event) => setContent(event.target.value)} />}
      </Field>
      <label className="check">
        <input type="checkbox" checked={secret} onChange={(event) => setSecret(event.target.checked)} /> {said.secret}
      </label>
      {secret ? null : <FileField label={said.attachments} contractId={contractId} files={files} onChange={setFiles} />}
      <ConsentFields of={of} contractId={contractId} file={false} />
    </Act>
  );
}

function Reopen({ contractId, itemKey }: { contractId: string; itemKey: string }) {
  const said = useWords(launchWords);
  const [reason, setReason] = useState('');
  const run = () => ask(api.POST('/contracts/{contractId}/information/{itemKey}/reopen', { params: { path: { contractId, itemKey } }, body: { reason } }));
  return (
    <Act contractId={contractId} label={said.reopen} run={run}>
      <Reason value={reason} onChange={setReason} />
    </Act>
  );
}

function Spare({ contractId, item, label }: { contractId: string; item: LaunchInformation; label: string }) {
  const [reason, setReason] = useState('');
  const { itemKey, title, required } = item;
  const run = () =>
    ask(
      api.POST('/contracts/{contractId}/information/{itemKey}/terms', {
        params: { path: { contractId, itemKey } },
        body: { title, required: !required, reason },
      }),
    );
  return (
    <Act contractId={contractId} label={label} run={run}>
      {required ? <Reason value={reason} onChange={setReason} /> : undefined}
    </Act>
  );
}

function AddItem({ contractId }: { contractId: string }) {
  const said = useWords(launchWords);
  const [itemKey, setItemKey] = useState('');
  const [title, setTitle] = useState('');
  const run = () =>
    ask(
      api.POST('/contracts/{contractId}/information/{itemKey}/terms', {
        params: { path: { contractId, itemKey } },
        body: { title, required: true, reason: '' },
      }),
    );
  return (
    <Act contractId={contractId} label={said.addItem} run={run}>
      <div className="fields">
        <Field label={said.itemTitle}>
          {(field) => <input {...field} className="native" required maxLength={100} value={title} onChange={(event) => setTitle(event.target.value)} />}
        </Field>
        <Field label={said.itemKey}>
          {(field) => <input {...field} className="native" required maxLength={64} value={itemKey} onChange={(event) => setItemKey(event.target.value)} />}
        </Field>
      </div>
    </Act>
  );
}

export function Reason({ value, onChange, label }: { value: string; onChange: (value: string) => void; label?: string }) {
  const said = useWords(launchWords);
  const shared = useWords(common);
  return (
    <Field label={label ?? said.reason} hint={shared.nobodyNamed}>
      {(field) => (
        <textarea {...field} className="native" rows={2} maxLength={2000} required value={value} onChange={(event) => onChange(event.target.value)} />
      )}
    </Field>
  );
}

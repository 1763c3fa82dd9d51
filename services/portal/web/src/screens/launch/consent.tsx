// Who agreed for the client: shown for ever, and asked for where the vendor acts on the client's behalf.
import { useState } from 'react';
import { useSession } from '../../api/session.ts';
import { Field } from '../../parts/field.tsx';
import { FileField, FileLinks, type StoredFile } from '../../parts/file-field.tsx';
import { useWords } from '../../words/words.ts';
import type { Consent } from './queries.ts';
import { launchWords } from './words.ts';

/** What a command carries of it: nothing where the client's own user acts. */
export interface Given {
  readonly consent?: { readonly evidence: string; readonly fileIds: string[] };
}

/** `always`: only the client can say this, so the vendor says it on the client's behalf. Else the vendor speaks for itself unless it says otherwise. */
export function useGiven({ always }: { always: boolean }) {
  const client = useSession().role === 'client';
  const [chosen, setBehalf] = useState(false);
  const behalf = always || chosen;
  const [evidence, setEvidence] = useState('');
  const [files, setFiles] = useState<readonly StoredFile[]>([]);
  const given: Given = !client && behalf ? { consent: { evidence, fileIds: files.map(({ fileId }) => fileId) } } : {};
  return { client, always, behalf, setBehalf, evidence, setEvidence, files, setFiles, given };
}

export function ConsentFields({ of, contractId, file }: { of: ReturnType<typeof useGiven>; contractId: string; file: boolean }) {
  const said = useWords(launchWords);
  if (of.client) return null;
  return (
    <>
      {of.always ? null : (
        <label className="check">
          <input type="checkbox" checked={of.behalf} onChange={(event) => of.setBehalf(event.target.checked)} /> {said.forClient}
        </label>
      )}
      {of.behalf ? (
        <>
          <Field label={`${said.forClient}: ${said.evidence}`} hint={said.evidenceHint}>
            {(field) => (
              <textarea {...field} className="native" rows={2} maxLength={2000} value={of.evidence} onChange={(event) => of.setEvidence(event.target.value)} />
            )}
          </Field>
          {file ? <FileField label={said.evidenceFile} contractId={contractId} files={of.files} onChange={of.setFiles} /> : null}
        </>
      ) : null}
    </>
  );
}

export function ConsentLine({ consent }: { consent: Consent | undefined }) {
  const said = useWords(launchWords);
  if (consent === undefined || consent.decidedBy === 'unspecified') return null;
  return (
    <span className="quiet">
      {' · '}
      {consent.decidedBy === 'client' ? said.byClient : said.onBehalf(consent.evidence)}
      {consent.fileIds.length === 0 ? null : <FileLinks fileIds={consent.fileIds} />}
    </span>
  );
}

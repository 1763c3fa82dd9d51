// Both sides read the same text and sign it by its fingerprint. The client may send it back; the vendor may sign on the client's behalf with a file.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Link, useParams } from 'react-router';
import { api, ask } from '../../api/http.ts';
import { useSession } from '../../api/session.ts';
import { useFormat } from '../../format/use-format.ts';
import { Field } from '../../parts/field.tsx';
import { FileField, FileLinks, type StoredFile } from '../../parts/file-field.tsx';
import { Loaded, Page, Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { ReasonForm } from '../../parts/reason-form.tsx';
import { StatusMark } from '../../parts/status.tsx';
import { browserZone } from '../../scope/scope.ts';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { draftWords } from './draft-words.ts';
import { type ContractDraft, draftQuery, textQuery } from './drafts.ts';

export function Screen() {
  const { contractId = '' } = useParams();
  const said = useWords(draftWords);
  const query = useQuery(draftQuery(contractId));
  return (
    <Loaded page query={query} what={said.what}>
      {(contract) => <SignPage contract={contract} />}
    </Loaded>
  );
}

function SignPage({ contract }: { contract: ContractDraft }) {
  const said = useWords(draftWords);
  const session = useSession();
  const { contractId } = contract;
  const open = contract.state === 'offered';
  return (
    <Page
      title={said.signTitle(contract.number)}
      about={open ? said.signAbout : wordFor(said.states, contract.state)}
      actions={session.role === 'client' ? undefined : <Link to={`/contracts/${contractId}/terms`}>{said.toTerms}</Link>}
    >
      <div className="stack">
        {contract.state === 'draft' || contract.state === 'dropped' ? <TakenBack contract={contract} /> : <WholeText contract={contract} />}
        <Signatures contract={contract} />
        {open ? <Sign contract={contract} /> : null}
        {open ? <Withdraw contract={contract} /> : null}
        {contract.state === 'signed' ? (
          <p role="status">
            {said.bothSigned} <Link to={`/contracts/${contractId}`}>{said.toContract}</Link>
          </p>
        ) : null}
      </div>
    </Page>
  );
}

function TakenBack({ contract }: { contract: ContractDraft }) {
  const said = useWords(draftWords);
  const session = useSession();
  return (
    <Panel title={said.state}>
      <p>
        {[wordFor(said.states, contract.state), wordFor(said.withdrawnBy, contract.withdrawnBy), contract.reason].filter((part) => part !== '').join(' · ')}
      </p>
      {session.role === 'client' && contract.state === 'draft' ? <p className="quiet">{said.waitsRevision}</p> : null}
    </Panel>
  );
}

function WholeText({ contract }: { contract: ContractDraft }) {
  const said = useWords(draftWords);
  return (
    <Panel title={said.text}>
      <ContractText contract={contract} />
    </Panel>
  );
}

function ContractText({ contract }: { contract: ContractDraft }) {
  const said = useWords(draftWords);
  const query = useQuery(textQuery(contract.contractId, contract.textHash));
  return (
    <Loaded query={query} what={said.text} rows={12}>
      {({ text, textHash }) => (
        <>
          <pre className="contract-text">{text}</pre>
          <p className="quiet">
            {said.hash} <code className="hash">{textHash}</code>
          </p>
        </>
      )}
    </Loaded>
  );
}

/** What a client needs to sign where their to-do list shows it: the text, whole, and the signature. */
export function SignTask({ contractId, otherwise }: { contractId: string; otherwise: ReactNode }) {
  const said = useWords(draftWords);
  const query = useQuery(draftQuery(contractId));
  return (
    <Loaded query={query} what={said.what} rows={1}>
      {(contract) =>
        contract.state !== 'offered' || contract.signatures.some(({ party }) => party === 'client') ? (
          otherwise
        ) : (
          <>
            <details>
              <summary>{said.text}</summary>
              <ContractText contract={contract} />
            </details>
            <OwnSide contract={contract} party="client" />
            {otherwise}
          </>
        )
      }
    </Loaded>
  );
}

function Signatures({ contract }: { contract: ContractDraft }) {
  const said = useWords(draftWords);
  const format = useFormat();
  const zone = contract.terms?.zone || browserZone;
  return (
    <Panel title={said.signatures}>
      <ul className="sentences">
        {(['client', 'vendor'] as const).map((party) => {
          const signature = contract.signatures.find((one) => one.party === party);
          const behalf = signature?.consent?.decidedBy === 'vendor-on-behalf' ? signature.consent : undefined;
          return (
            <li key={party}>
              {wordFor(said.parties, party)}{' '}
              {signature === undefined ? (
                <StatusMark status="risk">{said.notYet}</StatusMark>
              ) : (
                <StatusMark status="met">{said.signedAt(format.instant(signature.signedAt, zone))}</StatusMark>
              )}
              {behalf === undefined ? null : (
                <>
                  {` · ${said.behalf(behalf.evidence)}`}
                  <FileLinks fileIds={behalf.fileIds} />
                </>
              )}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

function Sign({ contract }: { contract: ContractDraft }) {
  const said = useWords(draftWords);
  const session = useSession();
  const signed = (party: 'client' | 'vendor'): boolean => contract.signatures.some((one) => one.party === party);
  if (session.role === 'client' && !session.mayAgree) return <p className="quiet">{said.mayNot}</p>;
  if (session.role === 'client') return signed('client') ? null : <OwnPanel contract={contract} party="client" />;
  if (session.role !== 'vendor-operations') return null;
  return (
    <>
      {signed('vendor') ? null : <OwnPanel contract={contract} party="vendor" />}
      {signed('client') ? null : <OnBehalf contract={contract} />}
    </>
  );
}

type Body = { party: 'client' | 'vendor'; consent?: { evidence: string; fileIds: string[] } };

function useSign(contract: ContractDraft) {
  const cache = useQueryClient();
  const { contractId, textHash } = contract;
  return useMutation({
    mutationFn: (body: Body) => ask(api.POST('/contract-drafts/{contractId}/sign', { params: { path: { contractId } }, body: { textHash, ...body } })),
    // What waits for the client is asked again with it.
    onSettled: () => Promise.all(['shops', 'floor'].map((topic) => cache.invalidateQueries({ queryKey: [topic] }))),
  });
}

function OwnPanel({ contract, party }: { contract: ContractDraft; party: 'client' | 'vendor' }) {
  const said = useWords(draftWords);
  return (
    <Panel title={wordFor(said.signAs, party)}>
      <OwnSide contract={contract} party={party} />
    </Panel>
  );
}

function OwnSide({ contract, party }: { contract: ContractDraft; party: 'client' | 'vendor' }) {
  const said = useWords(draftWords);
  const [read, setRead] = useState(false);
  const sign = useSign(contract);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    sign.mutate({ party });
  };
  return (
    <form className="form" onSubmit={submit}>
      <div className="checks">
        <label>
          <input type="checkbox" required checked={read} onChange={(event) => setRead(event.target.checked)} />
          {said.read}
        </label>
      </div>
      <Refusal error={sign.error} />
      <p>
        <Button type="primary" size="large" htmlType="submit" loading={sign.isPending}>
          {wordFor(said.signAs, party)}
        </Button>
      </p>
    </form>
  );
}

function OnBehalf({ contract }: { contract: ContractDraft }) {
  const said = useWords(draftWords);
  const [evidence, setEvidence] = useState('');
  const [files, setFiles] = useState<readonly StoredFile[]>([]);
  const sign = useSign(contract);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    sign.mutate({ party: 'client', consent: { evidence: evidence.trim(), fileIds: files.map(({ fileId }) => fileId) } });
  };
  return (
    <Panel title={said.signBehalf}>
      <form className="form" onSubmit={submit}>
        <Field label={said.evidence} hint={said.evidenceHint}>
          {(field) => <Input {...field} required maxLength={2000} value={evidence} onChange={(event) => setEvidence(event.target.value)} />}
        </Field>
        <FileField label={said.evidenceFiles} shopIds={contract.shops.map(({ shopId }) => shopId)} files={files} onChange={setFiles} />
        <Refusal error={sign.error} />
        <p>
          <Button htmlType="submit" loading={sign.isPending}>
            {said.signBehalf}
          </Button>
        </p>
      </form>
    </Panel>
  );
}

function Withdraw({ contract }: { contract: ContractDraft }) {
  const said = useWords(draftWords);
  const session = useSession();
  const { contractId } = contract;
  if (session.role !== 'vendor-operations' && !(session.role === 'client' && session.mayAgree)) return null;
  const name = session.role === 'client' ? said.withdrawClient : said.withdraw;
  const send = (reason: string) => ask(api.POST('/contract-drafts/{contractId}/withdraw', { params: { path: { contractId } }, body: { reason } }));
  return <ReasonForm title={name} about={said.withdrawAbout} label={said.reason} action={name} send={send} topic="shops" />;
}

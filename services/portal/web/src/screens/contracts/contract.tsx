// A contract: its parties, its terms as sentences, and the way to its figures.
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { contractQuery } from '../../api/queries.ts';
import { useSession } from '../../api/session.ts';
import type { Contract } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { FileLinks } from '../../parts/file-field.tsx';
import { Facts, Loaded, Page, Panel } from '../../parts/page.tsx';
import { WaitingList } from '../../parts/waiting-list.tsx';
import { useLocale, useWords } from '../../words/words.ts';
import { GateStrip } from '../launch/gate-strip.tsx';
import { ContractTabs } from './contract-tabs.tsx';
import { termSentences } from './sentences.ts';
import { SetAside } from './set-aside.tsx';
import { contractWords } from './words.ts';

export function Screen() {
  const { contractId = '' } = useParams();
  const said = useWords(contractWords);
  const query = useQuery(contractQuery(contractId));
  return (
    <Loaded page query={query} what={said.what}>
      {(contract) => <ContractPage contract={contract} />}
    </Loaded>
  );
}

function ContractPage({ contract }: { contract: Contract }) {
  const said = useWords(contractWords);
  const locale = useLocale();
  const format = useFormat();
  const session = useSession();
  const zone = contract.terms?.zone ?? 'UTC';
  const consent = contract.clientConsent;
  const origin = contract.importedFrom === '' ? said.signed(contract.signedOn) : said.takenOver(contract.importedFrom);
  const agreed = consent === undefined ? [] : [consent.decidedBy === 'client' ? said.byClient : said.onBehalf(consent.evidence)];
  return (
    <Page title={said.contract(contract.number)} about={contract.shops.map((shop) => shop.name).join(' · ')}>
      {session.role === 'qa-inspector' ? null : <GateStrip contractId={contract.contractId} />}
      <ContractTabs contractId={contract.contractId} current="terms" />
      <div className="stack">
        {session.role === 'finance' || session.role === 'vendor-operations' ? <SetAside contractId={contract.contractId} zone={zone} /> : null}
        <Panel title={said.state}>
          <Facts
            facts={[
              [said.client, contract.clientName],
              [said.kind, [origin, ...agreed].join(' · ')],
              ...(consent === undefined || consent.fileIds.length === 0
                ? []
                : [[said.evidenceFiles, <FileLinks key="files" fileIds={consent.fileIds} />] as const]),
              [said.shops, contract.shops.map((shop) => `${shop.name} (${shop.code})`).join(', ')],
              [said.recorded, format.instant(contract.recordedAt, zone)],
            ]}
          />
        </Panel>
        <Panel title={said.terms} actions={contract.textHash === '' ? undefined : <Link to={`/contracts/${contract.contractId}/sign`}>{said.signedText}</Link>}>
          <ol className="sentences">
            {(contract.terms === undefined ? [] : termSentences(contract.terms, locale)).map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ol>
        </Panel>
        {session.role === 'client' ? null : <WaitingList shopIds={contract.shops.map((shop) => shop.shopId)} />}
      </div>
    </Page>
  );
}

// 上线: a contract's way from its signatures to its end, for both sides. What waits comes first; the client's side is made for a phone.
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { contractQuery } from '../../api/queries.ts';
import { Loaded, Page, Panel } from '../../parts/page.tsx';
import { useWords } from '../../words/words.ts';
import { ContractTabs } from '../contracts/contract-tabs.tsx';
import { Batches } from './batches.tsx';
import { Ending } from './ending.tsx';
import { Gates } from './gates.tsx';
import { Information } from './information.tsx';
import { type Launch, launchQuery } from './queries.ts';
import { Trainings } from './trainings.tsx';
import { Trial } from './trial.tsx';
import { launchWords } from './words.ts';

export function Screen() {
  const { contractId = '' } = useParams();
  const said = useWords(launchWords);
  const query = useQuery(launchQuery(contractId));
  return (
    <Loaded page query={query} what={said.what} rows={8}>
      {(launch) => <LaunchPage launch={launch} />}
    </Loaded>
  );
}

function LaunchPage({ launch }: { launch: Launch }) {
  const said = useWords(launchWords);
  const contract = useQuery(contractQuery(launch.contractId));
  const { trial } = launch;
  return (
    <Page title={said.title(launch.number)} about={contract.data?.shops.map((shop) => shop.name).join(' · ')}>
      <ContractTabs contractId={launch.contractId} current="onboarding" />
      <div className="stack">
        {launch.status === 'draft' ? <Panel title={said.gates}>{said.draft}</Panel> : null}
        {launch.status === 'taken-over' ? <p className="quiet">{said.takenOver}</p> : null}
        {launch.status === 'in-service' ? <p className="quiet">{said.inService}</p> : null}
        {launch.ending === undefined ? null : <Ending launch={launch} />}
        {trial === undefined || trial.status === 'none' ? null : <Trial launch={launch} trial={trial} />}
        {launch.status === 'signed' && launch.ending === undefined && launch.nextBatchKey !== '' ? <Gates launch={launch} /> : null}
        {launch.batches.length === 0 ? null : <Batches launch={launch} />}
        <Information launch={launch} />
        <Trainings launch={launch} />
        {trial?.status === 'none' ? <Trial launch={launch} trial={trial} /> : null}
        {launch.status === 'draft' || launch.ending !== undefined ? null : <Ending launch={launch} />}
      </div>
    </Page>
  );
}

// What of a launch waits for the client, with its forms, where their to-do list shows it: the very pieces that the launch's page is made of.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Loaded } from '../../parts/page.tsx';
import { useWords } from '../../words/words.ts';
import { BatchItem } from './batches.tsx';
import { Handback } from './ending.tsx';
import { Item } from './information.tsx';
import { type Launch, launchQuery } from './queries.ts';
import { TrainingItem } from './trainings.tsx';
import { TrialCardBody } from './trial.tsx';
import { launchWords } from './words.ts';

export interface LaunchTaskOf {
  readonly contractId: string;
  readonly kind: string;
  /** A training's topic or a batch's number. */
  readonly subject: string;
  /** What stands there when the launch has moved on since the list was read. */
  readonly otherwise: ReactNode;
}

export function LaunchTask(task: LaunchTaskOf) {
  const said = useWords(launchWords);
  const query = useQuery(launchQuery(task.contractId));
  return (
    <Loaded query={query} what={said.what} rows={2}>
      {(launch) => <Part launch={launch} task={task} />}
    </Loaded>
  );
}

function Part({ launch, task: { kind, subject, otherwise } }: { launch: Launch; task: LaunchTaskOf }) {
  const { contractId, handback, trial } = launch;
  switch (kind) {
    case 'training-not-held':
    case 'training-unconfirmed': {
      const open = launch.trainings.filter(({ topic, waitsFor }) => topic === subject && waitsFor === 'client');
      return (
        <Things otherwise={otherwise}>
          {open.map((training) => (
            <TrainingItem key={training.trainingId} contractId={contractId} training={training} />
          ))}
        </Things>
      );
    }
    case 'batch-under-review': {
      const open = launch.batches.filter(({ batchNo, waitsFor }) => String(batchNo) === subject && waitsFor === 'client');
      return (
        <Things otherwise={otherwise}>
          {open.map((batch) => (
            <BatchItem key={batch.batchKey} launch={launch} batch={batch} />
          ))}
        </Things>
      );
    }
    case 'information-open': {
      const open = launch.information.filter(({ required, status }) => required && status === 'open');
      return (
        <Things otherwise={otherwise}>
          {open.map((item) => (
            <Item key={item.itemKey} launch={launch} item={item} />
          ))}
        </Things>
      );
    }
    case 'trial-extension-proposed':
    case 'trial-verdict-open':
      return trial?.status === 'running' ? <TrialCardBody launch={launch} trial={trial} /> : otherwise;
    case 'handback-unsigned':
      return handback === undefined ? otherwise : <Handback launch={launch} handback={handback} />;
    default:
      return otherwise;
  }
}

function Things({ children, otherwise }: { children: readonly ReactNode[]; otherwise: ReactNode }) {
  return children.length === 0 ? otherwise : <ul className="things">{children}</ul>;
}

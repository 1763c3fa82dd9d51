// A deposit's state, with the shape that says whether somebody has to act.
import { StatusMark } from '../../parts/status.tsx';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import { depositWords } from './words.ts';

const TO_ACT = new Set(['awaited', 'refund-owed']);
const DONE = new Set(['held', 'set-off', 'closed']);

export function DepositStatus({ status }: { status: string }) {
  const said = useWords(depositWords);
  return <StatusMark status={TO_ACT.has(status) ? 'risk' : DONE.has(status) ? 'met' : 'neutral'}>{wordFor(said.statuses, status)}</StatusMark>;
}

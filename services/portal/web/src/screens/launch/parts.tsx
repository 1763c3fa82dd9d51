// Small things every panel of a launch shows alike: whose turn it is and since when, and the light of a state.
import { useFormat } from '../../format/use-format.ts';
import { useStreamClock } from '../../live/stream.ts';
import { StatusMark } from '../../parts/status.tsx';
import { common } from '../../words/common.ts';
import { wordFor } from '../../words/domain.ts';
import { useWords } from '../../words/words.ts';
import type { Launch } from './queries.ts';
import { launchWords } from './words.ts';

const DAY_MS = 86_400_000;

/** Whether service has ended: of its launch nothing can be done any more but handing back. */
export function useOver({ ending }: Launch): boolean {
  const { now } = useStreamClock();
  return ending !== undefined && ending.serviceEndsAt <= now;
}

/** Whose turn, and for how long it has been. */
export function Turn({ waitsFor, since }: { waitsFor: string; since: number }) {
  const said = useWords(launchWords);
  const roles = useWords(common).roles;
  const format = useFormat();
  const { now } = useStreamClock();
  if (waitsFor === '') return null;
  const days = Math.floor(Math.max(0, now - since) / DAY_MS);
  return <StatusMark status="risk">{said.waits(wordFor(roles, waitsFor), days === 0 ? said.today : said.days(format.count(days)))}</StatusMark>;
}

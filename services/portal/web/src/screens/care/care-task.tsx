// A remedy to agree to or a suggestion to reply to, whole, where the client's to-do list shows it.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useZones } from '../../api/queries.ts';
import { addDays, dateOf } from '../../format/dates.ts';
import { useStreamClock } from '../../live/stream.ts';
import { Loaded } from '../../parts/page.tsx';
import { useWords } from '../../words/words.ts';
import { supervisionQuery } from './queries.ts';
import { SuggestionCard } from './suggestions.tsx';
import { WeaknessCard } from './weakness-card.tsx';
import { careWords } from './words.ts';

/** What was found longer ago is answered on the contract's page. */
const LOOKED_BACK_DAYS = 365;

export function CareTask({ contractId, shopId, subject, otherwise }: { contractId: string; shopId: string; subject: string; otherwise: ReactNode }) {
  const said = useWords(careWords);
  const zone = useZones()(shopId);
  const { now } = useStreamClock();
  const to = dateOf(now, zone);
  const query = useQuery(supervisionQuery(contractId, { from: addDays(to, -LOOKED_BACK_DAYS), to }));
  return (
    <Loaded query={query} what={said.supervision} rows={1}>
      {({ weaknesses, suggestions, today }) => {
        const weakness = weaknesses.find(({ key }) => key === subject);
        const suggestion = suggestions.find(({ suggestionId }) => suggestionId === subject);
        if (weakness !== undefined) return <WeaknessCard contractId={contractId} weakness={weakness} today={today} />;
        return suggestion === undefined ? otherwise : <SuggestionCard contractId={contractId} zone={zone} suggestion={suggestion} />;
      }}
    </Loaded>
  );
}

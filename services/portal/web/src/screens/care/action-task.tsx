// What a side promised in a talk and is late with, where the client's to-do list shows it: done by one click.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Loaded } from '../../parts/page.tsx';
import { useWords } from '../../words/words.ts';
import { MeetingCard } from './meetings.tsx';
import { meetingsQuery } from './queries.ts';
import { careWords } from './words.ts';

export function ActionTask({ contractId, meetingId, otherwise }: { contractId: string; meetingId: string; otherwise: ReactNode }) {
  const said = useWords(careWords);
  const query = useQuery(meetingsQuery(contractId));
  return (
    <Loaded query={query} what={said.meetings} rows={1}>
      {({ meetings }) => {
        const meeting = meetings.find((one) => one.meetingId === meetingId);
        return meeting === undefined ? otherwise : <MeetingCard contractId={contractId} meeting={meeting} mayAct />;
      }}
    </Loaded>
  );
}

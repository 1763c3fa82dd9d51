// Events as rows, each a link to its page.
import { Link } from 'react-router';
import type { EventView } from '../../api/types.ts';
import { useFormat } from '../../format/use-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { browserZone } from '../../scope/scope.ts';
import { useWords } from '../../words/words.ts';
import { eventPath, shortType } from './queries.ts';
import { systemWords } from './words.ts';

export function EventTable({ caption, events }: { caption: string; events: readonly EventView[] }) {
  const said = useWords(systemWords);
  const format = useFormat();
  return (
    <DataTable
      caption={caption}
      rows={events}
      rowKey={(one) => `${one.source} ${one.position}`}
      columns={[
        { key: 'type', title: said.type, cell: (one) => <Link to={eventPath(one.source, one.position)}>{shortType(one.type)}</Link> },
        { key: 'stream', title: said.stream, cell: (one) => `${one.streamId} #${one.version}` },
        { key: 'recorded', title: said.recorded, cell: (one) => format.instant(one.recordedAt, browserZone) },
        { key: 'place', title: said.place, hideNarrow: true, cell: (one) => `${one.source.split('/')[0]} ${format.count(one.position)}` },
      ]}
    />
  );
}

// `deskfleet parked list|retry|skip`: streams that stand still, and what an operator decides of them.
import { age, type Group, table } from './group.ts';
import { Unable } from './installation.ts';

interface Held {
  readonly id: string;
  readonly service: string;
  readonly group: string;
  readonly source: string;
  readonly streamId: string;
  readonly state: string;
  readonly waitKey: string;
  readonly error: string;
  readonly attempts: number;
  readonly since: number;
  readonly events: number;
  readonly firstPosition: number;
  readonly firstType: string;
}

interface HeldList {
  readonly streams: readonly Held[];
  readonly away: readonly string[];
  readonly more: boolean;
  readonly asOf: number;
}

export const parkedCommands: Group = (program, { portal, print }) => {
  const parked = program.command('parked').description('streams that stand still: parked after an error, or waiting');

  parked
    .command('list')
    .description('what stands still, the longest first')
    .option('--waiting', 'those that wait for another context instead')
    .option('--json', 'print as JSON')
    .action(async ({ waiting, json }: { waiting?: boolean; json?: boolean }) => {
      const list = (await portal().ask('/system/parked', { query: { state: waiting === true ? 'waiting' : 'parked' } })) as HeldList;
      print(json ?? false, list.streams, () => heldText(list));
    });

  parked
    .command('retry')
    .description('try again; what fails again is parked again')
    .argument('[id]', 'as parked list shows it')
    .option('--all', 'all parked streams')
    .option('--json', 'print as JSON')
    .action(async (id: string | undefined, { all, json }: { all?: boolean; json?: boolean }) => {
      if ((id === undefined) !== (all === true)) throw new Unable('parked retry needs an id, or --all');
      const asked = portal();
      const ids = id === undefined ? ((await asked.ask('/system/parked', { query: { state: 'parked' } })) as HeldList).streams.map((one) => one.id) : [id];
      let streams = 0;
      for (const one of ids) streams += ((await asked.ask(`/system/parked/${one}/retry`, { method: 'POST' })) as { streams: number }).streams;
      print(json ?? false, { streams }, () => `${streams} streams are tried again.\n`);
    });

  parked
    .command('skip')
    .description('pass over the first event of a stream for good; those behind it are tried')
    .argument('<id>', 'as parked list shows it')
    .requiredOption('--reason <text>', 'why; it is kept with who and when')
    .option('--position <n>', 'of the event, as it was seen; the first one now otherwise')
    .option('--json', 'print as JSON')
    .action(async (id: string, { reason, position, json }: { reason: string; position?: string; json?: boolean }) => {
      const asked = portal();
      const first = position === undefined ? ((await asked.ask(`/system/parked/${id}`)) as { stream: Held }).stream.firstPosition : Number(position);
      const answer = (await asked.ask(`/system/parked/${id}/skip`, { method: 'POST', body: { position: first, reason } })) as object;
      print(json ?? false, answer, () => `The event at ${first} is skipped: ${reason}\n`);
    });
};

function heldText({ streams, away, more, asOf }: HeldList): string {
  const rows = streams.map((one) => [
    one.service,
    one.group,
    `${one.source}:${one.firstPosition}`,
    one.firstType.split('.').at(-1) ?? '',
    one.events,
    one.attempts,
    age(Math.max(0, asOf - one.since)),
    one.state === 'waiting' ? one.waitKey : one.error,
    one.id,
  ]);
  const rest = [...away.map((service) => `${service} did not answer\n`), ...(more ? ['There are more.\n'] : [])].join('');
  return `${streams.length === 0 ? 'Nothing stands still.\n' : table(['SERVICE', 'GROUP', 'FIRST EVENT', 'TYPE', 'EVENTS', 'TRIES', 'AGE', 'WHY', 'ID'], rows)}${rest}`;
}

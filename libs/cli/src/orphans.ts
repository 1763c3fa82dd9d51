// `deskfleet orphans`: after a restore of one service, what the others had already taken in of events that it no longer has.
import { type Group, table } from './group.ts';

interface Orphans {
  readonly services: readonly {
    readonly service: string;
    readonly answered: boolean;
    readonly restores: readonly { group: string; oldSource: string; newSource: string; restoredHead: number; orphaned: number; adoptedAt: number }[];
    readonly events: readonly { group: string; source: string; position: number; type: string; streamId: string; applied: boolean; takenAt: number }[];
    readonly more: boolean;
  }[];
}

export const orphanCommands: Group = (program, { portal, print }) => {
  program
    .command('orphans')
    .description('what was taken in of events that their owner lost by a restore')
    .option('--json', 'print as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const answer = (await portal().ask('/system/orphans')) as Orphans;
      print(json ?? false, answer.services, () => orphansText(answer));
    });
};

/** A line a restore and service that met it, then a line an event. */
export function orphansText({ services }: Orphans): string {
  const at = (ms: number): string => new Date(ms).toISOString();
  const restores = services.flatMap(({ service, restores }) =>
    restores.map((one) => [service, one.group, `${one.oldSource}:${one.restoredHead}`, one.newSource, one.orphaned, at(one.adoptedAt)]),
  );
  const events = services.flatMap(({ service, events }) =>
    events.map((one) => [
      service,
      one.group,
      `${one.source}:${one.position}`,
      one.type.split('.').at(-1) ?? '',
      one.streamId,
      one.applied ? 'applied' : 'was held',
      at(one.takenAt),
    ]),
  );
  const notes = services.flatMap(({ service, answered, more }) => [
    ...(answered ? [] : [`${service} did not answer\n`]),
    ...(more ? [`${service} has more than are listed\n`] : []),
  ]);
  return [
    restores.length === 0 ? 'No restore was met.\n' : table(['SERVICE', 'GROUP', 'RESTORED TO', 'GOES ON IN', 'ORPHANED', 'MET AT'], restores),
    events.length === 0 ? '' : `\n${table(['SERVICE', 'GROUP', 'EVENT', 'TYPE', 'STREAM', 'CAME TO', 'TAKEN IN AT'], events)}`,
    ...notes,
  ].join('');
}

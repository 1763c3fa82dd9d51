// `deskfleet lag`: how far every service is behind what it reads, and what it holds.
import { age, type Group, table } from './group.ts';
import { type ServiceNow, statesOf } from './states.ts';

export const lagCommands: Group = (program, { portal, print }) => {
  program
    .command('lag')
    .description('how far every service is behind what it reads, and what it holds')
    .option('--json', 'print as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const states = await statesOf(portal());
      print(json ?? false, lagOf(states), () => lagText(states));
    });
};

interface Lag {
  readonly service: string;
  readonly group: string;
  readonly source: string;
  /** Events at most; null: the source does not answer. */
  readonly behind: number | null;
  readonly behindMs: number | null;
  readonly waiting: number;
  readonly parked: number;
}

/** A line a service, group and source; `relay` is the service's own log on its way to the broker. */
export function lagOf(states: readonly ServiceNow[]): readonly Lag[] {
  return states.flatMap(({ service, state }) => {
    if (state === undefined) return [{ service, group: '', source: '', behind: null, behindMs: null, waiting: 0, parked: 0 }];
    const streams = (group: string, source: string, held: string): number =>
      state.held.filter((one) => one.group === group && one.service === source && one.state === held).reduce((sum, one) => sum + one.streams, 0);
    const groups = state.groups.map(({ group, service: source, behind, behindMs, known }) => ({
      service,
      group,
      source,
      behind: known ? behind : null,
      behindMs: known ? behindMs : null,
      waiting: streams(group, source, 'waiting'),
      parked: streams(group, source, 'parked'),
    }));
    const relay = state.relay === undefined ? [] : [{ service, group: 'relay', source: service, ...of(state.relay), waiting: 0, parked: 0 }];
    return [...groups, ...relay];
  });
}

const of = ({ behind, behindMs }: { behind: number; behindMs: number }) => ({ behind, behindMs });

/** As a table, what fails below it. */
function lagText(states: readonly ServiceNow[]): string {
  const rows = lagOf(states).map(({ service, group, source, behind, behindMs, waiting, parked }) =>
    group === ''
      ? [service, '(no answer)', '', '-', '-', 0, 0]
      : [service, group, source, behind === null ? '(source away)' : `${behind}`, behindMs === null ? '-' : age(behindMs), waiting, parked],
  );
  const faults = states.flatMap(({ service, state }) => (state?.faults ?? []).map(({ part, error }) => `${service}: ${part}: ${error}\n`));
  return `${table(['SERVICE', 'GROUP', 'READS', 'BEHIND', 'AGE', 'WAITING', 'PARKED'], rows)}${faults.join('')}`;
}

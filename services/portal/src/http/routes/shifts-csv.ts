// The shift plan in and out as CSV: agent, from, to, shops. What goes out can come in again; of what comes in the good lines are planned and each bad
// one is named, so that only those need a second try.
import { shopIdOf } from '@deskfleet/protocol';
import { AgentPoolServiceDefinition } from '@deskfleet/protocol/agents-service';
import { PlanShiftsRequest, type Shift, ShiftPlan, StaffingServiceDefinition } from '@deskfleet/protocol/agents-staffing';
import type { Caller } from '@deskfleet/service-kit';
import { Type } from 'typebox';
import type { Portal } from '../../portal.ts';
import { csvOf, parseCsv } from '../csv.ts';
import { BadField } from '../json.ts';
import { rawBody, route, VENDOR } from '../route.ts';
import { instantOf, shopCodes } from './accounts-csv.ts';

const HEADER = ['agent', 'from', 'to', 'shops'];
const MAX_ROWS = 500;
const MAX_BYTES = 262_144;

const rejectedLine = Type.Object({
  line: Type.Integer(),
  code: Type.String(),
  field: Type.String({ description: 'a column of the file' }),
  found: Type.String(),
  expected: Type.String(),
});

export const exportShiftsCsv = route(
  {
    method: 'GET',
    url: '/shifts.csv',
    operationId: 'exportShifts',
    tag: 'Staffing',
    summary: 'The shift plan of a span as CSV',
    access: VENDOR,
    produces: 'text/csv',
    query: Type.Object({ fromAt: Type.Integer(), toAt: Type.Integer() }, { additionalProperties: false }),
    answer: Type.String(),
  },
  async ({ portal, caller, query, signal, reply }) => {
    const codes = await shopCodes(portal, caller, signal);
    reply.header('content-disposition', 'attachment; filename="shifts.csv"');
    const rows: string[][] = [];
    for await (const shift of everyShift(portal, caller, query, signal)) {
      const { agentId, shopIds, fromAt, toAt } = shift;
      const shops = shopIds.map((shopId) => codes.get(shopId) ?? shopId).join(' ');
      rows.push([agentId, new Date(fromAt).toISOString(), new Date(toAt).toISOString(), shops, shift.agentName]);
    }
    return csvOf([...HEADER, 'name'], rows);
  },
);

export const importShiftsCsv = route(
  {
    method: 'POST',
    url: '/shifts.csv',
    operationId: 'importShifts',
    tag: 'Staffing',
    summary: 'Plan shifts by CSV: at most 500 rows; good ones go in, each bad one is named by its line',
    description:
      'Columns agent (an id, or a work name that one agent has), from and to (RFC 3339), shops (codes with blanks between; empty = all the agent is trained for). The same file again changes nothing.',
    access: ['vendor-operations', 'team-lead'],
    body: rawBody('text/csv', 'header and rows'),
    consumes: 'text/csv',
    bodyLimit: MAX_BYTES,
    answer: Type.Object({ planned: Type.Integer(), unchanged: Type.Integer(), rejected: Type.Array(rejectedLine) }),
  },
  async ({ portal, caller, body, commandId, signal }) => {
    const agents = await portal.backend.client('agent-pools', AgentPoolServiceDefinition, caller).listAgents({}, { signal });
    const lines = linesOf(body.toString('utf8'), caller.vendorId, agents.agents);
    const good = lines.flatMap((each) => ('plan' in each ? [each] : []));
    const bad = lines.flatMap((each) => ('plan' in each ? [] : [each]));
    if (good.length === 0) return { planned: 0, unchanged: 0, rejected: bad };
    const request = PlanShiftsRequest.create({ commandId, shifts: good.map(({ plan }) => plan), source: 'csv' });
    const answer = await portal.backend.client('agent-pools', StaffingServiceDefinition, caller).planShifts(request, { signal });
    const refused = answer.rejected.map(({ index, code, field, found, expected }) => ({
      ...{ line: good[index]?.line ?? 0, code, field: COLUMNS[field] ?? field, found, expected },
    }));
    return { planned: answer.planned, unchanged: answer.unchanged, rejected: [...bad, ...refused].sort((a, b) => a.line - b.line) };
  },
);

const COLUMNS: Readonly<Record<string, string>> = { agentId: 'agent', shopIds: 'shops', fromAt: 'from', toAt: 'to' };

type Line =
  | { readonly line: number; readonly plan: ShiftPlan }
  | { readonly line: number; readonly code: string; readonly field: string; readonly found: string; readonly expected: string };

function linesOf(text: string, vendorId: string, agents: readonly { readonly agentId: string; readonly name: string }[]): Line[] {
  const [head, ...rows] = parseCsv(text);
  const columns = head?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  const missing = HEADER.slice(0, 3).filter((name) => !columns.includes(name));
  if (missing.length > 0) throw new BadField('line 1', columns.join(','), `a header with ${HEADER.join(',')}`);
  if (rows.length === 0 || rows.length > MAX_ROWS) throw new BadField('lines', `${rows.length} rows`, `1 to ${MAX_ROWS} rows`);
  const called = Map.groupBy(
    agents.flatMap(({ agentId, name }) => [
      { word: agentId, agentId },
      { word: name, agentId },
    ]),
    ({ word }) => word,
  );
  return rows.map(({ line, cells }) => {
    const cell = (name: string): string => cells[columns.indexOf(name)]?.trim() ?? '';
    const [agent, ...others] = called.get(cell('agent')) ?? [];
    try {
      if (agent === undefined || others.length > 0) throw new BadField('agent', cell('agent'), 'the id of an agent, or a work name that one agent has');
      const shopIds = cell('shops')
        .split(/[\s;]+/)
        .filter((code) => code !== '')
        .map((code) => shopIdOf(vendorId, code));
      return { line, plan: ShiftPlan.create({ agentId: agent.agentId, shopIds, fromAt: stated(cell('from'), 'from'), toAt: stated(cell('to'), 'to') }) };
    } catch (error) {
      if (!(error instanceof BadField)) throw error;
      const { field, found, expected } = error;
      return { line, code: field === 'agent' ? 'shift-agent-unknown' : 'shift-line-invalid', field, found, expected };
    }
  });
}

function stated(text: string, field: string): number {
  if (text === '') throw new BadField(field, '', 'an instant with its zone, such as 2026-03-05T10:00:00+08:00');
  return instantOf(text, field);
}

async function* everyShift({ backend }: Portal, caller: Caller, span: { fromAt: number; toAt: number }, signal: AbortSignal): AsyncGenerator<Shift> {
  const staffing = backend.client('agent-pools', StaffingServiceDefinition, caller);
  let token = '';
  do {
    const answer = await staffing.listShifts({ ...span, page: { size: 200, token } }, { signal });
    yield* answer.shifts;
    token = answer.nextToken;
  } while (token !== '');
}

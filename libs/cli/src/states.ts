// Every service's state as the portal answers it, for the commands that show parts of it.
import type { Portal } from './portal.ts';

export interface Build {
  readonly name: string;
  readonly version: number;
  readonly build: number;
  readonly state: string;
  readonly rebuildable: boolean;
  readonly position: number;
  readonly head: number;
  readonly rows: number;
  readonly startedAt: number;
  readonly rate: number;
  readonly fault: string;
}

export interface State {
  readonly asOf: number;
  readonly head: number;
  readonly groups: readonly { group: string; service: string; behind: number; behindMs: number; known: boolean }[];
  readonly held: readonly { group: string; service: string; state: string; streams: number; since: number }[];
  readonly projections: readonly Build[];
  readonly relay?: { behind: number; behindMs: number; fault: string };
  readonly faults: readonly { part: string; error: string }[];
}

export interface ServiceNow {
  readonly service: string;
  readonly answered: boolean;
  readonly state?: State;
}

/** All services at once; one that did not answer has no state. */
export async function statesOf(portal: Portal): Promise<readonly ServiceNow[]> {
  return ((await portal.ask('/system/operations')) as { readonly services: readonly ServiceNow[] }).services;
}

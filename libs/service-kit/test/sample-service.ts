// A small whole service for the kit's tests: clients can be registered and listed.
import type { Subscription } from '@deskfleet/event-bus';
import { expectLoaded, type NewEvent, refuse } from '@deskfleet/event-store';
import { ListWaitingResponse } from '@deskfleet/protocol/common';
import { ClientRegistered } from '@deskfleet/protocol/onboarding';
import {
  Client,
  ListClientsResponse,
  OnboardingServiceDefinition,
  RegisterClientRequest,
  RegisterClientResponse,
} from '@deskfleet/protocol/onboarding-service';
import type { RowProjection } from '@deskfleet/read-model';
import { sql } from 'kysely';
import { allow, type Caller, grpcService, type Kit, refuseCall, type ServiceDefinition, type ServiceName, unwrap } from '../src/index.ts';

interface ClientRow {
  client_id: string;
  name: string;
}

const clients: RowProjection<ClientRegistered, ClientRow> = {
  name: 'clients',
  version: 1,
  types: [ClientRegistered],
  columns: 'client_id text not null, name text not null',
  keyColumns: ['client_id'],
  keys: ({ event }) => [{ client_id: event.clientId }],
  apply: (_, { event }) => ({ client_id: event.clientId, name: event.name }),
};

/** Names that make the sample behave badly. */
export const TAKEN = 'Taken';
export const FAULT = 'Fault';

const api = (kit: Kit, onAsked: ((caller: Caller) => void) | undefined) =>
  grpcService(OnboardingServiceDefinition, {
    ...unused,
    async registerClient(request, { caller }) {
      allow(caller, 'vendor-operations');
      if (request.name === FAULT) throw new Error('secret details');
      const clientId = `client-${request.name}`;
      const { answer, at } = unwrap(
        await kit.command({
          caller,
          commandId: request.commandId,
          content: RegisterClientRequest.encode(request).finish(),
          answer: RegisterClientResponse,
          streams: [clientId],
          decide(streams, now) {
            const stream = streams.get(clientId);
            if (stream === undefined || stream.version > 0) return refuse('client-exists', { name: request.name });
            if (request.name === TAKEN) return refuse('name-invalid', { field: 'name', found: request.name, amount: 12n });
            const event: NewEvent = { event: ClientRegistered.create({ clientId, name: request.name }), occurredAt: now, shopId: '' };
            return { appends: [{ streamId: clientId, expected: expectLoaded(stream), events: [event] }], answer: RegisterClientResponse.create({ clientId }) };
          },
        }),
      );
      return { ...answer, at };
    },
    async listClients(request, { caller }) {
      await kit.awaitPosition(request.after);
      const { rows } = await kit.read(caller, (tx) => sql<ClientRow>`select client_id, name from clients order by client_id`.execute(tx));
      return ListClientsResponse.create({ clients: rows.map((row) => Client.create({ clientId: row.client_id, name: row.name })) });
    },
    async listWaiting(request, { caller }) {
      // Asks another service as whoever asked here; that one tells the test who it was.
      if (onAsked !== undefined) {
        onAsked(caller);
        return ListWaitingResponse.create({});
      }
      return kit.client('billing', OnboardingServiceDefinition, caller).listWaiting(request);
    },
  });

const notHere = (): never => refuseCall('method-not-found', {});
const unused = {
  addShop: notHere,
  signContract: notHere,
  importContract: notHere,
  takeOverShops: notHere,
  listShops: notHere,
  listContracts: notHere,
  getContract: notHere,
};

export interface SampleOptions {
  readonly name?: ServiceName;
  /** Told who asked for what waits; without it another service is asked. */
  readonly onAsked?: (caller: Caller) => void;
  /** Marks the clients that client-onboarding registers. */
  readonly subscribes?: boolean;
}

export function sampleService({ name = 'client-onboarding', onAsked, subscribes = false }: SampleOptions = {}): ServiceDefinition {
  return {
    name,
    migrations: new URL('./migrations/', import.meta.url),
    parts: (kit) => ({ events: [ClientRegistered], projections: [clients], subscriptions: subscribes ? [marks] : [], api: [api(kit, onAsked)] }),
  };
}

const marks: Subscription<ClientRegistered> = {
  group: 'marks',
  sources: ['client-onboarding'],
  types: [ClientRegistered],
  sliceSize: 500,
  async handle(events, tx) {
    for (const { event, meta } of events) await sql`insert into marks (vendor_id, mark) values (${meta.vendorId}, ${event.name})`.execute(tx);
  },
};

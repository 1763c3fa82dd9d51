// How settling goes in the house as it is: what every running service declares may follow from what makes no circle, and settling takes as many
// rounds as its longest way. That services append what they declared, and nothing else, each holds to at every append.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settlingRounds } from '@deskfleet/event-bus';
import type { Declaration } from '@deskfleet/protocol/feed';
import { EventFeedServiceDefinition } from '@deskfleet/protocol/feed';
import { connectPeers, createTokens, type Peers, readPrivateKey, SERVICE_NAMES } from '@deskfleet/service-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedInstallation, startInstallation } from '../installation.ts';
import { told } from './asking.ts';

let installation: StartedInstallation;
let peers: Peers;
let declared: Map<string, Declaration>;

beforeAll(async () => {
  installation = await startInstallation({ bus: 'feed' });
  const file = (name: string): string => readFileSync(join(installation.dataDir, name), 'utf8');
  const { ports } = JSON.parse(file('installation.json')) as { ports: Record<string, number> };
  const privateKey = await readPrivateKey('portal', file('keys/portal.json'));
  const tokens = createTokens({ service: 'portal', privateKey, jwks: file('keys/jwks.json'), now: Date.now });
  const addressOf = Object.fromEntries(SERVICE_NAMES.map((service) => [service, `127.0.0.1:${ports[`${service}.grpc`]}`]));
  peers = connectPeers({ service: 'portal', peers: addressOf as Record<(typeof SERVICE_NAMES)[number], string>, tls: undefined }, tokens);
  const heads = await Promise.all(
    SERVICE_NAMES.map(async (service) => [service, (await peers.client(service, EventFeedServiceDefinition, 'self').head({})).declares] as const),
  );
  declared = new Map(heads.flatMap(([service, declares]) => (declares === undefined ? [] : [[service, declares] as const])));
});

afterAll(async () => {
  peers?.close();
  await installation?.remove();
});

test('every service declares its events, once, and takes in only what another one declares', () => {
  expect([...declared.keys()].sort()).toEqual([...SERVICE_NAMES].sort());
  const owners = new Map<string, string>();
  for (const [service, { events }] of declared) {
    for (const type of events) {
      expect(owners.get(type), type).toBeUndefined();
      owners.set(type, service);
    }
  }
  for (const [service, { sources, reactions }] of declared) {
    for (const { by, from } of reactions) {
      for (const type of from) expect([service, ...sources], `${service} ${by} takes in ${type}`).toContain(owners.get(type));
    }
  }
});

test('what follows from what makes no circle; an erasure is handed on and answered, so two rounds settle at most', async () => {
  expect(settlingRounds([...declared.values()])).toBe(2);
  // Nothing is on its way here: the first round moves no log, and that ends it.
  expect(await told(installation, '/settle', { body: {} })).toMatchObject({ settled: true, rounds: 1, held: [] });
});

test('a circle planted among these services is refused by name', () => {
  const [breached, said] = ['deskfleet.sla.v1.ClauseBreached', 'deskfleet.conversations.v1.MessageReceived'];
  const planted = [...declared.values()].map((one) =>
    one.events.includes(said)
      ? {
          ...one,
          reactions: [...one.reactions, { $type: 'deskfleet.platform.v1.Reaction' as const, by: 'planted', from: [breached], to: [said], later: false }],
        }
      : one,
  );
  expect(() => settlingRounds(planted)).toThrow(/MessageReceived.* -> .*ClauseBreached.* -> |ClauseBreached -> .*MessageReceived/);
});

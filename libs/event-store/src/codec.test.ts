// Whatever was ever written is read for ever: a stored sample of each version of each event type.
import { codecOf, encode } from '@deskfleet/protocol';
import { QueueReason } from '@deskfleet/protocol/agents';
import { ContractSigned } from '@deskfleet/protocol/onboarding';
import { EventMeta } from '@deskfleet/protocol/platform';
import { ContractTerms } from '@deskfleet/protocol/terms';
import { expect, test } from 'vitest';
import { everyVersion, type StoredEvent, storedEvents } from '../test/stored-events.ts';
import { decodeEvent } from './codec.ts';
import type { RawEvent } from './types.ts';
import { contractSigned } from './upcasters/contract-signed.ts';
import { upcasters } from './upcasters/index.ts';

const stored = storedEvents();
const nameOf = ({ type, version }: StoredEvent): string => `${type} ${version}`;

function rawOf({ type, version, data }: StoredEvent): RawEvent {
  const meta = EventMeta.encode(EventMeta.create({ schemaVersion: version })).finish();
  return { source: 'test/0/0', position: 1, streamId: 's', version: 1, bucket: 0, type, data: Buffer.from(data, 'base64'), meta, occurredAt: 0, recordedAt: 0 };
}

test('each version of each event type has a stored sample, and only those', () => {
  expect(stored.map(nameOf).sort()).toEqual(everyVersion().sort());
});

test.each(stored.map((sample) => ({ name: nameOf(sample), sample })))('$name reads as it did', ({ sample }) => {
  const { event } = decodeEvent(rawOf(sample));
  expect(codecOf(event.$type)?.toJSON(event)).toEqual(sample.reads);
});

test("today's events are written as their samples are", () => {
  const today = stored.filter(({ type, version }) => version === (upcasters.get(type)?.version ?? 1));
  for (const sample of today) expect(Buffer.from(encode(decodeEvent(rawOf(sample)).event)).toString('base64'), nameOf(sample)).toBe(sample.data);
});

test('the samples set every field, so that none can be lost unseen', () => {
  const unset = (value: unknown): boolean =>
    value === '' || value === 0 || (typeof value === 'object' && value !== null && (Object.keys(value).length === 0 || Object.values(value).some(unset)));
  expect(stored.filter(({ reads }) => unset(reads)).map(nameOf)).toEqual([]);
});

test('why a conversation queues is one of a closed set, also where version 1 said it as text', () => {
  const samples = stored.filter(({ type }) => type.endsWith('ConversationQueued')).map((sample) => decodeEvent(rawOf(sample)).event);
  expect(samples).toMatchObject([{ why: QueueReason.QUEUE_REASON_NO_AGENT_SKILLED }, { why: QueueReason.QUEUE_REASON_ALL_AGENTS_FULL }]);
});

test('a contract signed by version 1 awaits a go-live where a trial or batches were agreed, as its fees did then', () => {
  const awaits = (terms: Parameters<typeof ContractTerms.create>[0]) => {
    const written = ContractSigned.create({ contractId: 'ct_1', terms: ContractTerms.create(terms) });
    return ContractSigned.decode(contractSigned.upcast(encode(written), 1).data).awaitsGoLive;
  };
  expect([awaits({ trial: { days: 15 } }), awaits({ batches: [{ key: 'batch-1' }] }), awaits({})]).toEqual([true, true, false]);
});

// Adds to stored-events.ndjson what today's schema writes for each event type or version that has no line yet.
import { appendFileSync } from 'node:fs';
import { codecOf } from '@deskfleet/protocol';
import { messageNamed } from '@deskfleet/protocol/descriptors';
import { everyVersion, filled, STORED_EVENTS, storedEvents } from './stored-events.ts';

const known = new Set(storedEvents().map(({ type, version }) => `${type} ${version}`));
for (const each of everyVersion().filter((name) => !known.has(name))) {
  const [type = '', version] = each.split(' ');
  const codec = codecOf(type);
  if (codec === undefined) throw new Error(`no codec for ${type}`);
  const message = codec.fromJSON(filled(messageNamed(type)));
  const data = Buffer.from(codec.encode(message).finish()).toString('base64');
  appendFileSync(STORED_EVENTS, `${JSON.stringify({ type, version: Number(version), data, reads: codec.toJSON(message) })}\n`);
}

// The protocol's own description of itself: names, fields and comments of every message, read from the generated descriptors.
// What maps messages generically (the portal's HTTP JSON and its OpenAPI document) is derived from it, so nothing is described twice.

import { readFileSync } from 'node:fs';
import { createFileRegistry, type DescField, type DescMessage, type FileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

export { type DescEnum, type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';

/** Field numbers of descriptor.proto: FileDescriptorProto.message_type and DescriptorProto.field. Comments are found by these paths. */
const MESSAGES = 4;
const FIELDS = 2;

let loaded: FileRegistry | undefined;

function registry(): FileRegistry {
  if (loaded === undefined) {
    const image = readFileSync(new URL('./gen/image.binpb', import.meta.url));
    loaded = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
  }
  return loaded;
}

/** The descriptor of a message by its full name. Throws when the protocol has no such message. */
export function messageNamed(type: string): DescMessage {
  const message = registry().getMessage(type);
  if (message === undefined) throw new Error(`the protocol has no message ${type}`);
  return message;
}

/** The full names of all events, sorted: the messages of an `events.proto` that none of its other messages is made of. */
export function eventTypes(): string[] {
  const messages = [...registry().files].filter(({ name }) => name.endsWith('/v1/events')).flatMap((file) => file.messages);
  const parts = new Set(messages.flatMap(({ fields }) => fields.flatMap((field) => field.message?.typeName ?? [])));
  return messages
    .map(({ typeName }) => typeName)
    .filter((type) => !parts.has(type))
    .sort();
}

/** What the .proto file says about a top-level message or one of its fields, as one line; empty when it says nothing. */
export function commentOf(described: DescMessage | DescField): string {
  const message = described.kind === 'message' ? described : described.parent;
  const index = message.file.messages.indexOf(message);
  const path = [MESSAGES, index, ...(described.kind === 'message' ? [] : [FIELDS, message.fields.indexOf(described)])].join();
  const location = message.file.proto.sourceCodeInfo?.location.find((candidate) => candidate.path.join() === path);
  return `${location?.leadingComments ?? ''} ${location?.trailingComments ?? ''}`.replaceAll(/\s+/g, ' ').trim();
}

// What a route of the HTTP API is: an address, who may use it, schemas and a handler. Routes are data, so the OpenAPI document is made
// from them without anything running.
import type { Caller, Role, ServiceName } from '@deskfleet/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CompatServiceDefinition } from 'nice-grpc';
import { type Static, type TSchema, Type } from 'typebox';
import type { Portal } from '../portal.ts';
import type { Session } from '../sign-in/session.ts';

export type Access = 'public' | 'signed-in' | readonly Role[];

/** Everything a handler is given. `caller` stands for the membership's user; it is empty on public routes only. */
export interface Call<Params, Query, Body> {
  readonly portal: Portal;
  readonly session: Session | undefined;
  readonly caller: Caller;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Aborted when the caller went away before the answer. Not `request.signal`: that one aborts as soon as the body was read (Node 26). */
  readonly signal: AbortSignal;
  /** The Idempotency-Key, or one made here. */
  readonly commandId: string;
}

export interface RouteSpec<Params extends TSchema, Query extends TSchema, Body extends TSchema> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Under /api/v1, parameters in braces: /contracts/{contractId}. */
  readonly url: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly headers?: TSchema;
  readonly answer: TSchema;
  readonly answerStatus?: number;
  /** The media type of the answer or the body, when it is not JSON. */
  readonly produces?: string;
  readonly consumes?: string;
  /** Bytes; 256 KB when not said. */
  readonly bodyLimit?: number;
}

export interface Route extends RouteSpec<TSchema, TSchema, TSchema> {
  /** The method of a service that it passes the call on to; absent where a handler of the portal's own answers. */
  readonly rpc?: { readonly service: ServiceName; readonly definition: CompatServiceDefinition; readonly method: string };
  readonly handle: (call: Call<unknown, unknown, unknown>) => Promise<unknown>;
}

/** A route written by hand; its handler's types follow from its schemas. */
export function route<Params extends TSchema, Query extends TSchema, Body extends TSchema>(
  spec: RouteSpec<Params, Query, Body>,
  handle: (call: Call<Static<Params>, Static<Query>, Static<Body>>) => Promise<unknown>,
): Route {
  // The validator has proved params, query and body against these very schemas before `handle` runs.
  return { ...spec, handle: (call) => handle(call as Call<Static<Params>, Static<Query>, Static<Body>>) };
}

/** The schema of a raw body. */
export function rawBody(mediaType: string, description: string) {
  return Type.Unsafe<Buffer>({ type: 'string', contentMediaType: mediaType, description });
}

/** Routes whose body is raw are known by its schema. */
export function isRaw(body: TSchema | undefined): boolean {
  return body !== undefined && 'contentMediaType' in body;
}

export const VENDOR: readonly Role[] = ['vendor-operations', 'team-lead', 'qa-inspector', 'finance'];
export const EVERYONE: readonly Role[] = [...VENDOR, 'client'];
export const OPERATIONS: readonly Role[] = ['vendor-operations'];
export const FINANCE: readonly Role[] = ['vendor-operations', 'finance'];

/** The problem every route may answer with (RFC 9457). */
export const problemSchema = Type.Object(
  {
    type: Type.String({ description: 'urn:deskfleet:problem:<code>' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.Optional(Type.String()),
    code: Type.String({ description: 'stable, kebab-case' }),
    facts: Type.Optional(Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true })),
    traceId: Type.Optional(Type.String()),
  },
  { $id: 'Problem', title: 'Problem', description: 'RFC 9457; title and detail follow Accept-Language (zh, en).' },
);

// Routes that pass a call on to a service: path, query and body become the fields of the request message, the answer message the JSON.
// A new gRPC method gets its HTTP route with one line.
import type { UnknownMessage } from '@deskfleet/protocol';
import { type DescField, type DescMessage, messageNamed } from '@deskfleet/protocol/descriptors';
import type { ServiceName } from '@deskfleet/service-kit';
import type { CompatServiceDefinition } from 'nice-grpc';
import type { CallOptions } from 'nice-grpc-common';
import { type TSchema, Type } from 'typebox';
import { fromHttp, toHttp } from './json.ts';
import { type Access, type Call, type Route, route } from './route.ts';
import type { Components } from './schema.ts';

/** What ts-proto generates of a service, as far as a generic call needs it. */
export interface RpcDefinition {
  readonly name: string;
  readonly fullName: string;
  readonly methods: Readonly<Record<string, RpcMethod>>;
}

interface RpcMethod {
  readonly requestType: { readonly $type: string; fromPartial(fields: object): UnknownMessage };
  readonly responseType: { readonly $type: string };
}

/** The typed client's method of that name: its types are the descriptors' business here, not the compiler's. */
async function callByName(client: object, name: string, request: UnknownMessage, options: CallOptions): Promise<UnknownMessage> {
  const method: unknown = Reflect.get(client, name);
  if (typeof method !== 'function') throw new Error(`the client has no method ${name}`);
  return Reflect.apply(method, client, [request, options]);
}

export interface RpcOptions {
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  /** Fields of the request the route fixes; they are no parameters. */
  readonly fixed?: Readonly<Record<string, unknown>>;
  /** Request fields that must be given. */
  readonly required?: readonly string[];
  /** Path parameters that are no field of the request. */
  readonly pathOnly?: Readonly<Record<string, string>>;
  readonly bodyLimit?: number;
}

const RANGE = 'deskfleet.common.v1.DateRange';
const PAGE = 'deskfleet.common.v1.Page';
const POSITION = 'deskfleet.common.v1.LogPosition';

/** The routes of one service's methods, under one heading of the document. */
export function rpcRoutes<Definition extends RpcDefinition & CompatServiceDefinition>(
  components: Components,
  service: ServiceName,
  definition: Definition,
  tag: string,
) {
  type Method = keyof Definition['methods'] & string;
  const make = (httpMethod: 'GET' | 'POST', url: string, name: Method, options: RpcOptions): Route => {
    const method = definition.methods[name];
    if (method === undefined) throw new Error(`${definition.fullName} has no method ${name}`);
    const request = messageNamed(method.requestType.$type);
    const shape = shapeOf(components, request, httpMethod, url, options);
    const passedOn = route(
      {
        method: httpMethod,
        url,
        operationId: name,
        tag,
        summary: options.summary,
        ...(options.description === undefined ? {} : { description: options.description }),
        access: options.access,
        ...shape.schemas,
        answer: components.ref(method.responseType.$type, 'answer'),
        ...(options.bodyLimit === undefined ? {} : { bodyLimit: options.bodyLimit }),
      },
      async (call) => {
        const fields = shape.fieldsOf(call);
        await call.portal.files.requireSeen(call.caller, fileIdsIn(fields));
        const message = method.requestType.fromPartial({ ...fields, ...options.fixed });
        const client = call.portal.backend.client(service, definition, call.caller);
        return toHttp(await callByName(client, name, message, { signal: call.signal }));
      },
    );
    return { ...passedOn, rpc: { service, definition, method: name } };
  };
  return {
    get: (url: string, name: Method, options: RpcOptions) => make('GET', url, name, options),
    post: (url: string, name: Method, options: RpcOptions) => make('POST', url, name, options),
  };
}

/** Every file a request names, wherever it stands: a command may rest only on files that its sender can see. */
function fileIdsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(fileIdsIn);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  return Object.entries(value).flatMap(([name, item]) => (name === 'fileIds' && Array.isArray(item) ? item.map(String) : fileIdsIn(item)));
}

interface Shape {
  readonly schemas: { readonly params?: TSchema; readonly query?: TSchema; readonly body?: TSchema };
  fieldsOf(call: Call<unknown, unknown, unknown>): Record<string, unknown>;
}

/** Which field of the request message is said where. */
function shapeOf(components: Components, request: DescMessage, httpMethod: 'GET' | 'POST', url: string, options: RpcOptions): Shape {
  const inPath = new Set([...url.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''));
  const elsewhere = new Set([...inPath, 'commandId', ...Object.keys(options.fixed ?? {})]);
  const free = request.fields.filter((field) => !elsewhere.has(field.localName));
  const required = options.required ?? [];

  const params = Type.Object(
    Object.fromEntries(
      [...inPath].map((name) => {
        const field = request.fields.find((candidate) => candidate.localName === name);
        if (field !== undefined) return [name, components.parameterOf(field)];
        const description = options.pathOnly?.[name];
        if (description === undefined) throw new Error(`${url}: ${request.typeName} has no field ${name}`);
        return [name, Type.String({ description })];
      }),
    ),
  );
  const inQuery = httpMethod === 'GET' ? free : [];
  const query = Type.Object(Object.assign({}, ...inQuery.map((field) => queryParameters(components, field, required.includes(field.localName)))), {
    additionalProperties: false,
  });
  const hasBody = httpMethod === 'POST' && free.length > 0;
  const body = (): TSchema => ({ ...components.objectOf(request, 'input', elsewhere), ...(required.length === 0 ? {} : { required: [...required] }) });

  return {
    schemas: {
      ...(inPath.size === 0 ? {} : { params }),
      ...(inQuery.length === 0 ? {} : { query }),
      ...(hasBody ? { body: body() } : {}),
    },
    fieldsOf(call) {
      const queried = call.query as Record<string, unknown>;
      const fields: Record<string, unknown> = { ...(call.params as Record<string, unknown>) };
      for (const field of inQuery) fields[field.localName] = queryValue(field, queried);
      if (hasBody) Object.assign(fields, call.body as Record<string, unknown>);
      const partial = fromHttp(request.typeName, fields);
      if (request.field['commandId'] !== undefined) partial['commandId'] = call.commandId;
      return partial;
    },
  };
}

/** Ranges, pages and positions are flat in a query: from, to; size, token; after=<source>:<position>. */
function queryParameters(components: Components, field: DescField, required: boolean): Record<string, TSchema> {
  const optional = (schema: TSchema) => (required ? schema : Type.Optional(schema));
  switch (field.message?.typeName) {
    case RANGE:
      return {
        from: optional(Type.String({ format: 'date', description: "first day, in the contract's zone" })),
        to: optional(Type.String({ format: 'date', description: 'last day, inclusive' })),
      };
    case PAGE:
      return {
        size: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, description: 'rows a page; when not said 50, of shops, clients and contracts 200' })),
        token: Type.Optional(Type.String({ description: 'nextToken of the page before' })),
      };
    case POSITION:
      return {
        [field.localName]: Type.Optional(Type.String({ pattern: '^.+:\\d+$', description: '<source>:<position> of an earlier answer: read your own write' })),
      };
    default:
      return { [field.localName]: optional(components.parameterOf(field)) };
  }
}

function queryValue(field: DescField, query: Record<string, unknown>): unknown {
  switch (field.message?.typeName) {
    case RANGE:
      return query['from'] === undefined && query['to'] === undefined ? undefined : { from: query['from'], to: query['to'] };
    case PAGE: // not asked for, none is sent: an overview answers whole then, not a page of its list
      return query['size'] === undefined && query['token'] === undefined ? undefined : { size: query['size'], token: query['token'] };
    case POSITION: {
      const after = query[field.localName];
      if (typeof after !== 'string') return undefined;
      const colon = after.lastIndexOf(':');
      return { source: after.slice(0, colon), position: Number(after.slice(colon + 1)) };
    }
    default:
      return query[field.localName];
  }
}

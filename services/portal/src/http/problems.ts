// Every way to say no, as problem+json (RFC 9457): the one place that maps refusals of services and of the portal itself to HTTP.
import type { Refused } from '@deskfleet/event-store';
import { refusalOf } from '@deskfleet/service-kit';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ClientError, Status } from 'nice-grpc-common';
import { BadField } from './json.ts';
import { type Language, languageOf, words } from './problem-words.ts';

type Facts = Readonly<Record<string, unknown>>;

/** A problem the portal itself has with a request. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly facts: Facts;
  readonly retryAfterS: number | undefined;

  constructor(status: number, code: string, facts: Facts = {}, retryAfterS?: number) {
    super(code);
    this.status = status;
    this.code = code;
    this.facts = facts;
    this.retryAfterS = retryAfterS;
  }
}

export const unauthenticated = (): Problem => new Problem(401, 'not-signed-in');
/** What does not exist and what one may not see answer alike, to the letter: no facts. */
export const notFound = (): Problem => new Problem(404, 'not-found');

/** When a service is away or full, one may come again after this many seconds. */
const COME_AGAIN_S = 2;

/** Any error as a problem; undefined for a fault of ours, which is logged and shows nothing of itself. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof BadField) return new Problem(400, 'bad-input', { problems: [{ field: error.field, found: error.found, expected: error.expected }] });
  const refused = refusalOf(error);
  if (refused !== undefined) return problemOfRefusal(refused);
  if (error instanceof ClientError) return problemOfStatus(error.code);
  return isFastifyError(error) ? problemOfFastify(error) : undefined;
}

/** A refusal by its code: 401 and 404 say no more than that; input that is wrong in itself 422, a state that forbids 409. */
export function problemOfRefusal({ code, facts }: Refused): Problem {
  if (code.endsWith('-not-found') || code === 'not-found') return notFound();
  if (code === 'not-allowed') return new Problem(403, code, facts);
  if (code === 'overloaded') return new Problem(429, code, facts, secondsIn(facts));
  if (code === 'busy') return new Problem(503, code, {}, COME_AGAIN_S);
  if (UNSIGNED.has(code)) return new Problem(401, code, facts);
  if (code === 'body-too-large') return new Problem(413, code, facts);
  return new Problem('field' in facts || 'problems' in facts || code === 'command-id-reused' ? 422 : 409, code, facts);
}

/** What a webhook is refused for when it does not prove where it comes from. */
const UNSIGNED: ReadonlySet<string> = new Set(['signature-invalid', 'signature-missing', 'timestamp-too-old', 'timestamp-missing', 'channel-not-connected']);

function secondsIn(facts: Facts): number {
  const ms = Number(facts['retryAfterMs']);
  return Number.isFinite(ms) && ms > 0 ? Math.ceil(ms / 1_000) : COME_AGAIN_S;
}

function problemOfStatus(status: Status): Problem | undefined {
  switch (status) {
    case Status.NOT_FOUND:
      return notFound();
    case Status.UNAUTHENTICATED:
      return unauthenticated();
    case Status.PERMISSION_DENIED:
      return new Problem(403, 'not-allowed');
    case Status.INVALID_ARGUMENT:
      return new Problem(422, 'bad-input');
    case Status.RESOURCE_EXHAUSTED:
      return new Problem(429, 'overloaded', {}, COME_AGAIN_S);
    case Status.UNAVAILABLE:
      return new Problem(503, 'service-away', {}, COME_AGAIN_S);
    case Status.DEADLINE_EXCEEDED:
      return new Problem(504, 'too-slow', {}, COME_AGAIN_S);
    default:
      return undefined;
  }
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number';
}

function problemOfFastify(error: FastifyError): Problem | undefined {
  if (error.validation !== undefined) {
    const problems = error.validation.map(({ instancePath, message, params }) => ({
      field: [error.validationContext, instancePath.slice(1).replaceAll('/', '.')].filter(Boolean).join(' '),
      expected: [message, unexpected(params)].filter(Boolean).join(': '),
    }));
    return new Problem(400, 'bad-input', { problems });
  }
  const status = error.statusCode ?? 500;
  if (status === 413) return new Problem(413, 'body-too-large');
  if (status === 415) return new Problem(415, 'media-type-not-supported');
  if (status === 429) return new Problem(429, 'too-many-requests', {}, COME_AGAIN_S);
  return status < 500 ? new Problem(status, 'bad-request', { reason: error.message }) : undefined;
}

function unexpected(params: Record<string, unknown>): string {
  const name = params['additionalProperty'] ?? params['allowedValues'] ?? '';
  return Array.isArray(name) ? name.join(', ') : String(name);
}

/** Answers with the problem, in the reader's language. */
export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const language: Language = languageOf(request.headers['accept-language']);
  const { title, detail } = words(problem.code, problem.facts, language);
  const traceId = /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(String(request.headers['traceparent'] ?? ''))?.[1] ?? String(request.id);
  if (problem.retryAfterS !== undefined) reply.header('retry-after', `${problem.retryAfterS}`);
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="deskfleet"');
  return reply
    .code(problem.status)
    .header('content-language', language)
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send({
      type: `urn:deskfleet:problem:${problem.code}`,
      title,
      status: problem.status,
      ...(detail === '' ? {} : { detail }),
      code: problem.code,
      ...(Object.keys(problem.facts).length === 0 ? {} : { facts: problem.facts }),
      traceId,
    });
}

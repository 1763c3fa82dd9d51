// The one way to ask the portal: typed by its OpenAPI document, problem+json as an error with its code, facts and trace id.
// Every command carries its own id, so that a repeated request is the same command.
import createClient, { type Middleware } from 'openapi-fetch';
import type { components, paths } from './schema.d.ts';

export type Problem = components['schemas']['Problem'];

export class ProblemError extends Error {
  readonly status: number;
  readonly problem: Partial<Problem>;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, problem: Partial<Problem>, retryAfterSeconds?: number) {
    super(problem.title ?? problem.code ?? `HTTP ${status}`);
    this.status = status;
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Set by a caller that repeats a request: the same command again. */
export const COMMAND_ID = 'idempotency-key';

const speaking: Middleware = {
  onRequest({ request }) {
    request.headers.set('accept-language', document.documentElement.lang);
    if (request.method !== 'GET' && !request.headers.has(COMMAND_ID)) request.headers.set(COMMAND_ID, crypto.randomUUID());
    return request;
  },
};

/** The document's paths without their common beginning. */
type Paths = { [P in keyof paths as P extends `/api/v1${infer Rest}` ? Rest : never]: paths[P] };

export const api = createClient<Paths>({ baseUrl: '/api/v1' });
api.use(speaking);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer; throws a ProblemError for everything else. */
export async function ask<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (response.ok) return data as T;
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  throw new ProblemError(response.status, typeof error === 'object' && error !== null ? error : {}, Number.isFinite(retryAfter) ? retryAfter : undefined);
}

/** Whether asking again may help: never for a refusal or a missing thing. */
export const worthRetrying = (failures: number, error: unknown): boolean => failures < 2 && (!(error instanceof ProblemError) || error.status >= 500);

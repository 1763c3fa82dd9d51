// The gRPC server: every method but health needs a valid token; refusals leave as statuses with their facts, faults as INTERNAL without any.

import { StoreOverloaded } from '@deskfleet/event-store';
import { ServerCredentials } from '@grpc/grpc-js';
import { type Histogram, metrics } from '@opentelemetry/api';
import { createServer, type Server, type ServiceImplementation } from 'nice-grpc';
import { type CallContext, ServerError, type ServerMiddleware, Status } from 'nice-grpc-common';
import { HealthDefinition, HealthServiceImpl, HealthState } from 'nice-grpc-server-health';
import type { Logger } from 'pino';
import type { TlsFiles } from '../config/config.ts';
import { TokenError, type Tokens } from '../identity/tokens.ts';
import { RefusedError, refusalToStatus } from '../refusals.ts';
import type { CallerContext } from '../service.ts';
import { CHANNEL_OPTIONS } from './options.ts';
import { traceServer } from './trace.ts';

export interface GrpcServer {
  readonly port: number;
  /** What gRPC health checking answers. */
  setServing(serving: boolean): void;
  /** Lets calls in work finish until the deadline, then cancels them. True when none had to be cancelled. */
  close(deadlineMs: number): Promise<boolean>;
}

export interface GrpcServerOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsFiles | undefined;
  readonly tokens: Tokens;
  readonly log: Logger;
  readonly add: (server: Pick<Server<CallerContext>, 'add'>) => void;
}

const HEALTH = `/${HealthDefinition.fullName}/`;

export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const health = HealthState();
  const server = createServer(CHANNEL_OPTIONS).use(traceServer).use(measure()).use(translateErrors(options.log)).use(authenticate(options.tokens, options.log));
  server.add(HealthDefinition, HealthServiceImpl(health) as ServiceImplementation<typeof HealthDefinition>);
  options.add(server);
  const port = await server.listen(`${options.host}:${options.port}`, credentials(options.tls));
  return {
    port,
    setServing: (serving) => health.setStatus(serving ? 'healthy' : 'unhealthy'),
    async close(deadlineMs) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<boolean>((resolve) => {
        timer = setTimeout(() => resolve(false), deadlineMs);
      });
      const inTime = await Promise.race([server.shutdown().then(() => true), late]);
      clearTimeout(timer);
      if (!inTime) server.forceShutdown();
      return inTime;
    },
  };
}

function credentials(tls: TlsFiles | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  return ServerCredentials.createSsl(tls.ca, [{ cert_chain: tls.cert, private_key: tls.key }], true);
}

/** Puts the verified caller into the handler's context. */
function authenticate(tokens: Tokens, log: Logger): ServerMiddleware<CallerContext> {
  return async function* (call, context) {
    // Health says nothing of anyone and reads no caller.
    if (call.method.path.startsWith(HEALTH)) return yield* call.next(call.request, context as CallContext & CallerContext);
    const header = context.metadata.get('authorization');
    try {
      if (!header?.startsWith('Bearer ')) throw new TokenError('no bearer token');
      const caller = await tokens.verify(header.slice('Bearer '.length));
      return yield* call.next(call.request, Object.assign(context, { caller }));
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      log.warn({ method: call.method.path, reason: error.message }, 'call without a valid token');
      throw new ServerError(Status.UNAUTHENTICATED, 'a valid token is needed');
    }
  };
}

/** The one place where refusals and faults become gRPC statuses. */
function translateErrors(log: Logger): ServerMiddleware {
  return async function* (call, context) {
    try {
      return yield* call.next(call.request, context);
    } catch (error) {
      if (error instanceof RefusedError) throw refusalToStatus(error.refused, context.trailer);
      if (error instanceof StoreOverloaded) {
        throw refusalToStatus({ accepted: false, code: 'overloaded', facts: { retryAfterMs: error.retryAfterMs } }, context.trailer);
      }
      if (error instanceof ServerError || context.signal.aborted) throw error;
      log.error({ method: call.method.path, err: error }, 'call failed');
      throw new ServerError(Status.INTERNAL, 'internal error');
    }
  };
}

/** What the calls a server answers are timed by. */
export function callDuration(): Histogram {
  return metrics.getMeter('deskfleet').createHistogram('rpc.server.duration', {
    unit: 's',
    description: 'Time from a call to its answer',
    advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30] },
  });
}

/** Counts and times calls by method and status. */
function measure(): ServerMiddleware {
  const duration = callDuration();
  return async function* (call, context) {
    const started = performance.now();
    let code: Status = Status.OK;
    try {
      return yield* call.next(call.request, context);
    } catch (error) {
      code = error instanceof ServerError ? error.code : Status.CANCELLED;
      throw error;
    } finally {
      duration.record((performance.now() - started) / 1_000, { method: call.method.path, code: Status[code] });
    }
  };
}

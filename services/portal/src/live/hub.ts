// Live updates: one stream a browser, saying what changed, never what it changed to.
import type { Caller } from '@deskfleet/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface LiveHub {
  /** Answers a request with the stream; resolves at once, the reply is hijacked. */
  open(caller: Caller, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
}

// Clients of the other services: one channel each, opened at its first call; every call carries the caller's token and the trace.
import { ChannelCredentials } from '@grpc/grpc-js';
import { type Channel, type Client, type CompatServiceDefinition, createChannel, createClientFactory } from 'nice-grpc';
import { ClientError, type ClientMiddleware, Metadata } from 'nice-grpc-common';
import { serviceCaller } from '../access.ts';
import type { Config } from '../config/config.ts';
import type { Tokens } from '../identity/tokens.ts';
import { rememberRefusal } from '../refusals.ts';
import type { Caller, ServiceName } from '../service.ts';
import { clientOptions } from './options.ts';
import { traceClient } from './trace.ts';

export interface Peers {
  client<Definition extends CompatServiceDefinition>(service: ServiceName, definition: Definition, as: Caller | 'self'): Client<Definition>;
  close(): void;
}

export function connectPeers(config: Pick<Config, 'service' | 'peers' | 'tls'>, tokens: Tokens): Peers {
  const channels = new Map<ServiceName, Channel>();
  const credentials =
    config.tls === undefined ? ChannelCredentials.createInsecure() : ChannelCredentials.createSsl(config.tls.ca, config.tls.key, config.tls.cert);
  const self = serviceCaller(config.service, '');

  const channelTo = (service: ServiceName): Channel => {
    const known = channels.get(service);
    if (known !== undefined) return known;
    const channel = createChannel(config.peers[service], credentials, clientOptions(config.peers[service]));
    channels.set(service, channel);
    return channel;
  };

  return {
    client(service, definition, as) {
      const caller = as === 'self' ? self : as;
      return createClientFactory()
        .use(rememberRefusals)
        .use(authorize(() => tokens.issue(caller, service)))
        .use(traceClient)
        .create(definition, channelTo(service));
    },
    close() {
      for (const channel of channels.values()) channel.close();
    },
  };
}

/** Sends a token with each call. */
export function authorize(token: () => Promise<string>): ClientMiddleware {
  return async function* (call, options) {
    const metadata = Metadata(options.metadata).set('authorization', `Bearer ${await token()}`);
    return yield* call.next(call.request, { ...options, metadata });
  };
}

/** Keeps a failed call's refusal with its error, for `refusalOf`. */
export const rememberRefusals: ClientMiddleware = async function* (call, options) {
  let trailer: Metadata | undefined;
  const onTrailer = (received: Metadata): void => {
    trailer = received;
    options.onTrailer?.(received);
  };
  try {
    return yield* call.next(call.request, { ...options, onTrailer });
  } catch (error) {
    if (error instanceof ClientError) rememberRefusal(error, trailer);
    throw error;
  }
};

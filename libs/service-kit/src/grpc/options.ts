// Limits of every gRPC channel and server.
import type { ChannelOptions } from '@grpc/grpc-js';

/** A message at most 4 MB (a feed page is 1 MB, an import chunk too); a dead peer is noticed after 40 s. */
export const CHANNEL_OPTIONS: ChannelOptions = {
  'grpc.max_receive_message_length': 4 * 1024 * 1024,
  'grpc.max_send_message_length': 4 * 1024 * 1024,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
};

/** What may be on its way to a client unread: a page of the feed. By default it is 64 KB, and a page waits for the reader half a dozen times. */
const WINDOW_BYTES = 1024 * 1024;

/** A peer that comes back is found again within this time. */
const CLIENT_OPTIONS: ChannelOptions = {
  ...CHANNEL_OPTIONS,
  'grpc-node.flow_control_window': WINDOW_BYTES,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
};

/** The options of a channel to `host:port`. Certificates name hosts, TLS takes no address for one: on loopback the name is `localhost`. */
export function clientOptions(address: string): ChannelOptions {
  return isLoopback(address) ? { ...CLIENT_OPTIONS, 'grpc.ssl_target_name_override': 'localhost' } : CLIENT_OPTIONS;
}

/** Whether `host:port` is a loopback address. */
export function isLoopback(address: string): boolean {
  return /^(127(\.\d{1,3}){3}|\[::1\]):\d+$/.test(address);
}

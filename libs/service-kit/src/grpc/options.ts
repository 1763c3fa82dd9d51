// Limits of every gRPC channel and server.
import type { ChannelOptions } from '@grpc/grpc-js';

/** A message at most 4 MB (a feed page is 1 MB, an import chunk too); a dead peer is noticed after 40 s. */
export const CHANNEL_OPTIONS: ChannelOptions = {
  'grpc.max_receive_message_length': 4 * 1024 * 1024,
  'grpc.max_send_message_length': 4 * 1024 * 1024,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
};

/** A peer that comes back is found again within this time. */
export const CLIENT_OPTIONS: ChannelOptions = {
  ...CHANNEL_OPTIONS,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
};

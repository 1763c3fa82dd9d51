// How topics and groups are named, and what a service may set.

export interface KafkaSettings {
  /** `host:port` each. */
  readonly brokers: readonly string[];
  /** Topics and groups of one installation (default `deskfleet`): several can share a cluster. */
  readonly prefix?: string;
  /** Partitions of a topic that is made anew (default 8, at most 64: there are 64 buckets). */
  readonly partitions?: number;
  /** Copies of a topic that is made anew (default: the cluster's). */
  readonly replicationFactor?: number;
  /** How long a topic keeps events, in ms (default 7 days); older ones come from their owner's log. */
  readonly retentionMs?: number;
  /** TLS and SASL as kafkajs takes them. */
  readonly ssl?: boolean;
  readonly sasl?: { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string };
  /** The client has stopped consuming (kafkajs issues 659, 1097) and only a new process helps: exit. */
  readonly onStuck: (reason: string) => void;
  /** After how long without progress it counts as stuck, in ms (default 60 s). */
  readonly stuckAfterMs?: number;
}

/** The context whose events a service's log holds, where it is not the service's name. */
const CONTEXTS: Readonly<Record<string, string>> = {
  'client-onboarding': 'onboarding',
  'agent-pools': 'agents',
  'sla-monitoring': 'sla',
  'qa-inspection': 'qa',
  portal: 'access',
};

/** The topic of a service's log, e.g. `deskfleet.billing.v1`. */
export function topicOf(service: string, prefix = 'deskfleet'): string {
  return `${prefix}.${CONTEXTS[service] ?? service}.v1`;
}

// The services and where each listens when nothing else is said.
import type { ServiceName } from '../service.ts';

export const SERVICE_NAMES = [
  'client-onboarding',
  'agent-pools',
  'conversations',
  'sla-monitoring',
  'qa-inspection',
  'billing',
  'portal',
] as const satisfies readonly ServiceName[];

/** Default ports: gRPC 7101 to 7107, HTTP (health, metrics) 7201 to 7207, in the order of the names. */
export function portsOf(service: ServiceName): { grpc: number; http: number } {
  const index = SERVICE_NAMES.indexOf(service);
  return { grpc: 7101 + index, http: 7201 + index };
}

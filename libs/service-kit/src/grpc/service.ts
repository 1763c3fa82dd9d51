// A gRPC service with its implementation, types kept together where they are written and forgotten where they are listed.
import type { CompatServiceDefinition, ServiceImplementation } from 'nice-grpc';
import type { CallerContext, GrpcService } from '../service.ts';

/** Pairs a definition with its handlers; each gets the verified caller in its context. */
export function grpcService<Definition extends CompatServiceDefinition>(
  definition: Definition,
  implementation: ServiceImplementation<Definition, CallerContext>,
): GrpcService {
  return { definition, mount: (server) => server.add(definition, implementation) };
}

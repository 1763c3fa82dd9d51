// OperationsService: implemented once, mounted by every service. For services, and for the vendor's users with the operations right.
import { OperationsServiceDefinition } from '@deskfleet/protocol/operations';
import { ProjectionRefused, type ReadModel } from '@deskfleet/read-model';
import { allow } from '../access.ts';
import { grpcService } from '../grpc/service.ts';
import { refuseCall } from '../refusals.ts';
import type { Caller, CallerContext, GrpcService, Kit } from '../service.ts';
import { listEvents } from './events.ts';
import { buildMessage, buildsOf, type OperationsParts, type OperationsState, operationsState } from './state.ts';

export interface Operations {
  readonly service: GrpcService;
  /** How far the service has come, held streams of all vendors. */
  state(): ReturnType<OperationsState['of']>;
}

/** The operator's side of a service. */
export function operations(kit: Kit, parts: OperationsParts): Operations {
  // What is taken in from others is built by its own means; to an operator it is one list.
  const holderOf = (name: string): Pick<ReadModel, 'rebuild' | 'swap' | 'drop'> => (parts.intakes.has(name) ? parts.intakes : parts.readModel);
  const state = operationsState(parts);
  const service = grpcService(OperationsServiceDefinition, {
    async getOperations(_request, context) {
      return state.of(vendorOf(operator(context)));
    },
    async listEvents(request, context) {
      return listEvents(kit, operator(context), request);
    },
    async listProjections(_request, context) {
      operator(context);
      return { projections: (await buildsOf(parts)).map(buildMessage) };
    },
    async rebuildProjection({ name }, context) {
      return told(kit, state, operator(context), { asked: 'rebuild', name }, async () => ({ projection: buildMessage(await holderOf(name).rebuild(name)) }));
    },
    async swapProjection({ name, version, build }, context) {
      return told(kit, state, operator(context), { asked: 'swap', name, version, build }, async () => ({
        projection: buildMessage(await holderOf(name).swap({ name, version, build })),
      }));
    },
    async dropProjection({ name, version, build }, context) {
      return told(kit, state, operator(context), { asked: 'drop', name, version, build }, async () => {
        await holderOf(name).drop({ name, version, build });
        return {};
      });
    },
  });
  return { service, state: () => state.of('') };
}

function operator({ caller }: CallerContext): Caller {
  allow(caller, 'service', 'vendor-operations');
  return caller;
}

/** A service that looks at the whole house sees every vendor's. */
function vendorOf(caller: Caller): string {
  return caller.kind === 'service' ? '' : caller.vendorId;
}

/** Says in the log who asked for what; refusals of the read model become the call's. */
async function told<T>(kit: Kit, state: OperationsState, caller: Caller, asked: Readonly<Record<string, unknown>>, task: () => Promise<T>): Promise<T> {
  try {
    const answer = await task();
    state.changed();
    kit.log.info({ operation: asked, by: caller.id, vendor: caller.vendorId }, 'an operator changed a projection');
    return answer;
  } catch (error) {
    if (error instanceof ProjectionRefused) return refuseCall(error.code, { ...error.facts });
    throw error;
  }
}

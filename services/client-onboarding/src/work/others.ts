// What a launch asks of other services. An answer that does not come in time is unknown: it is never zero, and it holds nothing up but what needs it.
import { AgentPoolServiceDefinition } from '@deskfleet/protocol/agents-service';
import { DepositServiceDefinition, type TrialStanding } from '@deskfleet/protocol/billing-deposits';
import { TrialClause } from '@deskfleet/protocol/onboarding-launch';
import { SlaServiceDefinition } from '@deskfleet/protocol/sla-service';
import { type Caller, type Kit, serviceCaller } from '@deskfleet/service-kit';
import type { Agreement } from '../launch/agreement.ts';

const WITHIN_MS = 2_000;

export interface Others {
  /** Work names by agent id, of all the vendor's agents. */
  agentNames(caller: Caller): Promise<ReadonlyMap<string, string> | undefined>;
  /** The clauses a trial is judged by, over these days. */
  clauses(caller: Caller, of: Agreement, range: { readonly from: string; readonly to: string }): Promise<readonly TrialClause[] | undefined>;
  /** What would be kept and refunded if service ended now. Billing's amounts, never ours (BR-208). */
  standing(caller: Caller, contractId: string): Promise<TrialStanding | undefined>;
}

export function othersOf(kit: Kit): Others {
  const within = () => ({ signal: AbortSignal.timeout(WITHIN_MS) });
  const unknown = (what: string) => (error: unknown) => {
    kit.log.warn({ error: error instanceof Error ? error.message : String(error) }, `${what} unknown: no answer`);
    return undefined;
  };
  return {
    agentNames: ({ vendorId }) =>
      kit
        .client('agent-pools', AgentPoolServiceDefinition, serviceCaller(kit.name, vendorId))
        .listAgents({}, within())
        .then(({ agents }) => new Map(agents.map(({ agentId, name }) => [agentId, name])), unknown('agents')),

    clauses: (caller, of, range) =>
      kit
        .client('sla-monitoring', SlaServiceDefinition, caller)
        .getContractSla({ contractId: of.contractId, range }, within())
        .then(({ clauses }) => {
          const judged = of.terms.trial?.clauseKeys ?? [];
          return clauses
            .filter(({ clause }) => judged.length === 0 || judged.includes(clause?.key ?? ''))
            .map(({ clause, shopId, attainment, kept }) =>
              TrialClause.create({
                ...{ clause, shopId, kept },
                ...{ met: attainment?.met ?? 0, missed: attainment?.missed ?? 0, notYetDue: attainment?.notYetDue ?? 0 },
              }),
            );
        }, unknown("the trial's clauses")),

    standing: (caller, contractId) =>
      kit.client('billing', DepositServiceDefinition, caller).getTrialStanding({ contractId }, within()).catch(unknown('what a trial would cost')),
  };
}

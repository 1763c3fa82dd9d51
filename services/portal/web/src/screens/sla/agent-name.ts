// Who stopped a clock, by name, for whoever reads the names behind accounts; nothing for a client.
import { useQuery } from '@tanstack/react-query';
import { agentsQuery } from '../../api/queries.ts';
import { isVendor, useSession } from '../../api/session.ts';
import { useStratumName } from '../quality/stratum.ts';

export function useAgentName(): (key: string) => string {
  const vendor = isVendor(useSession().role);
  const agents = useQuery({ ...agentsQuery, enabled: vendor });
  const name = useStratumName(agents.data?.agents ?? []);
  return (key) => (vendor && key !== '' ? name(key) : '');
}

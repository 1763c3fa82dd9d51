// The address / is each role's home: the client's own page, for the others where their day begins.
import { Navigate } from 'react-router';
import { useSession } from '../../api/session.ts';
import { useScope } from '../../scope/scope.ts';
import { homeOf, paths } from '../../shell/navigation.ts';
import { ClientHome } from './client-home.tsx';

export function Screen() {
  const session = useSession();
  const scope = useScope();
  const home = homeOf[session.role];
  return home === 'home' ? <ClientHome /> : <Navigate to={paths[home] + scope.search()} replace />;
}

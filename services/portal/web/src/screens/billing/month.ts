// The month a billing page speaks of: the scope's, or the current one where the scope is no month.
import { dateOf } from '../../format/dates.ts';
import type { Scope } from '../../scope/scope.ts';

export const monthOf = (scope: Scope, zone: string): string =>
  /^\d{4}-\d{2}$/.test(scope.rangeToken) ? scope.rangeToken : dateOf(Date.now(), zone).slice(0, 7);

// Who may do what, in api.ts's words. Which rows a caller sees is held by row level security as well.
import { refuseCall } from './refusals.ts';
import type { Caller, Role, ServiceName } from './service.ts';

/**
 * Refuses `not-allowed` unless the caller has one of the roles. vendor-operations may do what finance may.
 * Services act for themselves only where `service` is listed.
 */
export function allow(caller: Caller, ...roles: readonly (Role | 'service')[]): void {
  if (roles.includes(caller.role)) return;
  if (caller.role === 'vendor-operations' && roles.includes('finance')) return;
  refuseCall('not-allowed', { role: caller.role, allowed: roles });
}

/** Refuses `not-allowed` unless a client's user who may agree for the client asks. */
export function allowAgreeing(caller: Caller): void {
  if (caller.role === 'client' && caller.mayAgree) return;
  refuseCall('not-allowed', { role: caller.role, mayAgree: caller.mayAgree });
}

/** Whether the caller may see this shop (of their own vendor). */
export function seesShop(caller: Caller, shopId: string): boolean {
  return caller.shopIds === 'all' || caller.shopIds.includes(shopId);
}

/** The shops asked for that the caller may see; none asked = all of the caller's. A shop that is not theirs answers as one that does not exist. */
export function visibleShops(caller: Caller, asked: readonly string[]): readonly string[] | 'all' {
  if (asked.length === 0) return caller.shopIds;
  for (const shopId of asked) {
    if (!seesShop(caller, shopId)) refuseCall('shop-not-found', { id: shopId });
  }
  return asked;
}

/** The shop at which something about several is listed: the first of those asked for; none = it is about none of them. */
export function listedAt(asked: readonly string[] | 'all', shopIds: readonly string[]): string | undefined {
  return asked === 'all' ? shopIds[0] : shopIds.find((shopId) => asked.includes(shopId));
}

/** A service acting for itself in one vendor, e.g. from background work. */
export function serviceCaller(service: ServiceName, vendorId: string): Caller {
  return { kind: 'service', id: service, vendorId, role: 'service', shopIds: 'all', clientId: '', mayAgree: false };
}

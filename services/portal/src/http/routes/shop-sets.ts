// The scope bar's saved sets of shops: each person's own.
import { OnboardingServiceDefinition } from '@deskfleet/protocol/onboarding-service';
import { Type } from 'typebox';
import { MAX_SET_SHOPS } from '../../access/shop-sets.ts';
import { EVERYONE, type Route, route } from '../route.ts';

const setSchema = Type.Object(
  { setId: Type.String(), name: Type.String(), shopIds: Type.Array(Type.String(), { description: 'those one may see' }) },
  { $id: 'ShopSet', title: 'ShopSet' },
);

export const shopSetSchemas = [setSchema];

export const shopSetRoutes: readonly Route[] = [
  route(
    {
      method: 'GET',
      url: '/shop-sets',
      operationId: 'listShopSets',
      tag: 'Shops and contracts',
      summary: "One's own saved sets of shops, by name",
      access: EVERYONE,
      answer: Type.Object({ sets: Type.Array(Type.Ref('ShopSet#')) }),
    },
    async ({ portal, caller }) => ({ sets: await portal.shopSets.of(caller) }),
  ),
  route(
    {
      method: 'POST',
      url: '/shop-sets',
      operationId: 'saveShopSet',
      tag: 'Shops and contracts',
      summary: 'Keep a set of shops; one of the same name is replaced',
      access: EVERYONE,
      body: Type.Object(
        {
          name: Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' }),
          shopIds: Type.Array(Type.String(), { minItems: 1, maxItems: MAX_SET_SHOPS, uniqueItems: true }),
        },
        { additionalProperties: false },
      ),
      answer: Type.Ref('ShopSet#'),
    },
    async ({ portal, caller, body, signal }) => {
      // A shop that one may not see is no shop: the service refuses it.
      await portal.backend.client('client-onboarding', OnboardingServiceDefinition, caller).listShops({ shopIds: body.shopIds }, { signal });
      return portal.shopSets.save(caller, body.name.trim(), body.shopIds);
    },
  ),
  route(
    {
      method: 'DELETE',
      url: '/shop-sets/{setId}',
      operationId: 'removeShopSet',
      tag: 'Shops and contracts',
      summary: "Remove one of one's own sets",
      access: EVERYONE,
      params: Type.Object({ setId: Type.String() }),
      answer: Type.Object({ setId: Type.String() }),
    },
    async ({ portal, caller, params }) => {
      await portal.shopSets.remove(caller, params.setId);
      return { setId: params.setId };
    },
  ),
];

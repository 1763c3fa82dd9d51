import { expect, test } from 'vitest';
import { safeReturn } from './sign-in.tsx';

test('after sign-in one comes back to a page of ours and nowhere else', () => {
  expect(safeReturn('/contracts/c1?range=2026-03')).toBe('/contracts/c1?range=2026-03');
  for (const foreign of ['//evil.example', '/\\evil.example', 'https://evil.example', null]) expect(safeReturn(foreign)).toBe('/');
});

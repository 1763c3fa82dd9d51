import { expect, test } from 'vitest';
import { pathWithin } from './invitation.tsx';

test('an invitation leads to a page of this house and nowhere else', () => {
  expect(pathWithin('/quotes/qt_1-2')).toBe('/quotes/qt_1-2');
  expect(pathWithin(null)).toBe('/');
  for (const elsewhere of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', ''])
    expect(pathWithin(elsewhere), elsewhere).toBe('/');
});

// Ids are for ever: what was computed once is computed again, whatever the alphabet of its parts.
import { expect, test } from 'vitest';
import { contractIdOf, conversationIdOf, shopIdOf } from './ids.ts';

test('an id follows from its parts, each told from the next by its length', () => {
  expect(shopIdOf('v1', 'DemoShop')).toBe('sh_77kucghwdi5gh4rmsmpms32a4m');
  expect(shopIdOf('v1', '天猫旗舰店')).toBe('sh_wr46xhlddkqoztjcq4swrnamji');
  expect(conversationIdOf('v1', 'sh_a', 'tmall', 'c-1')).toBe('cv_p54xvvqyzvubpwvf4bpllg6jha');
  expect(conversationIdOf('v1', 'sh_a', 'tmallc', '-1')).toBe('cv_5enp65appdvmi7qmbvrp6atnki');
  expect(contractIdOf('v1', 'C-😀')).toBe('ct_5j2ryrcbq4eszfqkpmzqj75tfu');
});

import { expect, test } from 'vitest';
import { normalized, spellingsOf } from './index.ts';

test('a shop is found by its name, its code, its pinyin and its initials', () =>
  expect(spellingsOf('天猫旗舰店', 'TM-1')).toBe('天猫旗舰店 tm-1 tianmaoqijiandian tmqjd'));

test('a character with several readings is found by each, the likeliest first', () => {
  const spelled = spellingsOf('长沙').split(' ');
  expect(spelled.slice(0, 3)).toEqual(['长沙', 'changsha', 'cs']);
  expect(spelled).toContain('zhangsha');
});

test('letters and digits among characters stand as they are', () =>
  expect(spellingsOf('DR钙 2号店').split(' ')).toEqual(expect.arrayContaining(['drgai2haodian', 'drg2hd'])));

test('a name without characters needs no pinyin', () => expect(spellingsOf('Cedar Home', 'cedar')).toBe('cedarhome cedar'));

test('blanks, case and full width do not matter', () => expect(normalized('ＴＭ  Qjd ')).toBe('tmqjd'));

test('many readings stay few spellings', () => expect(spellingsOf('长重长重长重长重').split(' ').length).toBeLessThanOrEqual(17));

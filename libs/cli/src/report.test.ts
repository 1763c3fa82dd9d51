// Scripts know the figures by other names than the API.
import { expect, test } from 'vitest';
import { figuresOf } from './report.ts';

test('every figure has the name that the expected figures give it', () => {
  const names = [
    'conversations',
    'agentMessages',
    'frtMsSum',
    'frtMsMedianLower',
    'frtMsP90',
    'within15Min',
    'within1H',
    'within24H',
    'roundsAnswered',
    'roundMsSum',
    'notYetDue',
    'months',
  ];
  expect(Object.keys(figuresOf(Object.fromEntries(names.map((name) => [name, 0]))))).toEqual([
    'conversations',
    'agent_messages',
    'frt_ms_sum',
    'frt_ms_median_lower',
    'frt_ms_p90',
    'within_15_min',
    'within_1_h',
    'within_24_h',
    'rounds_answered',
    'round_ms_sum',
    'not_yet_due',
    'months',
  ]);
});

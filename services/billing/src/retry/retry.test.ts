import { specify } from '@deskfleet/event-store/testing';
import { SetAsideRetried } from '@deskfleet/protocol/billing';
import { test } from 'vitest';
import { retries } from './retry.ts';

const { given } = specify(retries);
const contractId = 'K-1';
const setAside = { refusals: 1, code: 'deposit-already-requested' };
const retry = { contractId, setAside, reason: ' the amount is agreed ' };
const retried = SetAsideRetried.create({ contractId, ...setAside, reason: 'the amount is agreed' });

test('what was set aside is tried again with the reason, once for each refusal', () => {
  given().when(retry).then(retried);
  given(retried).when(retry).thenRefused('not-set-aside');
  given(retried)
    .when({ ...retry, setAside: { ...setAside, refusals: 2 } })
    .then(SetAsideRetried.create({ ...retried, refusals: 2 }));
});

test('a contract that is not set aside has nothing to try again', () =>
  given()
    .when({ ...retry, setAside: undefined })
    .thenRefused('not-set-aside'));

test('a reason is kept with it: none, or one without end, is refused', () => {
  for (const reason of ['  ', 'x'.repeat(1_001)])
    given()
      .when({ ...retry, reason })
      .thenRefused('reason-missing', { field: 'reason' });
});

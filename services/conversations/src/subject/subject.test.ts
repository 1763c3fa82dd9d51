// Legal holds and erasure: what forbids what, and that nothing happens twice.
import { specify } from '@deskfleet/event-store/testing';
import { ErasureCompleted, ErasureKeysDestroyed, ErasureStarted, LegalHoldPlaced, LegalHoldReleased, SealedText } from '@deskfleet/protocol/conversations';
import { test } from 'vitest';
import { subject } from './subject.ts';

const { given } = specify(subject);

const reason = SealedText.create({ subjectId: 'su_why', ciphertext: Buffer.from('sealed') });
const person = { subjectId: 'su_1', heldShopId: '' };
const placed = LegalHoldPlaced.create({ holdId: 'ho_1', ...person, reason });
const released = LegalHoldReleased.create({ holdId: 'ho_1', ...person, reason });
const started = ErasureStarted.create({ erasureId: 'er_1', subjectId: 'su_1', reason, conversationIds: ['c1'] });
const destroyed = ErasureKeysDestroyed.create({ erasureId: 'er_1', subjectId: 'su_1' });
const completed = ErasureCompleted.create({ erasureId: 'er_1', subjectId: 'su_1' });
const standing = { holdId: 'ho_1', by: 'user-1', since: '2026-11-26T00:00:00.000Z' };
const erase = { kind: 'erase', erasureId: 'er_1', subjectId: 'su_1', reason, conversationIds: ['c1'], holds: [] } as const;

test('a person is erased once: step by step, and asked again nothing more happens', () => {
  given().when(erase).then(started);
  given(started).when({ kind: 'keys-destroyed', subjectId: 'su_1' }).then(destroyed);
  given(started, destroyed).when({ kind: 'complete', subjectId: 'su_1' }).then(completed);
  for (const history of [[started], [started, destroyed], [started, destroyed, completed]]) {
    given(...history)
      .when({ ...erase, erasureId: 'er_2' })
      .then();
  }
});

test('an erasure is not complete before the keys are destroyed', () => given(started).when({ kind: 'complete', subjectId: 'su_1' }).then());

test('while a hold stands the erasure is refused by its name; once released it goes ahead', () => {
  given(placed)
    .when({ ...erase, holds: [standing] })
    .thenRefused('legal-hold');
  given(placed, released).when(erase).then(started);
});

test('a hold is released once, and one that was never placed is named', () => {
  const release = { kind: 'release-hold', holdId: 'ho_1', ...person, reason } as const;
  given(placed).when(release).then(released);
  given(placed, released).when(release).then();
  given()
    .when({ ...release, holdId: 'ho_9' })
    .thenRefused('legal-hold-not-found');
});

test('an erased person cannot be held: there is nothing left to keep', () =>
  given(started)
    .when({ kind: 'place-hold', holdId: 'ho_2', ...person, reason })
    .thenRefused('subject-erased'));

test('nothing is erased, held or released without a reason', () => {
  given()
    .when({ ...erase, reason: undefined })
    .thenRefused('reason-missing');
  given()
    .when({ kind: 'place-hold', holdId: 'ho_1', ...person, reason: undefined })
    .thenRefused('reason-missing');
  given(placed)
    .when({ kind: 'release-hold', holdId: 'ho_1', ...person, reason: undefined })
    .thenRefused('reason-missing');
});

test('a restored log that lost the erasure is erased again, one that kept it is not', () => {
  const again = ErasureStarted.create({ erasureId: 'er_1', subjectId: 'su_1', again: true });
  given(placed).when({ kind: 'erase-again', erasureId: 'er_1', subjectId: 'su_1' }).then(again);
  given(started).when({ kind: 'erase-again', erasureId: 'er_1', subjectId: 'su_1' }).then();
});

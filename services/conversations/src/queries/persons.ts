// Who an erasure or a hold would be about, before it is decided: how much is kept of them, and what forbids to erase them.
import type { Keyring } from '@deskfleet/event-store/sealing';
import { Person } from '@deskfleet/protocol/conversations-service';
import type { Caller, Kit } from '@deskfleet/service-kit';
import { ownHead } from '../import/finish-import.ts';
import { type Asked, subjectsAsked } from '../work/people.ts';
import { conversationsOfCustomer, shopOfConversation } from './customers.ts';
import { erasuresOfSubjects, holdsOn, openedErasures, openedHolds } from './erasures.ts';

/** Everybody asked for, as the vendor may see them; none when nothing is kept. Reads only. */
export async function findPersons(kit: Kit, keyring: Keyring, caller: Caller, asked: Asked): Promise<Person[]> {
  const { vendorId } = caller;
  await ownHead(kit); // a hold placed just now is seen
  const subjectIds = await subjectsAsked(kit, keyring, caller, asked);
  const shopsNamed = asked.conversationId === '' ? [] : await kit.read(caller, (tx) => shopOfConversation(tx, vendorId, asked.conversationId));
  const erasures = await openedErasures(keyring, vendorId, await kit.read(caller, (tx) => erasuresOfSubjects(tx, subjectIds, kit.now())));
  return Promise.all(
    subjectIds.map(async (subjectId) => {
      const written = await kit.read(caller, (tx) => conversationsOfCustomer(tx, vendorId, subjectId));
      const shopIds = [...new Set([...shopsNamed, ...written.map(({ shopId }) => shopId)])].sort();
      const holds = await openedHolds(keyring, vendorId, await kit.read(caller, (tx) => holdsOn(tx, subjectId, shopIds)));
      const erasure = erasures.find((one) => one.subjectId === subjectId);
      return Person.create({ subjectId, conversations: written.length, shopIds, holds, erasure });
    }),
  );
}

// The request to erase a person: decided with every legal hold that could forbid it, on their own stream and on those of the shops they wrote to,
// in one append with what was looked at: a hold placed meanwhile makes it decide again. What follows is ./erasing.ts.
import { type Keyring, nameKey } from '@deskfleet/event-store/sealing';
import { EraseSubjectRequest, EraseSubjectResponse, Erasure } from '@deskfleet/protocol/conversations-service';
import { type Caller, type CommandResult, type Kit, refuseCall } from '@deskfleet/service-kit';
import { ownHead } from '../import/finish-import.ts';
import { conversationsOfCustomer, shopOfConversation } from '../queries/customers.ts';
import { REASON_FIELD } from '../queries/erasures.ts';
import { streamOf, subject } from '../subject/subject.ts';
import { appendTo, sealReason, standingHolds, stateOf } from './legal-holds.ts';
import { subjectsAsked } from './people.ts';

export async function eraseSubject(kit: Kit, keyring: Keyring, caller: Caller, request: EraseSubjectRequest): Promise<CommandResult<EraseSubjectResponse>> {
  const { vendorId } = caller;
  if (request.reason.trim() === '') refuseCall('reason-missing', { field: 'reason', found: '', expected: 'why' });
  if (request.buyerId !== '' && request.reason.includes(request.buyerId)) {
    refuseCall('reason-names-person', { field: 'reason', found: 'the buyer id', expected: 'a reason that does not name the person: it is kept' });
  }
  await ownHead(kit);
  const subjectIds = await subjectsAsked(kit, keyring, caller, request);
  const named = request.conversationId === '' ? [] : [request.conversationId];
  const shopsNamed = (await Promise.all(named.map((id) => kit.read(caller, (tx) => shopOfConversation(tx, vendorId, id))))).flat();
  const people = await Promise.all(
    subjectIds.map(async (subjectId) => {
      const written = await kit.read(caller, (tx) => conversationsOfCustomer(tx, vendorId, subjectId));
      const shops = [...new Set([...shopsNamed, ...written.map(({ shopId }) => shopId)])];
      const erasureId = `er_${kit.newId()}`;
      const name = { kind: 'erasure', id: erasureId };
      const key = (await keyring.keysFor(vendorId, [name])).get(nameKey(name));
      return { subjectId, erasureId, shops, reason: await sealReason(key, request.reason, { vendorId, eventId: erasureId, field: REASON_FIELD }) };
    }),
  );
  const own = people.map(({ subjectId }) => streamOf({ subjectId, heldShopId: '' }));
  const shops = [...new Set(people.flatMap((person) => person.shops))].map((heldShopId) => streamOf({ subjectId: '', heldShopId }));

  return kit.command({
    caller,
    commandId: request.commandId,
    content: EraseSubjectRequest.encode({ ...request, commandId: '' }).finish(),
    answer: EraseSubjectResponse,
    streams: [...own, ...shops],
    decide(streams, now) {
      const appends = shops.map((streamId) => appendTo(streamId, streams, [], now));
      const erasures: Erasure[] = [];
      for (const { subjectId, erasureId, shops: written, reason } of people) {
        const streamId = streamOf({ subjectId, heldShopId: '' });
        const state = stateOf(streams.get(streamId));
        const holds = standingHolds([streamId, ...written.map((heldShopId) => streamOf({ subjectId: '', heldShopId }))].map((id) => streams.get(id)));
        const decision = subject.decide(state, { kind: 'erase', erasureId, subjectId, reason, conversationIds: named, holds });
        if (!decision.accepted) return decision;
        appends.push(appendTo(streamId, streams, decision.events, now));
        erasures.push(Erasure.create({ erasureId: state.erasure?.erasureId ?? erasureId, subjectId }));
      }
      return { appends, answer: EraseSubjectResponse.create({ erasures }) };
    },
  });
}

import { specify } from '@deskfleet/event-store/testing';
import { StaffingEndMoved, StaffingFellShort, StaffingRecovered, StaffingShortfallBegan, StaffingShortfallEnded } from '@deskfleet/protocol/agents';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type StaffingCommand, staffing } from './staffing.ts';

const { given } = specify(staffing);
const short = { contractId: 'ct_1', contracted: 5, online: 4, dueAt: 1_000, endsAt: 0 };
const count = { kind: 'count', shopId: 'sh_1', since: 100, short } as const;
const enough = { ...count, since: 500, short: undefined } as const;
const fell = StaffingFellShort.create({ shopId: 'sh_1', since: 100, ...short });
const began = StaffingShortfallBegan.create({ shopId: 'sh_1', contractId: 'ct_1', contracted: 5, online: 4, since: 100 });
const elapse = (now: number) => ({ kind: 'elapse', shopId: 'sh_1', now }) as const;
const serviceEnds = (now: number) => ({ kind: 'service-ends', shopId: 'sh_1', now }) as const;

test('fewer online than contracted for more than the allowed service time is a shortfall, since when they were too few', () => {
  // BR-218
  given().when(count).then(fell);
  given(fell).when(elapse(1_000)).thenNothing();
  given(fell).when(elapse(1_001)).then(began);
  given(fell, began).when(elapse(5_000)).thenNothing();
});

test('enough again in time is no shortfall, later it ends it', () => {
  // BR-218
  given(fell)
    .when(enough)
    .then(StaffingRecovered.create({ shopId: 'sh_1', contractId: 'ct_1', recoveredAt: 500 }));
  given(fell, StaffingRecovered.create({ shopId: 'sh_1' }))
    .when(elapse(2_000))
    .thenNothing();
  given(fell, began)
    .when(enough)
    .then(StaffingShortfallEnded.create({ shopId: 'sh_1', contractId: 'ct_1', endedAt: 500 }));
});

test('with the end of service nothing is owed any more: a shortfall is over at that instant, whether its end was known from the start or learned later', () => {
  const until = (endsAt: number) => StaffingFellShort.create({ shopId: 'sh_1', since: 100, ...short, endsAt });
  given(until(800)).when(serviceEnds(799)).thenNothing();
  given(until(800))
    .when(serviceEnds(800))
    .then(StaffingRecovered.create({ shopId: 'sh_1', contractId: 'ct_1', recoveredAt: 800 }));
  const moved = StaffingEndMoved.create({ shopId: 'sh_1', contractId: 'ct_1', endsAt: 3_000 });
  given(fell, began)
    .when({ ...count, since: 2_000, short: { ...short, endsAt: 3_000 } })
    .then(moved);
  given(fell, moved, began)
    .when(serviceEnds(3_500))
    .then(StaffingShortfallEnded.create({ shopId: 'sh_1', contractId: 'ct_1', endedAt: 3_000 }));
  given(fell, began).when(serviceEnds(9_000)).thenNothing();
});

test('a head more or less while they are too few says nothing new', () => {
  given(fell)
    .when({ ...count, since: 300, short: { ...short, online: 3, dueAt: 1_200 } })
    .thenNothing();
  given(fell, began).when(count).thenNothing();
  given().when(enough).thenNothing();
});

test('another contract begins its own count', () =>
  given(fell, began)
    .when({ ...count, since: 700, short: { ...short, contractId: 'ct_2' } })
    .then(
      StaffingShortfallEnded.create({ shopId: 'sh_1', contractId: 'ct_1', endedAt: 700 }),
      StaffingFellShort.create({ shopId: 'sh_1', since: 700, ...short, contractId: 'ct_2' }),
    ));

test('however people come and go, shortfalls begin and end in turns, and a repeated command says nothing', () => {
  const command: fc.Arbitrary<StaffingCommand> = fc.oneof(
    fc.record({
      kind: fc.constant('count' as const),
      shopId: fc.constant('sh_1'),
      since: fc.nat(1_000),
      short: fc.option(
        fc.record({
          contractId: fc.constantFrom('ct_1', 'ct_2'),
          contracted: fc.constant(5),
          online: fc.nat(4),
          dueAt: fc.nat(2_000),
          endsAt: fc.constantFrom(0, 900, 1_500),
        }),
        {
          nil: undefined,
        },
      ),
    }),
    fc.nat(3_000).map(elapse),
    fc.nat(3_000).map(serviceEnds),
  );
  fc.assert(
    fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
      let state = staffing.initial;
      let open = 0;
      for (const each of commands) {
        const decision = staffing.decide(state, each);
        if (!decision.accepted) throw new Error('nothing here is refused');
        for (const event of decision.events) {
          if (event.$type === StaffingShortfallBegan.$type) open++;
          if (event.$type === StaffingShortfallEnded.$type) open--;
          expect(open === 0 || open === 1).toBe(true);
          state = staffing.evolve(state, event);
        }
        expect(staffing.decide(state, each)).toEqual({ accepted: true, events: [] });
      }
    }),
  );
});

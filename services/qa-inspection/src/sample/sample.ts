// A drawn sample: what was asked, the frame it was drawn from, and the set. Drawn once. Source: domain.md P-27, BR-170, BR-219.
import { accept, type Decider, refuse } from '@deskfleet/event-store';
import { SampleDrawn } from '@deskfleet/protocol/qa';
import { draw, type FrameMember } from './draw.ts';

export type Sample = { readonly status: 'none' } | { readonly status: 'drawn'; readonly sample: SampleDrawn };

export interface DrawSample {
  readonly kind: 'draw';
  readonly sampleId: string;
  readonly shopIds: readonly string[];
  readonly fromOn: string;
  readonly toOn: string;
  readonly ratioBp: number;
  readonly seed: number;
  readonly everyAgent: boolean;
  readonly framePosition: number;
  readonly frame: readonly FrameMember[];
}

type Refusal = 'ratio-invalid' | 'range-invalid' | 'frame-empty' | 'sample-too-large';

/** Items in one sample: more would not fit an event of 64 KB. */
const MAX_ITEMS = 500;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

export const sample: Decider<DrawSample, SampleDrawn, Sample, Refusal> = {
  initial: { status: 'none' },

  evolve: (_sample, event) => ({ status: 'drawn', sample: event }),

  decide(state, command) {
    if (state.status === 'drawn') return accept();
    const { ratioBp, fromOn, toOn } = command;
    if (!Number.isInteger(ratioBp) || ratioBp < 1 || ratioBp > 10_000)
      return refuse('ratio-invalid', { field: 'ratioBp', found: ratioBp, expected: '1 to 10000 basis points' });
    if (!DATE.test(fromOn) || !DATE.test(toOn) || fromOn > toOn)
      return refuse('range-invalid', { field: 'range', found: `${fromOn}..${toOn}`, expected: 'two dates YYYY-MM-DD, the first not after the second' });
    const drawn = draw(command.frame, command);
    if (drawn.items.length === 0) return refuse('frame-empty', { shopIds: command.shopIds, fromOn, toOn });
    if (drawn.items.length > MAX_ITEMS) return refuse('sample-too-large', { field: 'ratioBp', drawn: drawn.items.length, limit: MAX_ITEMS });
    return accept(
      SampleDrawn.create({
        sampleId: command.sampleId,
        shopIds: [...command.shopIds],
        fromOn,
        toOn,
        ratioBp,
        seed: command.seed,
        everyAgent: command.everyAgent,
        framePosition: command.framePosition,
        frameSize: drawn.frameSize,
        frameDigest: drawn.frameDigest,
        items: drawn.items,
        strata: drawn.strata,
      }),
    );
  },
};

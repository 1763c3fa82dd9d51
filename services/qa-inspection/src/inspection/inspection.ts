// One drawn conversation on an inspector's desk: assigned, scored or skipped, corrected by the same hand with its history kept; findings hang
// on a message. Source: domain.md P-27, BR-171, BR-172; screens.md 3.6.
import { accept, type Decider, refuse } from '@deskfleet/event-store';
import { FindingRaised, InspectionAssigned, InspectionCorrected, InspectionScored, InspectionSkipped } from '@deskfleet/protocol/qa';
import { type Score, score } from './scorecard.ts';

export type InspectionEvent = InspectionAssigned | InspectionSkipped | InspectionScored | InspectionCorrected | FindingRaised;

export type Inspection =
  | { readonly status: 'unassigned' }
  | { readonly status: 'open'; readonly inspectorId: string; readonly sampleId: string; readonly conversationId: string }
  | { readonly status: 'skipped'; readonly inspectorId: string }
  | { readonly status: 'scored'; readonly inspectorId: string; readonly scorecardVersion: number; readonly conversationId: string; readonly items: string };

export type InspectionCommand = { readonly assignmentId: string; readonly inspectorId: string } & (
  | { readonly kind: 'assign'; readonly sampleId: string; readonly conversationId: string; readonly handledByInspector: boolean }
  | { readonly kind: 'score'; readonly scorecardVersion: number; readonly grades: readonly Grade[] }
  | { readonly kind: 'correct'; readonly grades: readonly Grade[]; readonly reason: SealedReason | undefined }
  | { readonly kind: 'skip'; readonly reason: SealedReason | undefined }
  | { readonly kind: 'raise-finding'; readonly finding: NewFinding }
);

/** Undefined where none was given. */
export interface SealedReason {
  readonly subjectId: string;
  readonly sealed: Buffer;
}

export interface Grade {
  readonly itemKey: string;
  readonly grade: string;
}

export interface NewFinding {
  readonly findingId: string;
  readonly messageId: string;
  /** Whether the message is one of the conversation's. */
  readonly messageKnown: boolean;
  readonly category: string;
  readonly severity: string;
  readonly noteSubject: string;
  readonly note: Buffer;
  readonly stratum: string;
}

const SEVERITIES = ['minor', 'major', 'fatal'];

export const inspection: Decider<InspectionCommand, InspectionEvent, Inspection> = {
  initial: { status: 'unassigned' },

  evolve(state, event) {
    switch (event.$type) {
      case InspectionAssigned.$type:
        return { status: 'open', inspectorId: event.inspectorId, sampleId: event.sampleId, conversationId: event.conversationId };
      case InspectionSkipped.$type:
        return { status: 'skipped', inspectorId: event.inspectorId };
      case InspectionScored.$type:
        return {
          status: 'scored',
          inspectorId: event.inspectorId,
          scorecardVersion: event.scorecardVersion,
          conversationId: event.conversationId,
          items: gradesOf(event.items),
        };
      case InspectionCorrected.$type:
        return state.status === 'scored' ? { ...state, items: gradesOf(event.items) } : state;
      case FindingRaised.$type:
        return state;
    }
  },

  decide(state, command) {
    const { assignmentId, inspectorId } = command;
    if (command.kind === 'assign') {
      if (command.handledByInspector) return refuse('inspector-handled-conversation', { assignmentId });
      if (state.status === 'unassigned')
        return accept(InspectionAssigned.create({ assignmentId, sampleId: command.sampleId, conversationId: command.conversationId, inspectorId }));
      return state.inspectorId === inspectorId ? accept() : refuse('assigned-to-another', { assignmentId });
    }
    if (state.status === 'unassigned') return refuse('not-assigned', { assignmentId });
    if (state.inspectorId !== inspectorId) return refuse('assigned-to-another', { assignmentId });
    switch (command.kind) {
      case 'score': {
        if (state.status === 'skipped') return refuse('already-skipped', { assignmentId });
        const scored = score(command.scorecardVersion, command.grades);
        if (!('items' in scored)) return scored;
        if (state.status === 'scored') return state.items === gradesOf(scored.items) ? accept() : refuse('already-scored', { assignmentId });
        const { sampleId, conversationId } = state;
        return accept(InspectionScored.create({ assignmentId, sampleId, conversationId, inspectorId, scorecardVersion: command.scorecardVersion, ...scored }));
      }
      case 'correct': {
        if (state.status !== 'scored') return refuse('not-scored', { assignmentId });
        const { reason } = command;
        if (reason === undefined) return refuse('reason-missing', { field: 'reason', found: '', expected: 'why the score changes' });
        const scored: Score | ReturnType<typeof refuse> = score(state.scorecardVersion, command.grades);
        if (!('items' in scored)) return scored;
        if (state.items === gradesOf(scored.items)) return accept();
        return accept(InspectionCorrected.create({ assignmentId, inspectorId, reasonSubject: reason.subjectId, sealedReason: reason.sealed, ...scored }));
      }
      case 'skip': {
        const { reason } = command;
        if (reason === undefined) return refuse('reason-missing', { field: 'reason', found: '', expected: 'why it cannot be inspected' });
        if (state.status === 'skipped') return accept();
        if (state.status === 'scored') return refuse('already-scored', { assignmentId });
        return accept(InspectionSkipped.create({ assignmentId, inspectorId, reasonSubject: reason.subjectId, sealedReason: reason.sealed }));
      }
      case 'raise-finding': {
        if (state.status === 'skipped') return refuse('already-skipped', { assignmentId });
        const { messageId, messageKnown, category, severity, ...rest } = command.finding;
        if (messageId === '' || !messageKnown)
          return refuse('finding-without-message', { field: 'messageId', found: messageId, expected: 'a message of this conversation' });
        if (!SEVERITIES.includes(severity)) return refuse('severity-invalid', { field: 'severity', found: severity, expected: SEVERITIES });
        if (category.trim() === '') return refuse('category-missing', { field: 'category', found: '', expected: 'what kind of fault' });
        return accept(
          FindingRaised.create({ ...rest, assignmentId, conversationId: state.conversationId, messageId, category: category.trim(), severity, inspectorId }),
        );
      }
    }
  },
};

function gradesOf(items: readonly Grade[]): string {
  return items.map(({ itemKey, grade }) => `${itemKey}=${grade}`).join(' ');
}

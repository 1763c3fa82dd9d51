// The record of a fault run: what was answered with success and must therefore be there at the end, and what the figures are to be computed from.
import type { ServiceName } from '@deskfleet/service-kit';
import type { TranscriptLine } from '../../deploy/local/src/demo/generate.ts';

/** A command that was answered with success: what its events must be. */
export interface Accepted {
  readonly service: ServiceName;
  readonly commandId: string;
  /** How many events of each type it must have left. */
  readonly events: Readonly<Record<string, number>>;
}

/** What the run's figures are to be computed from, apart from Deskfleet. */
export interface Input {
  readonly accepted: readonly Accepted[];
  /** Every message that was taken in. */
  readonly lines: readonly TranscriptLine[];
  /** The months that were closed, in order. */
  readonly closed: readonly string[];
  /** The conversations of channels: what each customer's first message was, and when it was answered. */
  readonly live: readonly LiveConversation[];
}

export interface LiveConversation {
  readonly firstMessage: string;
  readonly askedAt: number;
  readonly answeredAt: number | undefined;
}

/** Grows with the answers of a run. */
export class Taken {
  readonly #accepted: Accepted[] = [];
  readonly #lines: TranscriptLine[] = [];
  readonly #closed: string[] = [];
  readonly #live: LiveConversation[] = [];

  /** How many commands have been accepted so far. */
  get commands(): number {
    return this.#accepted.length;
  }

  /** A command was answered with success; `lines` went in by it. */
  accept(service: ServiceName, commandId: string, events: Accepted['events'], lines: readonly TranscriptLine[] = []): void {
    this.#accepted.push({ service, commandId, events });
    this.#lines.push(...lines);
  }

  close(month: string): void {
    this.#closed.push(month);
  }

  converse(conversation: LiveConversation): void {
    this.#live.push(conversation);
  }

  /** All of it, when nothing is on its way any more. */
  input(): Input {
    return { accepted: this.#accepted, lines: this.#lines, closed: this.#closed, live: this.#live };
  }
}

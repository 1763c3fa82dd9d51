// What the log promises, small enough to be seen to be right: everything happens at once and one after the other.
import type { AppendMember, AppendOutcome } from '../src/index.ts';
import { registeredName } from './log.ts';

export interface ModelEvent {
  readonly position: number;
  readonly streamId: string;
  readonly version: number;
  readonly name: string;
}

export class Model {
  log: ModelEvent[] = [];
  answers = new Map<string, { readonly content: string; readonly answer: string }>();
  /** The position before the first event of this model's time. */
  readonly before: number;

  constructor(before: number) {
    this.before = before;
  }

  get head(): number {
    return this.before + this.log.length;
  }

  version(streamId: string): number {
    return this.log.filter((event) => event.streamId === streamId).length;
  }

  append({ cause, streams, answer }: AppendMember): Partial<AppendOutcome> {
    const known = this.answers.get(cause.commandId);
    if (answer !== undefined && known !== undefined) {
      return { outcome: 'repeated', same: known.content === `${answer.fingerprint}`, answer: Buffer.from(known.answer) };
    }
    for (const { streamId, expected } of streams) {
      const actual = this.version(streamId);
      const met = expected === 'any' || actual === (expected === 'none' ? 0 : expected.exactly);
      if (!met) return { outcome: 'conflict', streamId, expected, actual };
    }
    const firstPosition = this.head + 1;
    for (const { streamId, events } of streams) {
      for (const event of events) {
        this.log.push({ position: this.head + 1, streamId, version: this.version(streamId) + 1, name: registeredName(event.event) });
      }
    }
    if (answer !== undefined) this.answers.set(cause.commandId, { content: `${answer.fingerprint}`, answer: `${answer.bytes}` });
    return { outcome: 'appended', firstPosition, lastPosition: this.head };
  }

  /** Another model in the same state, to try what might have happened. */
  copy(): Model {
    const copy = new Model(this.before);
    copy.log = [...this.log];
    copy.answers = new Map(this.answers);
    return copy;
  }

  become({ log, answers }: Model): void {
    this.log = log;
    this.answers = answers;
  }

  after(position: number, limit: number): ModelEvent[] {
    return this.log.slice(position - this.before, position - this.before + limit);
  }
}

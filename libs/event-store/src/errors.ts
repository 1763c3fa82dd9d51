// The store's faults, by name. A conflict or a repeated command is an outcome, not one of these.

/** Too much is waiting to be appended: answer 429 or RESOURCE_EXHAUSTED, come again after `retryAfterMs`. Nothing was stored. */
export class StoreOverloaded extends Error {
  override readonly name = 'StoreOverloaded';
  readonly retryAfterMs: number;

  constructor(waiting: number, retryAfterMs: number) {
    super(`${waiting} appends are waiting; come again in ${retryAfterMs} ms`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** An append that breaks a written limit or names something the log cannot hold. Nothing was stored. */
export class AppendRejected extends Error {
  override readonly name = 'AppendRejected';
}

/** A stored event whose type this process has no codec for: the module of its context was never imported. */
export class UnknownEventType extends Error {
  override readonly name = 'UnknownEventType';
  readonly type: string;

  constructor(type: string) {
    super(`no codec for events of type ${type}`);
    this.type = type;
  }
}

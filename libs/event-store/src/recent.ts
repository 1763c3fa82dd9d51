/**
 * What was kept last, at most so much of it: beyond that what was kept longest ago is forgotten. For what can be read again and is verified where it is
 * used, such as rows and states by their version. `weightOf` counts towards `most`; one each when absent.
 */
export class Recent<Value> {
  readonly #most: number;
  readonly #weightOf: (value: Value) => number;
  readonly #kept = new Map<string, Value>(); // the one kept longest ago first
  #weight = 0;

  constructor(most: number, weightOf: (value: Value) => number = () => 1) {
    this.#most = most;
    this.#weightOf = weightOf;
  }

  get(key: string): Value | undefined {
    return this.#kept.get(key);
  }

  keep(key: string, value: Value): void {
    this.forget(key);
    this.#kept.set(key, value);
    this.#weight += this.#weightOf(value);
    for (const [oldest] of this.#kept) {
      if (this.#weight <= this.#most) return;
      this.forget(oldest);
    }
  }

  forget(key: string): void {
    const value = this.#kept.get(key);
    if (value === undefined) return;
    this.#kept.delete(key);
    this.#weight -= this.#weightOf(value);
  }

  clear(): void {
    this.#kept.clear();
    this.#weight = 0;
  }
}
